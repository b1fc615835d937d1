"""Every filter and every word of a search, against what plain Python finds in the exams that were sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from players.exams import EXAMS, TODAY, ZONE, Exam, send

Fits = Callable[[Exam], bool]
PATIENTS: Final = ("doe", "P0012", "A0012", "1970")  # what tells of one never stands in an address


def day(offset: int, form: str = "%Y-%m-%d") -> str:
    return f"{TODAY + timedelta(offset):{form}}"


def is_named(exam: Exam, start: str) -> bool:
    """A part of the name in any script begins so."""
    return bool(re.search(rf"(^|[=^ -]){re.escape(start.casefold())}", exam.name.casefold()))


def is_within(exam: Exam, first: int, last: int) -> bool:
    return exam.day is not None and first <= exam.day <= last


def is_born(exam: Exam, first: str, last: str) -> bool:
    return bool(exam.birth) and first <= exam.birth <= last


# Each word of the grammar under its name and its aliases, alone, several together, and what must not be.
SEARCHES: Final[dict[str, Fits]] = {
    "": lambda e: True,
    "doe": lambda e: is_named(e, "doe"),
    "doe jane": lambda e: is_named(e, "doe") and is_named(e, "jane"),
    "jane, DOE": lambda e: is_named(e, "doe") and is_named(e, "jane"),
    '"van der"': lambda e: is_named(e, "van der"),
    "der": lambda e: is_named(e, "der"),
    "oe": lambda e: False,
    "muller": lambda e: False,
    "müller": lambda e: e.number == 3,
    "ØDEGÅRD": lambda e: e.number == 8,
    "山": lambda e: e.number == 6,
    "taro": lambda e: e.number == 6,
    "김": lambda e: e.number == 7,
    "παπ": lambda e: e.number == 12,
    "محمد": lambda e: e.number == 13,
    "иван": lambda e: e.number == 14,
    "pär_": lambda e: e.number == 11,
    "[x": lambda e: e.number == 10,
    "o'n": lambda e: e.number == 10,
    "P00": lambda e: e.patient_id.startswith("P00"),
    "p001": lambda e: e.patient_id.startswith("P001"),
    "0036": lambda e: e.number == 25,
    "d00": lambda e: e.accession.startswith("D00"),
    "name:li": lambda e: is_named(e, "li"),
    'name:"li wei"': lambda e: is_named(e, "li") and is_named(e, "wei"),
    "patient:souza": lambda e: is_named(e, "souza"),
    'patient_name:"zz top"': lambda e: is_named(e, "zz") and is_named(e, "top"),
    "id:Q0026": lambda e: e.patient_id == "Q0026",
    "pid:Q00?6": lambda e: bool(re.fullmatch("Q00.6", e.patient_id)),
    "patient_id:Q*": lambda e: e.patient_id.startswith("Q"),
    "id:Q002": lambda e: False,
    "birth:1970-01-01": lambda e: e.birth == "19700101",
    "dob:01.01.1970": lambda e: e.birth == "19700101",
    "born:1/1/1970": lambda e: e.birth == "19700101",
    "birth:19800814..19801231": lambda e: is_born(e, "19800814", "19801231"),
    "birth_date:..1945-05-09": lambda e: is_born(e, "", "19450509"),
    "birth:2000-01-01..": lambda e: is_born(e, "20000101", "9"),
    "sex:f": lambda e: e.sex == "F",
    "sex:m,O": lambda e: e.sex in ("M", "O"),
    "sex:*": lambda e: e.sex != "",
    "acc:D0027": lambda e: e.accession == "D0027",
    "accession:?0012": lambda e: bool(re.fullmatch(".0012", e.accession)),
    "accession_number:B*": lambda e: e.accession.startswith("B"),
    "physician:HOUSE": lambda e: e.physician.lower() == "house",
    "doctor:il": lambda e: "il" in e.physician,
    "requesting_physician:ван": lambda e: "ван" in e.physician,
    "procedure:BRAIN": lambda e: "brain" in e.procedure.lower(),
    "proc:mr": lambda e: "mr" in e.procedure.lower(),
    'proc:"mr knee"': lambda e: "mr" in e.procedure.lower() and "knee" in e.procedure.lower(),
    "proc:a%t": lambda e: "a%t" in e.procedure,
    "proc:a_t": lambda e: "a_t" in e.procedure,
    "proc:όνα": lambda e: "όνα" in e.procedure,
    "rpid:RP1": lambda e: e.procedure_id == "RP1",
    "procid:RQ1*": lambda e: e.procedure_id.startswith("RQ1"),
    "requested_procedure_id:RP?": lambda e: bool(re.fullmatch("RP.", e.procedure_id)),
    "mod:ct": lambda e: e.modality == "CT",
    "modality:CT,mr": lambda e: e.modality in ("CT", "MR"),
    "mod:CT mod:PT": lambda e: e.modality in ("CT", "PT"),
    "mod:?R": lambda e: bool(re.fullmatch(".R", e.modality)),
    "date:today": lambda e: e.day == 0,
    "start:yesterday": lambda e: e.day == -1,
    "date:tomorrow": lambda e: e.day == 1,
    "date:week": lambda e: is_within(e, -6, 0),
    "date:all": lambda e: True,
    "date:none": lambda e: e.day is None,
    f"date:{day(-3)}": lambda e: e.day == -3,
    f"date:{day(-3, '%Y%m%d')}": lambda e: e.day == -3,
    f"date:{day(-3, '%d.%m.%Y')}": lambda e: e.day == -3,
    f"date:{day(-3, '%d/%m/%Y')}": lambda e: e.day == -3,
    f"date:{day(-7)}..{day(-2)}": lambda e: is_within(e, -7, -2),
    "date:tomorrow..": lambda e: is_within(e, 1, 99),
    "date:..yesterday": lambda e: is_within(e, -99, -1),
    f"date:{day(-2)}..today": lambda e: is_within(e, -2, 0),
    "status:scheduled": lambda e: e.status == "scheduled",
    "status:started": lambda e: e.status == "started",
    "status:completed,discontinued": lambda e: e.status in ("completed", "discontinued"),
    "status:cancelled": lambda e: e.status == "canceled",
    "status:on-hold": lambda e: e.status == "on-hold",
    "status:open": lambda e: e.status in ("scheduled", "started"),
    "station:ct1": lambda e: e.station == "CT1",
    "ae:CT*": lambda e: e.station.startswith("CT"),
    "aet:MR1,us1": lambda e: e.station in ("MR1", "US1"),
    'station_name:"room 3"': lambda e: "room" in e.room.lower() and "3" in e.room,
    "room:11": lambda e: "11" in e.room,
    "number:7": lambda e: e.number == 7,
    "record:26": lambda e: e.number == 26,
    "-doe": lambda e: not is_named(e, "doe"),
    "-mod:ct": lambda e: e.modality != "CT",
    "-status:completed": lambda e: e.status != "completed",
    "-status:open -mod:PT": lambda e: e.status not in ("scheduled", "started") and e.modality != "PT",
    "-date:today": lambda e: e.day != 0,
    "-date:none": lambda e: e.day is not None,
    "-birth:1970-01-01": lambda e: e.birth != "19700101",
    "-sex:F,M": lambda e: e.sex not in ("F", "M"),
    "-room:room": lambda e: "room" not in e.room.lower(),
    "-physician:house": lambda e: e.physician.lower() != "house",
    "-id:Q*": lambda e: not e.patient_id.startswith("Q"),
    "-acc:A*": lambda e: not e.accession.startswith("A"),
    "-station:CT1": lambda e: e.station != "CT1",
    "-number:7": lambda e: e.number != 7,
    '-name:"li wei"': lambda e: not (is_named(e, "li") and is_named(e, "wei")),
    '-proc:"mr knee"': lambda e: not ("mr" in e.procedure.lower() and "knee" in e.procedure.lower()),
    "doe mod:CT date:today acc:A* -status:completed": lambda e: (
        is_named(e, "doe") and e.modality == "CT" and e.day == 0 and e.accession.startswith("A")
    ),
}


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    return ("--no-login", "--time-zone", ZONE)


@pytest.fixture(scope="module", autouse=True)
def exams(server: Any) -> None:
    send(server.hl7, EXAMS)


def find(fits: Fits) -> list[int]:
    return [exam.number for exam in EXAMS if fits(exam)]


def open_list(server: Any, open_page: Callable[..., Page], query: str = "text=") -> Page:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.goto(f"/worklist?{query}")
    return page


def read_numbers(page: Page) -> list[int]:
    """The records that the list shows, in its order; their count stands above it."""
    rows = "rows => rows.map(row => Number(row.dataset.number))"
    numbers: list[int] = page.eval_on_selector_all("table.worklist tbody tr", rows)
    total = page.locator("p.total").inner_text()
    assert total == f"{len(numbers)} exam{'' if len(numbers) == 1 else 's'}"
    return numbers


def search(page: Page, text: str) -> list[int]:
    page.locator("#quick").fill(text)
    with page.expect_navigation():
        page.locator("#quick").press("Enter")
    return sorted(read_numbers(page))


def submit(page: Page, **values: str) -> list[int]:
    """The form at the left, with these fields filled."""
    for name, value in values.items():
        if name == "status":
            page.locator("#by-status").select_option(value)
        else:
            page.locator(f"#{name if name in ('from', 'to') else f'by-{name}'}").fill(value)
    with page.expect_navigation():
        page.locator("#search-form").get_by_role("button", name="Search").click()
    return sorted(read_numbers(page))


def chips(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".chip span").all_inner_texts()]


def test_every_word_of_a_search_finds_what_it_says(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    wrong = {}
    for text, fits in SEARCHES.items():
        found = search(page, text)
        if found != find(fits):
            wrong[text] = (found, find(fits))
        assert not any(patient in page.url for patient in PATIENTS), page.url
    assert wrong == {}


def test_words_that_cannot_be_read_are_told(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    for text, said in {
        "colour:red": "colour",
        "date:someday": "date",
        "status:lost": "status",
        "number:x": "number",
        "mod:": "mod",
        "id:1 id:2": "id",
    }.items():
        page.locator("#quick").fill(text)
        with page.expect_navigation():
            page.locator("#quick").press("Enter")
        expect(page.locator(".problem")).to_contain_text(said)
        expect(page.locator("#quick")).to_have_value(text)


def test_days_are_chosen_by_a_click(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    for label, fits in {
        "Today": lambda e: e.day == 0,
        "Yesterday": lambda e: e.day == -1,
        "Last 7 days": lambda e: is_within(e, -6, 0),
        "All": lambda e: True,
    }.items():
        with page.expect_navigation():
            page.locator(".day-choices").get_by_text(label, exact=True).click()
        assert sorted(read_numbers(page)) == find(fits), label
        expect(page.get_by_label(label, exact=True)).to_be_checked()


def test_a_span_of_days_may_lack_an_end(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    for first, last in ((-7, -1), (-2, -2), (None, -3), (2, None)):
        ends = {"from": first, "to": last}
        texts = {name: "" if offset is None else day(offset, "%d.%m.%Y") for name, offset in ends.items()}
        low, high = -99 if first is None else first, 99 if last is None else last
        assert submit(page, **texts) == [e.number for e in EXAMS if is_within(e, low, high)], texts
        expect(page.locator("[name=date][value=span]")).to_be_checked()


# A filter of the form is what the same word of the search box is.
FORM: Final[tuple[tuple[dict[str, str], Fits], ...]] = (
    ({"patient_name": "doe, j"}, lambda e: is_named(e, "doe") and is_named(e, "j")),
    ({"patient_id": "Q0026"}, lambda e: e.patient_id == "Q0026"),
    ({"patient_id": "P00*"}, lambda e: e.patient_id.startswith("P00")),
    ({"accession_number": "B0017"}, lambda e: e.accession == "B0017"),
    ({"birth_date": "14.08.1980"}, lambda e: e.birth == "19800814"),
    ({"modality": "ct"}, lambda e: e.modality == "CT"),
    ({"modality": "MR,US"}, lambda e: e.modality in ("MR", "US")),
    ({"station": "cr?"}, lambda e: e.station.startswith("CR")),
    *(({"status": status}, lambda e, status=status: e.status == status) for status in (
        "scheduled", "started", "completed", "discontinued", "canceled", "on-hold"
    )),
    ({"status": "open"}, lambda e: e.status in ("scheduled", "started")),
    (
        {"patient_name": "doe", "modality": "CT", "status": "started", "station": "CT2"},
        lambda e: e.number == 2,
    ),
    ({"patient_name": "doe", "modality": "US", "status": "open"}, lambda e: False),
)  # fmt: skip


def test_every_filter_of_the_form_finds_what_it_says(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    for values, fits in FORM:
        assert submit(page, **values) == find(fits), values
        assert len(chips(page)) == len(values)
        for name, value in values.items():  # the form says what is asked for
            expect(page.locator(f"#by-{name}")).to_have_value("1980-08-14" if name == "birth_date" else value)
        with page.expect_navigation():
            page.get_by_role("link", name="Clear").click()
        assert sorted(read_numbers(page)) == find(lambda e: True)
        assert chips(page) == []


def test_the_first_look_is_at_today(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page, query="")
    assert sorted(read_numbers(page)) == find(lambda e: e.day == 0)
    expect(page.get_by_label("Today", exact=True)).to_be_checked()


def test_chips_are_taken_away_one_by_one(server: Any, open_page: Callable[..., Page]) -> None:
    terms: dict[str, Fits] = {
        "doe": lambda e: is_named(e, "doe"),
        "mod:CT,DX,US": lambda e: e.modality in ("CT", "DX", "US"),
        "date:today": lambda e: e.day == 0,
        "-status:canceled": lambda e: e.status != "canceled",
        "-jane": lambda e: not is_named(e, "jane"),
    }
    page = open_list(server, open_page)
    for gone in terms:
        search(page, " ".join(terms))
        assert len(chips(page)) == len(terms)
        number = ["mod:CT,DX,US", "date:today", "doe", "-status:canceled", "-jane"].index(gone)
        with page.expect_navigation():
            page.locator(".chip button").nth(number).click()
        rest = [fits for term, fits in terms.items() if term != gone]
        assert sorted(read_numbers(page)) == find(lambda e, rest=rest: all(fits(e) for fits in rest)), gone
    for left in range(len(terms) - 2, -1, -1):
        with page.expect_navigation():
            page.locator(".chip button").first.press("Enter")
        assert len(chips(page)) == left
    assert sorted(read_numbers(page)) == find(lambda e: True)
