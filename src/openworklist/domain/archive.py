"""An archive that is asked for studies: where it is, and how we say who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from openworklist.domain.destination import Destination, Tls

# Codes of what an archive may do: not be there, break a connection, keep us waiting, have no such files.
UNREACHABLE: Final = "archive.unreachable"
LOST: Final = "archive.lost"
SLOW: Final = "archive.slow"
NOT_FOUND: Final = "archive.not-found"
_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Credentials:
    """How we say who we are: a token goes before a name with its password; `certificate` and `key` are files.

    `ca` is the file of the archive's authority; "" asks those that this machine trusts.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca: str = ""
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """`url` is the root of its DICOMweb services (PS3.18 8.2), without a slash at its end."""

    url: str
    name: str
    credentials: Credentials = Credentials()

    @property
    def destination(self) -> Destination:
        """The host and port of the URL."""
        parts = urlsplit(self.url)
        given = self.credentials
        tls = Tls(given.ca, given.certificate, given.key) if parts.scheme == "https" else None
        return Destination(parts.hostname or "", parts.port or _PORTS[parts.scheme], tls)


def make_archive(url: str, name: str, credentials: Credentials) -> Archive | None:
    """The archive of these options and settings, None without `url`; without `name` it has its host's."""
    url = url.rstrip("/")
    return Archive(url, name or urlsplit(url).hostname or "", credentials) if url else None


def check_archive_url(value: str) -> str:
    """What is wrong with a URL; "" if nothing is."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        is_good = False
    if not is_good or not value.isascii() or " " in value or len(value) > _LONGEST:
        return "is no address of an archive, like https://archive.example.org/dicom-web"
    if parts.username is not None or parts.password is not None:
        return (
            "must not hold a name or password: they belong to the settings archive_user and archive_password"
        )
    return "must end with its path" if "?" in value or "#" in value else ""
