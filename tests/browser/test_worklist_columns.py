"""Columns of the worklist: what stands in them, every order, ties and gaps, pages, and which are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from players.exams import EXAMS, TODAY, ZONE, Exam, send

SIZE: Final = 50  # of a page
# Made for pages: many of them differ in nothing but number and order.
MANY: Final = tuple(
    replace(
        EXAMS[number % 3],
        number=number,
        patient_id=f"M{number:04d}",
        accession=f"M{number:04d}",
        procedure_id=f"M{number:04d}",
        day=400 + number % 2,
        status="scheduled",
    )
    for number in range(len(EXAMS) + 1, len(EXAMS) + 101)
)
ALL_EXAMS: Final = f"-date:{TODAY + timedelta(400):%Y-%m-%d}.."
OLD: Final = "-mod:BMD"  # all but what comes while a test looks on
HEADS: Final = (
    "#", "Patient name", "Patient ID", "Birth date", "Sex", "Accession number", "Requesting physician",
    "Requested procedure", "Modality", "Start date", "Start time", "Status", "Scheduled AE title",
    "Station name", "Requested procedure ID",
)  # fmt: skip
STATUSES: Final = {"started": "in progress", "on-hold": "on hold"}


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    return ("--no-login", "--time-zone", ZONE)


@pytest.fixture(scope="module", autouse=True)
def exams(server: Any) -> None:
    send(server.hl7, (*EXAMS, *MANY))


def lower(text: str) -> str:
    """Letters of ASCII in any case, others as they are."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def room(exam: Exam) -> str:
    return exam.room or exam.station  # nobody names a room: it is the scanner's


# What exams are sorted by; those with "" in front come last.
KEYS: Final[dict[str, Callable[[Exam], tuple[str, ...]]]] = {
    "#": lambda e: ("all",),
    "Patient name": lambda e: (e.name.partition("=")[0].casefold(),),
    "Patient ID": lambda e: (e.patient_id,),
    "Birth date": lambda e: (e.birth,),
    "Sex": lambda e: (e.sex,),
    "Accession number": lambda e: (e.accession,),
    "Requesting physician": lambda e: (lower(e.physician),),
    "Requested procedure": lambda e: (lower(e.procedure),),
    "Modality": lambda e: (e.modality,),
    "Start date": lambda e: (e.start, e.time.ljust(6, "0")),
    "Start time": lambda e: (e.start, e.time.ljust(6, "0")),
    "Status": lambda e: (e.status.replace("-", " "),),
    "Scheduled AE title": lambda e: (e.station,),
    "Station name": lambda e: (lower(room(e)),),
    "Requested procedure ID": lambda e: (e.procedure_id,),
}


def sort(head: str, exams: tuple[Exam, ...], *, down: bool) -> list[int]:
    key = KEYS[head]
    given = [each for each in exams if key(each)[0]]
    lacking = [each for each in exams if not key(each)[0]]
    given.sort(key=lambda e: (key(e), e.number), reverse=down)
    lacking.sort(key=lambda e: e.number, reverse=down)
    return [each.number for each in (*given, *lacking)]


def open_list(server: Any, open_page: Callable[..., Page], query: str) -> Page:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.goto(f"/worklist?{query}")
    return page


def read_numbers(page: Page) -> list[int]:
    rows = "rows => rows.map(row => Number(row.dataset.number))"
    numbers: list[int] = page.eval_on_selector_all("table.worklist tbody tr", rows)
    return numbers


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).click()


def write(text: str) -> str:
    """A day as pages have it."""
    return f"{int(text[6:])} {MONTHS[int(text[4:6]) - 1]} {text[:4]}" if text else ""


MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")


def cells(exam: Exam) -> list[str]:
    names = (group.split("^") for group in exam.name.split("="))
    time = exam.time if exam.day is not None else ""
    return [
        str(exam.number),
        " · ".join(f"{family}, {' '.join(others)}" for family, *others in names),
        exam.patient_id,
        write(exam.birth),
        exam.sex,
        exam.accession,
        exam.physician,
        exam.procedure,
        exam.modality,
        write(exam.start),
        f"{time[:2]}:{time[2:4]}" if time else "",
        STATUSES.get(exam.status, exam.status),
        exam.station,
        room(exam),
        exam.procedure_id,
    ]


def read_cells(page: Page) -> list[list[str]]:
    script = "rows => rows.map(row => [...row.cells].slice(1).map(cell => cell.textContent.trim()))"
    found: list[list[str]] = page.eval_on_selector_all("table.worklist tbody tr", script)
    return found


def test_each_column_has_what_was_sent(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page, f"text={ALL_EXAMS}&sort=number&dir=up")
    heads = [head.strip(" \n↑↓") for head in page.locator("table.worklist thead th").all_inner_texts()[1:]]
    assert sorted(heads) == sorted(HEADS)
    wanted = [dict(zip(HEADS, cells(exam), strict=True)) for exam in EXAMS]
    assert [dict(zip(heads, row, strict=True)) for row in read_cells(page)] == wanted


