"""In German no page says anything in English that the catalogues have in German."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest

from openworklist.domain.role import Role
from openworklist.ui.frame import RAIL
from openworklist.ui.language import PAGES, Language, get_language, read_catalogue
from players.site import ORDERS, Site, TestClient

_GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5", "Accept": "text/html"}
_USERS = {role.value for role in Role}  # whose names are their roles here
_MOST = 2  # pages of one kind
_NO_PAGES = re.compile(r"^/(static|api/|dicomweb|metrics|events|.*/(download|export|text)\b)")
_SAID_IN = ("title", "aria-label", "placeholder", "alt")
_SILENT = ("script", "style", "code", "kbd", "textarea")
_FOREIGN = {"keyword", "hl7-part"}  # words of DICOM and HL7, and what stands in messages
_EMPTY = ("br", "hr", "img", "input", "link", "meta", "path", "use", "circle", "line", "rect", "wbr")


class Reader(HTMLParser):
    """What a page says, and where it leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._open: list[bool] = []  # whether an element is silent, from the outermost on

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_foreign = given.get("lang", "de") != "de" or bool(_FOREIGN & set(given.get("class", "").split()))
        is_silent = tag in _SILENT or is_foreign
        if tag not in _EMPTY:
            self._open.append(is_silent)
        self.said += [given[name] for name in _SAID_IN if given.get(name) and not is_silent]
        if tag == "a" and not is_foreign and given.get("href", "").startswith("/"):
            self.links.append(given["href"].partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not any(self._open):
            self.said.append(text)


class Listener(NullTranslations):
    """Hears what a page wants to say that no catalogue has."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    def gettext(self, message: str) -> str:
        self.heard.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def german() -> Language:
    return get_language("de")


def fill(site: Site) -> None:
    """Records, refused messages, a system, a scanner, a node: something on every page."""
    api = site.client("administrator")
    for path in ORDERS[:40]:
        api.post(
            "/api/v1/messages", content=path.read_bytes(), headers={"Content-Type": "application/hl7-v2"}
        )
    for path in ("/", "/api/v1/records"):
        assert api.get(path).status_code == 200


def walk(client: TestClient) -> Iterator[tuple[str, list[str]]]:
    """What each page says: from those of the rail to wherever they lead, some of each kind."""
    waiting = [place.path for place in RAIL] + ["/login", "/begin", "/why", "/import", "/nothing"]
    seen: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        kind = re.sub(r"\d+|=[^&]*", "*", path)
        if seen.setdefault(kind, 0) >= _MOST or _NO_PAGES.match(path):
            continue
        seen[kind] += 1
        answer = client.get(path, headers=_GERMAN)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        reader = Reader()
        reader.feed(answer.text)
        assert '<html lang="de"' in answer.text, path
        waiting += reader.links
        yield path, reader.said


def test_every_page_is_german(site: Site, german: Language) -> None:
    fill(site)
    pages = dict(walk(site.client("administrator")))
    english = {
        str(each.id) for each in read_catalogue("de", PAGES) if each.id and each.string not in (each.id, "")
    }
    found = {
        (path, text)
        for path, said in pages.items()
        for text in said
        if (text in english - _USERS) or german.sentences.tell(text) != text
    }

    assert len(pages) > 30
    assert sorted({text for _, text in found}) == [], sorted(found)


def test_no_page_says_what_the_catalogue_lacks(site: Site, german: Language) -> None:
    listener = Listener()
    german.translations.add_fallback(listener)
    try:
        pages = dict(walk(site.client("administrator")))
    finally:
        german.translations._fallback = None  # type: ignore[attr-defined]

    assert len(pages) > 30
    assert sorted(text for text in listener.heard if " " in text) == []  # names of people are one word


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/records/new", {"modality": "nonsense and more of it"}),
        ("/query", {"host": "nowhere at all", "port": "many"}),
        ("/nodes/worklists/edit", {"name": "", "port": "0"}),
        ("/nodes/told/edit", {"port": "many"}),
        ("/settings", {"answer_limit": "many", "hl7_port": "-1"}),
        ("/compare", {}),
        ("/users/new", {"name": "*", "role": "nobody", "password": "short"}),
    ],
)
def test_what_is_wrong_with_a_form_is_told_in_german(
    site: Site, german: Language, path: str, given: dict[str, str]
) -> None:
    answer = site.client("administrator").post(path, data=given, headers=_GERMAN)
    reader = Reader()
    reader.feed(answer.text)

    assert answer.status_code in (400, 422)
    assert [text for text in reader.said if german.sentences.tell(text) != text] == []
