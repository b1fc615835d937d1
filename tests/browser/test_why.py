"""Why a scanner does not show an exam: cases from the telephone, found by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from openworklist.clients.mllp import send_message
from players.scanner import ask_for_status, make_question


def send_order(server: Any, patient: str, station: str, *, control: str = "NW") -> None:
    order = (
        f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314080000||ORM^O01|{patient}{control}|P|2.3.1||||||"
        "UNICODE UTF-8\r"
        f"PID|||{patient}^^^HOSP||Doe^{patient}||19700101|F\r"
        f"ORC|{control}|A{patient}|||||||||||||20260314101500\r"
        f"OBR||||RP{patient}^CT Head||||||||||||||CT|||{station}\r"
    ).encode()
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, order)


def ask(server: Any, calling: str, **keys: str) -> None:
    question = make_question(**{"ScheduledStationAETitle": "", **keys})
    assert ask_for_status(server.dicom, question, calling=calling)[-1][0] == 0


def explain(page: Page, server: Any, exam: str, scanner: str) -> None:
    """Until the question of the scanner is on disk, it has never asked: the page is asked again."""
    page.goto(f"http://127.0.0.1:{server.web}/why")
    page.get_by_label("Exam", exact=True).fill(exam)
    page.get_by_label("Scanner").fill(scanner)
    page.get_by_role("button", name="Explain").click()
    for _ in range(100):
        if "has never asked" not in page.locator("#verdict").inner_text():
            return
        page.reload()
    raise AssertionError("its question is not kept")


def row_of(page: Page, text: str) -> Any:
    return page.get_by_role("row").filter(has_text=text)


def test_exam_for_another_station_names_the_setting_and_leads_to_it(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str]
) -> None:
    send_order(server, "WHY1", "CT99")
    ask(server, "CTWHY1")
    page = open_page()
    explain(page, server, "AWHY1", "CTWHY1")
    expect(page.locator("#verdict")).to_contain_text("its own AE title CTWHY1 counts; the exam is for CT99")
    row = row_of(page, "ScheduledStationAETitle")
    expect(row).to_contain_text("no")
    expect(row).to_contain_text("CT99")
    assert find_barriers(page) == ""
    assert "AWHY1" not in page.url
    row.get_by_role("link", name="use_calling_ae").click()
    expect(page.get_by_role("heading", name="CTWHY1", exact=True)).to_be_visible()
    assert page.url.endswith("#field-use_calling_ae")


def test_cancelled_exam_is_explained_by_its_status(server: Any, open_page: Callable[..., Page]) -> None:
    send_order(server, "WHY2", "CTWHY2")
    send_order(server, "WHY2", "CTWHY2", control="CA")
    ask(server, "CTWHY2")
    page = open_page()
    explain(page, server, "WHY2", "CTWHY2")
    expect(page.locator("#verdict")).to_contain_text("the exam is CANCELED")
    expect(row_of(page, "shown_statuses").first).to_contain_text("no")
    expect(page.get_by_text("the exam is CANCELED since")).to_be_visible()


def test_key_that_does_not_match_is_told_with_what_the_record_has(
    server: Any, open_page: Callable[..., Page]
) -> None:
    send_order(server, "WHY3", "CTWHY3")
    ask(server, "CTWHY3", Modality="MR")
    page = open_page()
    explain(page, server, "AWHY3", "CTWHY3")
    row = row_of(page, "(0008,0060)")
    expect(row).to_contain_text("MR")
    expect(row).to_contain_text("CT")
    expect(row).to_contain_text("it asked so itself")


def test_exam_that_is_shown(server: Any, open_page: Callable[..., Page]) -> None:
    send_order(server, "WHY4", "CTWHY4")
    ask(server, "CTWHY4")
    page = open_page()
    explain(page, server, "AWHY4", "CTWHY4")
    expect(page.locator("#verdict")).to_contain_text("is shown record")


def test_exam_is_picked_from_those_found_by_keyboard(server: Any, open_page: Callable[..., Page]) -> None:
    for patient in ("PICK1", "PICK2"):
        send_order(server, patient, "CTPICK")
    ask(server, "CTPICK")
    page = open_page()
    page.goto(f"http://127.0.0.1:{server.web}/why?scanner=CTPICK")
    page.get_by_label("Exam", exact=True).focus()
    page.keyboard.type("station:CTPICK")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Which of these exams?")).to_be_visible()
    page.get_by_role("link", name="Doe, PICK2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("CTPICK")


def test_scanner_is_picked_for_an_exam(server: Any, open_page: Callable[..., Page]) -> None:
    send_order(server, "WHY5", "CTWHY5")
    ask(server, "CTWHY5")
    page = open_page()
    page.watch.expected.append("404")  # type: ignore[attr-defined]
    page.goto(f"http://127.0.0.1:{server.web}/why")
    page.get_by_label("Exam", exact=True).fill("AWHY5")
    page.get_by_role("button", name="Explain").click()
    page.get_by_role("link", name="CTWHY5", exact=True).click()
    expect(page.locator("#verdict")).to_contain_text("CTWHY5")
    page.get_by_label("Exam", exact=True).fill("nobody-like-that")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("alert").filter(has_text="There is no record")).to_be_visible()
