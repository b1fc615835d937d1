"""The exported page, read back: whole, balanced, and nothing of a message is ever markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.hl7.profile import preset
from openworklist.services import comparison_extent
from openworklist.services.comparison import Comparison, Given, compare
from openworklist.services.comparison_page import render
from openworklist.services.comparison_style import STYLE

DATA = Path(__file__).parents[2] / "data" / "hl7"
SAMPLES = [path for path in sorted(DATA.glob("*/*.hl7")) if b"MSH" in path.read_bytes()]
VOID = {"meta", "input", "col", "br"}
TAGS = VOID | {
    *(
        "html",
        "head",
        "title",
        "style",
        "body",
        "header",
        "nav",
        "main",
        "footer",
        "section",
        "div",
        "h1",
        "h2",
    ),
    *("p", "ul", "li", "a", "b", "label", "span", "code", "bdi", "mark"),
    *("table", "colgroup", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    *(
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "id",
        "class",
        "type",
        "checked",
        "for",
        "href",
        "dir",
    ),
    *("scope", "title", "aria-label", "aria-hidden"),
}
HEAD = b"MSH|^~\\&|RIS|HOSPITAL|OWL|RAD|20260101||ORM^O01|1|P|2.5||||||UNICODE UTF-8\r"


class Page(HTMLParser):
    """A page read strictly: every tag is known and closed in its order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.cells: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data
        if "td" in self.open or "th" in self.open:
            self.cells[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def compared(left: bytes, right: bytes, name: str = "left.hl7") -> Comparison:
    return compare(Given(name, left), Given("right.hl7", right), preset("classic"))


def page(left: bytes, right: bytes, name: str = "left.hl7") -> Page:
    return Page(render(compared(left, right, name)))


def test_the_page_tells_both_views_and_that_it_holds_patients_data() -> None:
    found = page(HEAD + b"PID|1||4711\rPV1|1|O\r", HEAD + b"PID|1||4712\rPV1|1|O\r")
    assert "Contains patients’ data" in found.text
    assert "The messages differ" in found.text
    assert {"meaning-view", "position-view", "differences", "m1", "m2", "m3", "p1", "p2", "p3"} == set(
        found.ids
    )
    assert {"PID-3", "Patient Identifier List", "4711", "4712"} <= set(found.cells)


def test_messages_that_say_the_same_are_told_so() -> None:
    assert "The messages say the same" in page(HEAD, HEAD).text


def test_when_it_was_made_stands_at_its_foot() -> None:
    assert "on 2026-03-14 09:00" in render(compared(HEAD, HEAD), made="2026-03-14 09:00")


def test_it_stands_alone_and_runs_nothing() -> None:
    text = render(compared(HEAD, HEAD))
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|https?:", text)


def test_a_status_is_never_told_by_colour_alone() -> None:
    found = page(HEAD + b"PV1|1|O|x\r", HEAD + b"PV1|1|I||y\r")
    for told in ("≠changed", "◀only left", "▶only right", "=same"):
        assert told in found.cells


def test_it_is_made_for_light_dark_paper_and_narrow_screens() -> None:
    for query in ("(prefers-color-scheme: dark)", "@media print", "(max-width: 820px)", "@page"):
        assert query in STYLE
    assert STYLE.count("{") == STYLE.count("}")


HOSTILE = [
    "<script>alert(1)</script>",
    "</bdi></td></table><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</style><style>*{display:none}",
    "<!-- -->",
    "&lt;b&gt; &amp; &#60;",
    "'><svg/onload=alert(1)>",
    "{{7*7}} ${7*7} %s",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_message_holds_is_text(text: str) -> None:
    escaped = text.replace("&", "\\T\\").encode()
    found = page(
        HEAD
        + b"PID|1||"
        + escaped
        + b"||"
        + escaped
        + b"^a\rNTE|1||x "
        + escaped
        + b"\rZ<>|"
        + escaped
        + b"\r",
        HEAD + b"PID|1||" + escaped + b"||b^a\rNTE|1||y " + escaped + b"\r",
    )
    assert any(text in cell for cell in found.cells)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_name_of_a_file_is_text(text: str) -> None:
    assert text in page(HEAD, HEAD, name=text).text


def test_letters_that_steer_others_are_shown() -> None:
    found = page(HEAD + "PID|1||\u202e4711\x07 \r".encode(), HEAD + b"PID|1||4711\r", name="\u202elh7.tfel")
    assert "U+202E4711BELSP" in found.cells
    assert "\u202e" not in found.text
    assert "\x07" not in found.text
    assert "U+202Elh7.tfel" in found.text


def test_a_line_break_is_shown_and_kept() -> None:
    text = render(compared(HEAD + b"NTE|1||one\\.br\\two\r", HEAD))
    assert 'one<span class="sign">LF</span><br>two' in text


def test_empty_segments_and_a_side_that_lacks_one_are_told() -> None:
    found = page(HEAD + b"NTE|\rZDS|1.2.3\r", HEAD)
    assert "No values." in found.text
    assert "Study Instance UID (IHE)" in found.text


def test_every_link_leads_to_a_segment() -> None:
    found = page(HEAD + b"PID|1\rPV1|1\r", HEAD + b"PV1|1\rZDS|1\r")
    assert sorted(found.links) == sorted(f"#{name}" for name in found.ids if re.fullmatch(r"[mp]\d+", name))


def test_long_values_are_cut() -> None:
    text = render(compared(HEAD + b"OBX|1|ED|a||" + b"QUJD" * 100_000, HEAD))
    assert "more</span>" in text
    assert len(text) < 50_000


def test_what_is_too_much_for_a_page_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison_extent, "MOST_ROWS", 20)
    monkeypatch.setattr(comparison_extent, "MOST_SEGMENTS", 5)
    left = HEAD + b"".join(b"NTE|%d||same\r" % number for number in range(30))
    right = HEAD + b"".join(b"NTE|%d||%d\r" % (number, number) for number in range(30))
    found = page(left, right)
    assert "what is the same is not shown" in found.text
    assert "By meaning, 10 more paths differ." in found.text
    assert "By position, 25 more segments differ." in found.text
    same = page(left, left)
    assert "segments that are the same are not shown" in same.text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=5))
def test_any_text_gives_a_page_that_is_whole(texts: list[str]) -> None:
    values = [text.replace("\r", "\\X0D\\").replace("\n", "\\X0A\\") for text in texts]
    left = HEAD + "".join(f"NTE|1||{value}\r" for value in values).encode()
    right = HEAD + "".join(f"NTE|1||{value[1:]}x\r" for value in values).encode()
    page(left, right, name=texts[0]).text.encode()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_gives_a_page_that_is_whole(path: Path) -> None:
    order = DATA / "manual/rebuilt-obr18.hl7"
    page(path.read_bytes(), order.read_bytes())