def test_every_column_sorts_up_and_down(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    wrong = {}
    page.goto(f"/worklist?text={ALL_EXAMS}&sort=number&dir=down")
    for head in HEADS:
        for direction in ("ascending", "descending"):
            follow(page, head)
            expect(page.locator(f"th[aria-sort={direction}] a").filter(has_text=head)).not_to_have_count(0)
            found, wanted = read_numbers(page), sort(head, EXAMS, down=direction == "descending")
            if found != wanted:
                wrong[head, direction] = (found, wanted)
    assert wrong == {}


def test_days_ahead_begin_with_the_next_and_all_time_with_the_newest(
    server: Any, open_page: Callable[..., Page]
) -> None:
    week = tuple(exam for exam in EXAMS if exam.day is not None and -6 <= exam.day <= 0)
    page = open_list(server, open_page, "text=date:week")
    assert read_numbers(page) == sort("Start date", week, down=False)
    page.goto(f"/worklist?text={OLD}")
    assert read_numbers(page) == sort("Start date", (*EXAMS, *MANY), down=True)[:SIZE]


@pytest.mark.parametrize(
    ("head", "down"),
    [
        ("Start date", False),
        ("Start date", True),
        ("Patient name", True),
        ("Modality", True),
        ("Requested procedure", False),
    ],
)
def test_pages_go_on_where_many_are_alike(
    server: Any, open_page: Callable[..., Page], head: str, down: bool
) -> None:
    wanted = sort(head, (*EXAMS, *MANY), down=down)
    pages = [wanted[first : first + SIZE] for first in range(0, len(wanted), SIZE)]
    page = open_list(server, open_page, f"text={OLD}&sort=number&dir=down")
    for _ in range(2 if down else 1):
        follow(page, head)
    expect(page.locator("p.total")).to_have_text(f"{len(wanted)} exams")
    there = [read_numbers(page)]
    while page.get_by_role("link", name="Next").count():
        follow(page, "Next")
        there.append(read_numbers(page))
    assert there == pages
    back = [there[-1]]
    while page.get_by_role("link", name="Previous").count():
        follow(page, "Previous")
        back.append(read_numbers(page))
    assert back[::-1] == pages


def test_pages_of_a_search_for_a_patient_keep_it(server: Any, open_page: Callable[..., Page]) -> None:
    does = tuple(exam for exam in (*EXAMS, *MANY) if "doe" in exam.name.casefold().split("^")[0].split("-"))
    page = open_list(server, open_page, "text=")
    page.locator("#by-patient_name").fill("doe")
    with page.expect_navigation():
        page.locator("#search-form").get_by_role("button", name="Search").click()
    follow(page, "Patient ID")
    found = read_numbers(page)
    follow(page, "Next")
    assert found + read_numbers(page) == sort("Patient ID", does, down=False)
    assert "doe" not in page.url


def test_a_page_further_on_tells_what_is_new(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page, "text=mod:BMD,CT&sort=number&dir=down")
    follow(page, "Next")
    there = read_numbers(page)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("p.total")).not_to_have_text("…")
    number = len(EXAMS) + len(MANY) + 1
    send(server.hl7, [replace(EXAMS[0], number=number, name="Newcomer^Nina", patient_id="N1", accession="N1",
                              procedure_id="N1", modality="BMD", day=500)])  # fmt: skip
    expect(page.locator("p.total")).to_contain_text("1 new – show")
    assert read_numbers(page) == there
    follow(page, "1 new – show")
    assert read_numbers(page)[0] == number


def test_columns_are_chosen_ordered_and_remembered(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page, f"text={ALL_EXAMS}&sort=number&dir=up")
    page.locator(".columns-menu summary").click()
    menu = page.locator("#columns-form")
    for head in HEADS:
        if head not in ("Status", "Modality", "Patient name"):
            menu.get_by_role("checkbox", name=head, exact=True).uncheck()
    for place, head in enumerate(("Modality", "Status", "Patient name"), 1):
        menu.get_by_label(f"Place of {head}", exact=True).fill(str(place))
    with page.expect_navigation():
        menu.get_by_role("button", name="Show these").click()
    for query in (f"text={ALL_EXAMS}&sort=number&dir=up", "text=mod:CT"):
        page.goto(f"/worklist?{query}")
        heads = page.locator("table.worklist thead th").all_inner_texts()
        assert [each.strip(" \n↑↓") for each in heads[1:]] == ["Modality", "Status", "Patient name"]
    page.goto(f"/worklist?text={ALL_EXAMS}&sort=number&dir=up")
    places = [HEADS.index(head) for head in ("Modality", "Status", "Patient name")]
    wanted = [[cells(exam)[place] for place in places] for exam in EXAMS]
    wanted[-1][0] = str(EXAMS[-1].number)  # what leads to a record is never empty
    assert read_cells(page) == wanted
    # None ticked is all of them.
    page.locator(".columns-menu summary").click()
    for head in ("Modality", "Status", "Patient name"):
        menu.get_by_role("checkbox", name=head, exact=True).uncheck()
    with page.expect_navigation():
        menu.get_by_role("button", name="Show these").click()
    assert page.locator("table.worklist thead th").count() == len(HEADS) + 1
