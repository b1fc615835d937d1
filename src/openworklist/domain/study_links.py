"""The links by which a study is opened: our own page, and viewers that read it from here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus, urlsplit

from openworklist.domain.errors import SettingsError

PATH: Final = "/studies/by-token/"
_SCHEMES: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_PLACE: Final = re.compile(r"\{(\w*)\}")
_SCRIPTS: Final = ("javascript:", "data:", "vbscript:", "blob:", "file:")
# What a link's template may name; it is percent-encoded, as what stands in a query must be.
PLACES: Final = ("page", "zip", "dicomweb", "ohif", "study", "token", "host", "port", "ssl")


class WebAddress(NamedTuple):
    """Where people reach the web port."""

    host: str  # IPv6 in brackets
    port: int
    is_secure: bool

    @property
    def root(self) -> str:
        """Without the port where it is the usual one: `https://worklist.example.org`."""
        scheme = "https" if self.is_secure else "http"
        return f"{scheme}://{self.host}" + ("" if self.port == _SCHEMES[scheme] else f":{self.port}")


class StudyLink(NamedTuple):
    """`kind` is page, zip, dicomweb, sante, ohif, weasis, or other with the `name` that the site gave it."""

    kind: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Viewers:
    """Which viewers a site has: OHIF's address, Weasis on its desktops, and one by a template."""

    ohif: str = ""
    has_weasis: bool = False
    other: str = ""


def parse_web_address(text: str) -> WebAddress:
    """An address like `https://worklist.example.org:3000`; SettingsError if it is none."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise _no_address(text) from None
    host = parts.netloc.rpartition("@")[2]
    host = host.removesuffix(f":{port}") if port is not None else host.removesuffix(":")
    has_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _SCHEMES or has_more or not _HOST.fullmatch(host) or port == 0:
        raise _no_address(text)
    return WebAddress(host, port or _SCHEMES[parts.scheme], parts.scheme == "https")


def check_template(text: str) -> None:
    """SettingsError for what is no `Name=template` of a link."""
    name, _, template = text.partition("=")
    if not name.strip() or ":" not in template or template.strip().lower().startswith(_SCRIPTS):
        raise SettingsError(
            "A link has a name and an address.", hint="write it like Viewer=https://viewer/?url={dicomweb}"
        )
    for place in _PLACE.findall(template):
        if place not in PLACES:
            raise SettingsError(f"A link has no place {place!r}.", hint=f"there are: {', '.join(PLACES)}")


def check_viewer_address(text: str) -> None:
    """SettingsError for what is no http address of a viewer."""
    parts = urlsplit(text.strip())
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{text!r} is no address.", hint="write it like https://ohif.example.org")


def make_links(
    address: WebAddress, study_uid: str, token: str, viewers: Viewers = Viewers()
) -> tuple[StudyLink, ...]:
    """All links of a study: our page first, then what programs read, then the viewers of the site."""
    return tuple(_make_links(address, study_uid, token, viewers))


def _make_links(address: WebAddress, study_uid: str, token: str, viewers: Viewers) -> Iterator[StudyLink]:
    page = f"{address.root}{PATH}{token}"
    places = {
        "page": page,
        "zip": f"{page}/archive.zip",
        "dicomweb": f"{page}/dicomweb",
        "ohif": f"{page}/dicomweb/ohif.json",
        "study": study_uid,
        "token": token,
        "host": address.host,
        "port": str(address.port),
        "ssl": "yes" if address.is_secure else "no",
    }
    for kind in ("page", "zip", "dicomweb"):
        yield StudyLink(kind, "", places[kind])
    where = f"{address.host}:{address.port}&ssl={places['ssl']}"
    yield StudyLink("sante", "", f"sante://download?url={where}&token={token}")
    if viewers.ohif:
        template = viewers.ohif.rstrip("/") + "/viewer/dicomwebproxy?StudyInstanceUIDs={study}&url={ohif}"
        yield StudyLink("ohif", "OHIF", _fill(template, places))
    if viewers.has_weasis:
        command = f'$dicom:rs --url "{places["dicomweb"]}" -r "studyUID={study_uid}"'
        yield StudyLink("weasis", "Weasis", f"weasis://{quote_plus(command)}")
    if viewers.other:
        name, _, template = viewers.other.partition("=")
        yield StudyLink("other", name.strip(), _fill(template.strip(), places))


def _fill(template: str, places: dict[str, str]) -> str:
    return _PLACE.sub(lambda found: quote(places[found[1]], safe=""), template)


def _no_address(text: str) -> SettingsError:
    return SettingsError(
        f"{text.strip()!r} is no address of a web server.",
        hint="write it like https://worklist.example.org:3000",
    )
