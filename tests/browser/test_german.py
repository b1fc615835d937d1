"""The pages in German: its words are longer, and nothing is to run over because of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.clients.mllp import send_message

ORDER = (
    b"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314080000||ORM^O01|M1|P|2.3.1||||||UNICODE UTF-8\r"
    b"PID|||P1^^^HOSP||Doe^Jane||19700101|F\r"
    b"ORC|NW|A1|||||||||||||20260314101500\r"
    b"OBR||||RP1^CT Head||||||||||||||CT|||CT1\r"
)
PAGES = {
    "/worklist?text=&record=1": "Arbeitsliste",
    "/records/1/edit": "bearbeiten",
    "/nodes/scanners": "Gegenstellen",
    "/nodes/worklists/edit": "Arbeitsliste",
    "/settings": "Einstellungen",
    "/messages": "Nachrichten",
}


@pytest.fixture(scope="module", autouse=True)
def record(server: Any) -> None:
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, ORDER)


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


@pytest.mark.parametrize("size", ["wide", "small"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_german_has_no_barriers_and_fits(
    server: Any,
    open_page: Callable[..., Page],
    find_barriers: Callable[[Page], str],
    path: str,
    size: str,
) -> None:
    page = open_page(base(server), size=size, locale="de-DE")
    page.goto(path)

    expect(page).to_have_title(re.compile(PAGES[path]))
    expect(page.locator("html")).to_have_attribute("lang", "de")
    root = page.locator("html")
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    assert find_barriers(page) == ""


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_the_status_of_an_exam_is_seen_beside_its_record(
    server: Any, open_page: Callable[..., Page], locale: str
) -> None:
    # The longest that stands in these columns.
    long = ORDER.replace(b"Doe^Jane", b"Wolfeschlegelstein^Maximiliane").replace(b"|A1|", b"|D261129016|")
    for control, begin in ((b"M2", b"ORC|NW|D261129016|"), (b"M3", b"ORC|SC|D261129016|||CM")):
        sent = long.replace(b"M1", control).replace(b"ORC|NW|D261129016|", begin)
        assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, sent)
    page = open_page(base(server), locale=locale)
    page.goto("/worklist?text=status:completed&record=1")
    ends = "element => element.getBoundingClientRect().right"
    assert page.locator("table.worklist td .badge").first.evaluate(ends) <= page.locator("#list").evaluate(
        ends
    )


def test_what_a_search_asks_for_and_what_listens_is_said_in_german(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server), locale="de-DE")
    page.goto("/worklist?text=date:today -status:completed,on-hold")
    expect(page.locator(".chip")).to_have_text([re.compile("Datum: heute"), re.compile("abgeschlossen, ")])
    page.goto("/compare")
    for side in ("left", "right"):
        page.locator(f"[name={side}-text]").fill(ORDER.decode().replace("\r", "\n"))
    page.locator("form[action='/compare'] .button.primary").click()
    expect(page.locator("table.facts")).to_contain_text("eingefügter Text")
    expect(page.locator("table.facts")).to_contain_text("Trennzeichen")
    page.goto("/dashboard")
    expect(page.locator("#panel-listeners")).to_contain_text("Überwachter Ordner")
    page.goto("/begin")
    page.get_by_role("button", name="Testauftrag senden").click()
    expect(page.get_by_text("Er wurde an den HL7-Port gesendet und nach")).to_be_visible()


def test_whoever_has_chosen_nothing_changes_the_language_in_the_menu(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server), locale="en-GB")
    page.goto("/messages?result=applied")
    expect(page.locator("h1")).to_have_text("Messages")

    page.locator("header details.menu summary").click()
    page.get_by_role("button", name="Deutsch").click()

    expect(page.locator("h1")).to_have_text("Nachrichten")
    assert page.url.endswith("/messages?result=applied")
    page.goto("/settings")
    expect(page.locator("h1")).to_have_text("Einstellungen")
