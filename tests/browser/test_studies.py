"""Studies in the browser: a scanner sends images, they are found, their links copied and withdrawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.clients.mllp import send_message
from players import archive
from players.hospital import make_order

UID = "1.2.826.0.1.3680043.8.498.77001"
NAME = "<b>Grünwald</b>^Åsa"


@pytest.fixture(scope="module", autouse=True)
def images(server: Any) -> None:
    for number in range(3):
        image = archive.make_slice(
            number,
            StudyInstanceUID=UID,
            SeriesInstanceUID=f"{UID}.1",
            PatientID="77901",
            PatientName=NAME,
            SpecificCharacterSet="ISO_IR 192",
            AccessionNumber="A77901",
        )
        (answer,) = archive.send(server.dicom, image)
        assert answer.Status == 0


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


@pytest.mark.parametrize(("size", "theme"), [("wide", "light"), ("small", "dark"), ("zoom", "light")])
def test_a_study_is_found_and_its_links_are_shown_and_withdrawn(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], size: str, theme: str
) -> None:
    page = open_page(base(server), size=size, theme=theme)
    page.goto("/studies")
    page.get_by_role("searchbox", name="Patient name, patient ID").fill("7790")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No study found")).to_be_visible()
    page.get_by_role("searchbox", name="Patient name, patient ID").fill("77901")
    page.keyboard.press("Enter")
    assert "77901" not in page.url
    row = page.locator("table.studies tbody tr").filter(has_text="A77901")
    expect(row).to_have_count(1)
    assert find_barriers(page) == ""
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Grünwald")
    expect(page.get_by_text("1 series, 3 images")).to_be_visible()
    assert "Gr" not in page.title()
    page.get_by_role("button", name="Links…").click()
    link = page.locator("#link-1")
    expect(link).to_have_text(re.compile(rf"^{base(server)}/studies/by-token/[A-Za-z0-9]{{64}}$"))
    expect(page.get_by_text("sante://download?url=127.0.0.1:")).to_be_visible()
    assert find_barriers(page) == ""
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    page.get_by_role("button", name="Copy Study page").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    before = link.inner_text()
    page.get_by_text("Withdraw links…").click()
    page.get_by_role("button", name="Withdraw them").click()
    expect(page.get_by_role("status").filter(has_text="open nothing any more")).to_be_visible()
    page.get_by_role("button", name="Links…").click()
    expect(page.locator("#link-1")).not_to_have_text(before)


def test_an_exam_leads_to_its_images(server: Any, open_page: Callable[..., Page]) -> None:
    order = make_order("77901", NAME, control_id="STUDYORDER", charset="UNICODE UTF-8")
    send_message("127.0.0.1", server.hl7, order)
    page = open_page(base(server))
    page.goto("/worklist?text=acc:A77901")
    page.locator("#list tbody tr").first.locator(".row-link").click()
    page.locator("#do-images").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Grünwald")
