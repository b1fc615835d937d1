"""The mapping pages: senders mapped by pointing at their messages, tried, saved, asked for by a scanner."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from openworklist.clients.mllp import send_message
from players.scanner import ask_for_status, make_question

PENDING = (0xFF00, 0xFF01)
SECONDS = 30
EVIL = "<script>alert(1)</script>\x07\u202e'\""
# The two senders of the manual, whose printed samples have lost empty fields: modality in OBR-18 and OBR-21.
FIRST, SECOND = "EUROMEDICA|EUROMEDICA", "application|application"


def make_order(sender: str, number: str, *, name: str = "Doe^Jane", more: str = "") -> bytes:
    """An order of one of the two, as the manual has them."""
    what, where = (
        ("21100^CT HEAD", "|" * 14 + "CT|||CTAWP73120")
        if sender == FIRST
        else (
            "1234^BRAIN",
            "|" * 17 + "MR",
        )
    )
    return (
        f"MSH|^~\\&|{sender}|OW|RAD|20260314080000||ORM^O01|{number}|P|2.3.1||||||UNICODE UTF-8\r"
        f"PID|||{number}||{name}||19590126|M\r"
        f"ORC|NW|A{number}|||||||||||||20260314101500\r"
        f"OBR|||A{number}|{what}{where}\r{more}"
    ).encode()


def send(server: Any, *orders: bytes) -> None:
    for order in orders:
        assert b"MSA|A" in send_message("127.0.0.1", server.hl7, order)


def ask(server: Any, patient: str, calling: str = "CT01") -> list[Any]:
    found = ask_for_status(server.dicom, make_question(PatientID=patient), calling=calling)
    return [answer for status, answer in found if status in PENDING]


def find_modality(server: Any, patient: str) -> str:
    (answer,) = ask(server, patient)
    return str(answer.ScheduledProcedureStepSequence[0].Modality or "")


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


def row(page: Page, label: str) -> Locator:
    return page.locator("tr.rule").filter(has=page.get_by_role("rowheader", name=label, exact=True))


def box(page: Page, name: str, attribute: str) -> Locator:
    return page.get_by_label(f"{name}: {attribute}", exact=True)


def make_mapping(page: Page, name: str, source: str = "classic") -> None:
    """A copy under a name of its own, which is opened."""
    page.goto("/mapping")
    line = page.get_by_role("row").filter(has=page.get_by_role("link", name=source, exact=True))
    line.locator("summary").click()
    line.get_by_label("New name").fill(name)
    line.get_by_role("button", name="Copy under this name").click()
    expect(page.get_by_role("heading", name=f"Mapping {name}", exact=True)).to_be_visible()


def paste(page: Page, text: str) -> None:
    sample = page.locator("details.choose")
    if not sample.evaluate("each => each.open"):
        sample.locator("summary").click()
    page.get_by_label("Or paste it").fill(text)
    page.get_by_role("button", name="Use this text").click()
    expect(page.locator("#sample")).to_be_visible()


def save(page: Page, note: str = "") -> None:
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved as version")).to_be_visible()


def give(page: Page, sender: str, mapping: str) -> None:
    """Decide about a sender on the page."""
    choice = page.get_by_label(f"Mapping of {sender}")
    end = time.monotonic() + SECONDS
    while True:  # who sends for the first time is noted after the answer
        page.goto("/mapping")
        if choice.count():
            break
        assert time.monotonic() < end
    page.get_by_label(f"Mapping of {sender}").select_option(mapping)
    line = page.get_by_role("row").filter(has=page.get_by_label(f"Mapping of {sender}"))
    line.get_by_role("button").click()
    expect(line).to_contain_text("confirmed")


@pytest.fixture(scope="module", autouse=True)
def first_orders(server: Any) -> None:
    """Both senders have been here."""
    send(server, make_order(FIRST, "101"), make_order(SECOND, "201"))


def test_two_senders_are_mapped_by_pointing_at_their_messages(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    make_mapping(page, "second")
    choice = page.get_by_label("From the journal")
    number = choice.locator("option").filter(has_text=SECOND).first.get_attribute("value")
    choice.select_option(number)
    page.get_by_role("button", name="Take", exact=True).click()
    expect(row(page, "Modality")).to_contain_text("empty")
    expect(row(page, "Patient ID").locator(".badge")).to_have_text("found")

    # What has the focus at the left is lit up at the right; what is pointed at there has a name.
    box(page, "Segment", "Requested procedure description").focus()
    lit = page.locator("#sample .hl7-part.lit:visible")
    expect(lit).to_have_text("BRAIN")
    page.locator("[data-place='OBR-4.2']:visible").hover()
    expect(page.locator(".hl7-tip")).to_contain_text("Universal Service Identifier: Text")

    page.locator("[data-place='OBR-4.2']:visible").click()
    expect(page.locator("#use-part")).to_have_text("BRAIN → component 2")
    expect(page.locator("#use-field")).to_have_text("whole field 1234^BRAIN → component 0")
    page.locator("#offer").get_by_role("button", name="Close").click()
    expect(page.locator("#offer")).to_have_count(0)

    page.locator("[data-place='OBR-21.1']:visible").click()
    page.get_by_label("It feeds").select_option("modality")
    page.locator("#use-part").click()
    expect(box(page, "Position", "Modality")).to_have_value("21")
    expect(row(page, "Modality").locator(".found")).to_have_text(re.compile(r"found\s+MR"))
    # A modality is no station.
    box(page, "Segment", "Scheduled station AE title").fill("")
    box(page, "Position", "Scheduled station AE title").fill("")
    box(page, "Component", "Scheduled station AE title").fill("")
    expect(page.locator("#found")).to_contain_text("The answer to a scanner")
    save(page, "modality in OBR-21")

    give(page, SECOND, "second")
    give(page, FIRST, "classic")
    send(server, make_order(FIRST, "102"), make_order(SECOND, "202"))
    assert (find_modality(server, "102"), find_modality(server, "202")) == ("CT", "MR")


def press_until(page: Page, key: str, wanted: Locator) -> None:
    for _ in range(400):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead there")


def test_a_rule_is_filled_and_saved_by_keyboard_alone(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    make_mapping(page, "by keyboard")
    paste(page, make_order(SECOND, "1").decode())
    press_until(page, "Shift+Tab", box(page, "Segment", "Modality"))
    press_until(page, "Tab", page.locator("#sample .hl7-raw .hl7-part").first)
    page.keyboard.press("End")
    expect(page.locator("[data-place='OBR-21.1']:visible")).to_be_focused()
    expect(page.locator(".hl7-tip")).to_contain_text("OBR-21.1 Filler Field 2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_label("It feeds")).to_be_focused()
    page.keyboard.type("Modality")
    expect(page.get_by_label("It feeds")).to_have_value("modality")
    press_until(page, "Tab", page.locator("#use-part"))
    page.keyboard.press("Enter")
    expect(row(page, "Modality")).to_contain_text("MR")
    press_until(page, "Tab", page.get_by_label("Note"))
    page.keyboard.type("typed")
    press_until(page, "Tab", page.locator("#save"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved as version 2")).to_be_visible()


def test_what_is_typed_is_checked_at_once_and_the_focus_stays(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    make_mapping(page, "typed")
    paste(page, make_order(SECOND, "1").decode())
    box(page, "Position", "Modality").fill("21")
    box(page, "Position", "Modality").press("Tab")
    expect(row(page, "Modality").locator(".found")).to_contain_text("MR")
    expect(box(page, "Component", "Modality")).to_be_focused()


def test_what_is_wrong_is_told_beside_it_and_nothing_typed_is_lost(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    make_mapping(page, "wrong")
    paste(page, make_order(FIRST, "1").decode())
    box(page, "Position", "Modality").fill("eighteen")
    box(page, "Position", "Patient sex").fill("9")
    page.get_by_label("Note").fill("a note")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="is no place in a message")).to_be_visible()
    expect(box(page, "Position", "Modality")).to_have_value("eighteen")
    expect(box(page, "Position", "Modality")).to_have_attribute("aria-invalid", "true")
    expect(row(page, "Modality").locator(".badge")).to_have_text("problem")
    expect(box(page, "Position", "Patient sex")).to_have_value("9")
    expect(page.get_by_label("Note")).to_have_value("a note")
    expect(page.locator("#sample")).to_be_visible()
    page.get_by_role("alert").get_by_role("link", name="Modality").click()
    box(page, "Position", "Modality").fill("18")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved as version 2")).to_be_visible()


def test_the_whole_language_of_rules_stands_behind_more(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    make_mapping(page, "rules")
    paste(page, make_order(FIRST, "1", more="OBX|1|ST|3141-9^Weight||70\rOBX|2|ST|X^Room||Room 7\r").decode())
    row(page, "Modality").get_by_role("button").click()
    page.get_by_role("button", name="Another place").click()
    page.locator("#r8s1-segment").fill("OBR")
    page.locator("#r8s1-position").fill("21")
    page.locator("#r8s1-component").fill("1")
    page.locator("#r8s1-shape").select_option("modality")
    page.get_by_role("button", name="Try it earlier").click()
    expect(page.locator("#r8s0-position")).to_have_value("21")
    page.get_by_label("Value table").fill("CT = MR\n* = *")
    page.get_by_label("Default", exact=True).fill("OT")
    page.locator("#less-8").click()
    expect(row(page, "Modality").locator(".found")).to_contain_text("MR")

    page.locator("details.add summary").click()
    page.get_by_label("Or any other by keyword or tag").fill("ProtocolName")
    page.locator("#add").click()
    expect(page.locator("tr.open")).to_contain_text("Protocol Name")
    protocol = page.locator("tr.open").get_attribute("data-row")
    for name, text in {
        "segment": "OBX", "position": "5", "component": "1", "where_path": "OBX-3.2", "where_value": "room",
    }.items():  # fmt: skip
        page.locator(f"#r{protocol}s0-{name}").fill(text)
    page.get_by_label("Pattern").fill(r"Room (\d+)")
    page.locator(f"#less-{protocol}").click()
    expect(page.locator(f"#found-{protocol}")).to_have_text(re.compile(r"found\s+7"))
    save(page)

    with page.expect_download() as got:
        page.get_by_role("link", name="Export to file").click()
    document = json.loads(got.value.path().read_text("utf-8"))
    assert document["rules"]["modality"] == {
        "sources": [{"path": "OBR-21.1", "shape": "modality"}, "OBR-18.1"],
        "table": {"CT": "MR", "*": "*"},
        "default": "OT",
    }
    assert document["rules"]["ProtocolName"] == {
        "sources": [{"path": "OBX-5.1", "where": {"path": "OBX-3.2", "value": "room"}}],
        "pattern": r"Room (\d+)",
    }


def test_a_mapping_that_was_exported_is_imported_under_another_name(
    server: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(base(server))
    make_mapping(page, "to export")
    page.get_by_role("link", name="Export to file").click()
    with page.expect_download() as got:
        page.get_by_role("link", name="Export to file").click()
    file = tmp_path / "mapping.json"
    file.write_bytes(got.value.path().read_bytes())

    page.goto("/mapping")
    page.get_by_text("Import from file").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Name", exact=True).fill("imported")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Mapping imported", exact=True)).to_be_visible()
    expect(box(page, "Position", "Modality")).to_have_value("18")

    page.watch.expected.append("422")  # type: ignore[attr-defined]
    file.write_text("no mapping")
    page.goto("/mapping")
    page.get_by_text("Import from file").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="is no JSON")).to_be_visible()


def test_versions_are_compared_and_brought_back(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    make_mapping(page, "versions")
    box(page, "Position", "Modality").fill("24")
    save(page, "to OBR-24")
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_role("row").filter(has_text="to OBR-24")).to_contain_text("counts now")
    difference = page.get_by_role("row").filter(has_text="OBR-18.1")
    expect(difference).to_contain_text("Modality")
    expect(difference).to_contain_text("OBR-24.1")
    page.get_by_role("button", name="Bring back 1").click()
    expect(page.get_by_role("row").filter(has_text="version 1 brought back")).to_contain_text("counts now")
    page.get_by_label("Compare from version 1").check()
    page.get_by_role("button", name="Show the difference").click()
    expect(page.get_by_text("No rule differs.")).to_be_visible()

    page.goto("/mapping")
    page.get_by_role("button", name="Delete versions").click()
    expect(page.get_by_role("row").filter(has_text="deleted").first).to_be_visible()


def test_a_mapping_in_use_cannot_be_deleted_and_says_why(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    make_mapping(page, "in use")
    send(server, make_order("USER|HOSPITAL", "301"))
    give(page, "USER|HOSPITAL", "in use")
    expect(page.get_by_role("button", name="Delete in use")).to_be_disabled()
    expect(page.get_by_role("button", name="Delete in use")).to_have_attribute(
        "title", "It is in use: give its users another mapping first."
    )


def test_suggestions_are_tried_saved_and_the_messages_processed_again(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    make_mapping(page, "suggested")
    send(server, *(make_order("THIRD|HOSPITAL", f"40{number}") for number in range(3)))
    give(page, "THIRD|HOSPITAL", "suggested")
    send(server, *(make_order("THIRD|HOSPITAL", f"41{number}") for number in range(3)))
    assert find_modality(server, "410") == ""

    page.goto("/mapping/edit?name=suggested")
    page.get_by_label("From", exact=True).select_option("THIRD|HOSPITAL")
    page.get_by_role("button", name="Suggest", exact=True).click()
    line = page.locator("#suggested tr").filter(has_text="OBR-21.1 holds a modality in 6 of 6 messages")
    line.get_by_role("button", name="Accept").click()
    expect(box(page, "Position", "Modality")).to_have_value("21")
    page.get_by_role("button", name="Accept all").click()
    page.get_by_label("The newest").fill("6")
    page.locator("#try-sender").select_option("THIRD|HOSPITAL")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator("#try-report")).to_contain_text("records would change")
    expect(page.locator("#try-report tbody tr").filter(has_text="Modality").first).to_contain_text("MR")
    assert find_modality(server, "410") == ""
    save(page)

    page.get_by_role("link", name="Process again what arrived before").click()
    page.get_by_label("Messages of").select_option("THIRD|HOSPITAL")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.get_by_role("button", name="Process 6 messages again").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert find_modality(server, "410") == "MR"


def test_a_sample_is_opened_from_a_file_or_dropped(
    server: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(base(server))
    page.goto("/mapping/edit?name=classic")
    file = tmp_path / "order.hl7"
    file.write_bytes(make_order(FIRST, "1") + make_order(SECOND, "2"))
    page.get_by_label("Open HL7 sample file").set_input_files(file)
    expect(page.get_by_text("Message 1 of 2")).to_be_visible()
    expect(row(page, "Patient ID")).to_contain_text("1")
    page.get_by_label("Which message").fill("2")
    page.get_by_role("button", name="Show", exact=True).first.click()
    expect(page.get_by_text("Message 2 of 2")).to_be_visible()
    expect(row(page, "Requested procedure description")).to_contain_text("BRAIN")

    page.goto("/mapping/edit?name=classic")
    transfer = page.evaluate_handle(
        "text => { const all = new DataTransfer(); all.items.add(new File([text], 'a.hl7')); return all }",
        make_order(SECOND, "77").decode(),
    )
    page.locator(".drop").dispatch_event("drop", {"dataTransfer": transfer})
    expect(row(page, "Patient ID")).to_contain_text("77")


def test_hostile_samples_are_shown_harmlessly_and_long_ones_cut(
    server: Any, open_page: Callable[..., Page]
) -> None:
    send(server, make_order("EVIL|HOSPITAL", "666", name=EVIL, more="OBX|1|TX|||" + "x" * 5_000_000 + "\r"))
    page = open_page(base(server))
    page.goto("/mapping/edit?name=classic")
    choice = page.get_by_label("From the journal")
    number = choice.locator("option").filter(has_text="EVIL|HOSPITAL").first.get_attribute("value")
    answer = page.goto(f"/mapping/edit?name=classic&sample={number}")
    assert answer is not None
    assert len(answer.body()) < 600_000
    expect(page.locator("#sample")).to_contain_text("more")
    expect(page.locator("#sample")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("#sample .sign").filter(has_text="U+202E").first).to_be_attached()
    expect(row(page, "Patient name")).to_contain_text("<script>")
    page.locator("[data-place='PID-5.1']:visible").click()
    expect(page.locator("#use-part")).to_contain_text("<script>")
    assert page.evaluate("document.querySelectorAll('#work script').length") == 0

    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.get_by_text("Open another sample").click()
    page.get_by_label("Or paste it").fill("no message")
    page.get_by_role("button", name="Use this text").click()
    expect(page.get_by_role("alert").filter(has_text="There is no HL7 message in it.")).to_be_visible()


def test_without_javascript_the_form_maps_and_saves(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server), javascript=False)
    page.watch.expected.append("Autofocus processing")  # type: ignore[attr-defined]  # we are quicker
    make_mapping(page, "plain")
    page.get_by_label("Or paste it").fill(make_order(SECOND, "1").decode().replace("\r", "\n"))
    page.get_by_role("button", name="Use this text").click()
    page.locator("#sample").get_by_label("Table").check()
    expect(page.locator("#sample .hl7-table")).to_contain_text("Universal Service Identifier: Text")
    page.locator("#sample .hl7-table [data-place='OBR-21.1']").click()
    page.get_by_label("It feeds").select_option("modality")
    page.get_by_role("button", name="MR → component 1").click()
    expect(box(page, "Position", "Modality")).to_have_value("21")
    expect(row(page, "Modality")).to_contain_text("MR")
    page.get_by_label("Note").fill("without script")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile(r"/mapping/edit\?name=plain&saved=2"))
    expect(box(page, "Position", "Modality")).to_have_value("21")


def test_the_rule_of_study_uids_takes_effect_in_answers(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    send(server, make_order("UIDS|HOSPITAL", "501"))

    def has_uid(calling: str, *, wanted: bool) -> None:
        end = time.monotonic() + SECONDS
        while bool(ask(server, "501", calling)[0].StudyInstanceUID) != wanted:
            assert time.monotonic() < end

    has_uid("CT1", wanted=True)
    page.goto("/mapping")
    page.get_by_role("link", name="Study UID set-up").click()
    page.get_by_label("AE title", exact=True).fill("CT2")
    page.get_by_role("button", name="Insert AE title").click()
    page.get_by_label("AE title CT2").fill("CT1")
    page.get_by_role("button", name="Change CT2").click()
    page.get_by_label("AE title", exact=True).fill("CT3")
    page.keyboard.press("Enter")
    expect(page.get_by_label("AE title CT3")).to_be_visible()
    page.get_by_label("Create Study UIDs for AE titles on the list").check()
    page.get_by_label("Study UID root").fill("1.2.300.0.7230010.3.1.3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Create Study UIDs for AE titles on the list")).to_be_checked()
    has_uid("CT1", wanted=True)
    has_uid("CT2", wanted=False)
    send(server, make_order("UIDS|HOSPITAL", "502"))
    assert str(ask(server, "502", "CT1")[0].StudyInstanceUID).startswith("1.2.300.0.7230010.3.1.3.")

    page.get_by_role("button", name="Delete CT3").click()
    expect(page.get_by_label("AE title CT3")).to_have_count(0)
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.get_by_label("Study UID root").fill("1.02")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="is no UID root")).to_be_visible()
    expect(page.get_by_label("Study UID root")).to_have_value("1.02")
    page.goto("/mapping/study-uids")
    page.get_by_label("Create Study UIDs for all AE titles").check()
    page.get_by_role("button", name="Save", exact=True).click()
    has_uid("CT2", wanted=True)


ADDRESSES = {
    "mappings": "/mapping",
    "edit": "/mapping/edit?name=classic&sample=2",
    "variant": "/mapping/edit?name=auto&sample=1",
    "versions": "/mapping/versions?name=shown+{size}",
    "again": "/mapping/again",
    "uids": "/mapping/study-uids",
}


@pytest.mark.parametrize(("size", "theme"), [("wide", "light"), ("middle", "dark"), ("small", "dark")])
def test_nothing_is_a_barrier_or_wider_than_the_page(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], size: str, theme: str
) -> None:
    page = open_page(base(server), size=size, theme=theme)
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    make_mapping(page, f"shown {size}")
    for address in ADDRESSES.values():
        page.goto(address.format(size=size))
        assert find_barriers(page) == "", address
        assert page.evaluate(
            "document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"
        ), address
    page.goto(ADDRESSES["edit"])
    page.locator("[data-place='OBR-4.2']:visible").click()
    expect(page.locator("#offer")).to_be_visible()
    row(page, "Modality").get_by_role("button").click()
    page.get_by_role("button", name="Another place").click()
    page.get_by_role("button", name="Suggest", exact=True).click()
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_role("button", name="As JSON").click()
    expect(page.get_by_label("The whole mapping as JSON")).to_be_visible()
    assert find_barriers(page) == ""
