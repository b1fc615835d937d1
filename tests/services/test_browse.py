"""The list of records: every sort and filter is held against plain Python, page by page, on each database."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from itertools import count, pairwise

import pytest

from openworklist.domain.errors import SearchError
from openworklist.domain.identity import identity_of
from openworklist.domain.record import Record, Status
from openworklist.domain.record_order import SORTS, sort_records
from openworklist.domain.search import Search
from openworklist.domain.search_query import is_found, to_query
from openworklist.domain.search_text import parse_search
from openworklist.services.browse import Browse, Page
from openworklist.services.deletion import delete_records
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.records import insert_record

TODAY = date(2026, 3, 14)
NOON = int(datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000
MANY = 90
NAMES = (
    "Doe^Jane", "DOE^John", "Müller^Änne", "Van der Berg^Jan", "Smith-Doe^Ann", "山田^太郎=ヤマダ^タロウ",
    "=김^희중", "Ødegård^Åse", "doe^jane^marie", "O'Neil^[x]", "Pär_cent%^Q", "Παπάς^Ίων", "محمد^علي",
)  # fmt: skip
SEARCHES = (
    "", "doe", "doe jane", '"van der"', "jane, doe", "山田", "タロウ", "müller", "ØDEGÅRD", "παπ", "محمد",
    "doe*", "d?e", "[x", "pär_", "%", "nobody", "P00", "p001", "A1*", "12",
    "name:doe", "name:ann", 'name:"doe jane"', "id:P0012", "id:P00*", "id:p0012", "acc:A0012", "acc:A00?2",
    "birth:1970-01-01", "birth:01.01.1960..31.12.1975", "birth:..1970-01-01", "sex:f", "sex:m,o", "sex:*",
    "mod:CT", "mod:ct,mr", "mod:C*", "status:completed", "status:open", "status:canceled,on-hold",
    "date:today", "date:yesterday", "date:tomorrow", "date:week", "date:all", "date:none",
    "date:2026-03-10..",
    "date:..20260312", "date:14.03.2026..today", "station:ct1", "ae:CT*", "ae:CT1,MR1",
    "room:room", "room:2", "proc:brain", "proc:BRAIN", 'proc:"ct brain"', "physician:house", "procid:RP1",
    "number:7", "-status:completed", "-mod:ct", "-doe", "-date:today", "-date:none",
    "-room:2", "-birth:1970-01-01", '-name:"doe jane"', '-proc:"brain ct"',
    "doe mod:CT date:today acc:A0012 -status:completed",
    "doe mod:ct,mr status:open -jane date:week", "name:* -sex:*",
)  # fmt: skip


def _choose(dice: random.Random, *values: str) -> str:
    return dice.choice((*values, ""))


def make_records(dice: random.Random) -> Iterator[Record]:
    for number in range(MANY):
        values = {
            "patient_name": dice.choice(NAMES),
            "patient_id": _choose(dice, *(f"P{each:04d}" for each in range(10, 16)), "p0012 "),
            "patient_birth_date": _choose(dice, "19700101", "19650203", "20200101"),
            "patient_sex": _choose(dice, "F", "M", "O"),
            "accession_number": _choose(dice, "A0012", "A0022", "A1"),
            "requesting_physician": _choose(dice, "House^Greg", "HOUSE^G", "Ångström^Å"),
            "requested_procedure_description": _choose(dice, "CT brain", "ct BRAIN", "MR knee", "Γόνατο"),
            "requested_procedure_id": _choose(dice, "RP1", "RP2"),
            "modality": _choose(dice, "CT", "MR", "US", "ct"),
            "scheduled_station_ae_title": _choose(dice, "CT1", "CT2", "CT1\\MR1", "mr1"),
            "scheduled_procedure_step_start_date": _choose(
                dice, "20260313", "20260314", "20260315", "20260301"
            ),
            "scheduled_procedure_step_start_time": _choose(dice, "101500", "1015", "080000.5", "23"),
            "scheduled_procedure_step_id": f"S{number}",
        }
        yield Record(
            values={name: value for name, value in values.items() if value},
            completed={"scheduled_station_name": _choose(dice, "ROOM 1", "ROOM 2")},
            status=dice.choice(list(Status)),
        )


def store(database: Database, *records: Record) -> list[Record]:
    def write(connection: Connection) -> list[Record]:
        return [insert_record(connection, each, identity_of(each.values), NOON) for each in records]

    return database.write(write)


def make_browse(database: Database) -> Browse:
    return Browse(database, UTC, clock=lambda: NOON)


@pytest.fixture
def records(database: Database) -> list[Record]:
    return store(database, *make_records(random.Random(7)))


def expected(records: list[Record], search: Search, sort: str, *, descending: bool) -> list[int]:
    query = to_query(search, TODAY)
    found = [record for record in records if is_found(query, record)]
    return [record.id for record in sort_records(found, sort, is_descending=descending)]


def numbers(page: Page) -> list[int]:
    return [record.id for record in page.records]


def walk(browse: Browse, search: Search, sort: str, descending: bool, size: int) -> list[Page]:
    pages = [browse.page(search, sort=sort, descending=descending, size=size)]
    while pages[-1].next:
        pages.append(browse.page(search, sort=sort, descending=descending, size=size, after=pages[-1].next))
    return pages


def check_walk(browse: Browse, wanted: list[int], search: Search, sort: str, descending: bool) -> None:
    pages = walk(browse, search, sort, descending, 17)
    assert [number for page in pages for number in numbers(page)] == wanted
    for before, page in pairwise(pages):
        back = browse.page(search, sort=sort, descending=descending, size=17, after=page.previous)
        assert numbers(back) == numbers(before)
        assert (back.next, back.previous) == (before.next, before.previous)


def test_each_sort_and_search_gives_what_python_gives(database: Database, records: list[Record]) -> None:
    browse = make_browse(database)
    for place, text in enumerate(SEARCHES):
        search = parse_search(text)
        # Each search by one sort, in turn; that of everything by all of them.
        for number, sort in enumerate(list(SORTS) if not place else [list(SORTS)[place % len(SORTS)]]):
            descending = (place // len(SORTS) + number) % 2 == 1
            wanted = expected(records, search, sort, descending=descending)
            page = browse.page(search, sort=sort, descending=descending, size=MANY)
            assert numbers(page) == wanted, (text, sort, descending)
            assert page.total == len(wanted), text
        assert browse.count(search) == len(expected(records, search, "number", descending=False)), text


@pytest.mark.parametrize(("few", "slice_size"), [(0, 0), (0, 20), (30, 20), (10_000, 20_000)])
def test_pages_are_walked_forwards_and_backwards(
    database: Database, records: list[Record], few: int, slice_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 0: as where no index knows few records, so that those of the columns are walked.
    monkeypatch.setattr("openworklist.store.browse.FEW", few)
    monkeypatch.setattr("openworklist.store.browse.SLICE", slice_size)
    monkeypatch.setattr("openworklist.store.browse._SHORT", slice_size)
    browse = make_browse(database)
    for place, sort in enumerate(SORTS):
        for number, text in enumerate(
            ("", ("doe", "mod:ct", "status:open", "date:week", "-sex:f")[place % 5])
        ):
            descending = (place + number) % 2 == 1
            wanted = expected(records, parse_search(text), sort, descending=descending)
            check_walk(browse, wanted, parse_search(text), sort, descending)


def test_every_search_finds_some_and_leaves_some(records: list[Record]) -> None:
    """A search that finds nothing, or everything, would be a poor test of the SQL."""
    found = {
        text: len(expected(records, parse_search(text), "number", descending=False)) for text in SEARCHES
    }
    assert [text for text, number in found.items() if number == MANY] == ["", "date:all"]
    assert {text for text, number in found.items() if not number} <= {"nobody", "id:p0012", "%", "12"}


def test_what_comes_in_meanwhile_is_neither_left_out_nor_shown_twice(database: Database) -> None:
    store(database, *(_plain(f"P{number:02d}", "20260314") for number in range(0, 20, 2)))
    browse = make_browse(database)
    first = browse.page(Search(), sort="patient_id", size=4)
    store(database, _plain("P01", "20260314"), _plain("P09", "20260314"))
    second = browse.page(Search(), sort="patient_id", size=4, after=first.next)
    assert [record.text("patient_id") for record in second.records] == ["P08", "P09", "P10", "P12"]
    back = browse.page(Search(), sort="patient_id", size=4, after=second.previous)
    assert [record.text("patient_id") for record in back.records] == ["P01", "P02", "P04", "P06"]
    assert back.previous
    # Fewer than a page are before it: the first page is whole.
    top = browse.page(Search(), sort="patient_id", size=4, after=back.previous)
    assert [record.text("patient_id") for record in top.records] == ["P00", "P01", "P02", "P04"]
    assert not top.previous


def test_a_page_goes_on_behind_a_record_that_was_deleted(database: Database) -> None:
    stored = store(database, *(_plain(f"P{number}", "20260314") for number in range(6)))
    browse = make_browse(database)
    first = browse.page(Search(), size=3)
    _delete(database, first.records[-1].id)
    assert numbers(browse.page(Search(), size=3, after=first.next)) == [each.id for each in stored[3:]]
    _delete(database, *(each.id for each in stored[3:]))
    end = browse.page(Search(), size=3, after=first.next)
    assert (end.records, end.next) == ((), "")
    assert numbers(browse.page(Search(), size=3, after=end.previous)) == [stored[0].id, stored[1].id]


def test_a_cursor_of_a_record_that_never_was_begins_anew(database: Database) -> None:
    (record,) = store(database, _plain("P1", ""))
    page = make_browse(database).page(Search(), after="a999")
    assert (numbers(page), page.total) == ([record.id], 1)


@pytest.mark.parametrize("cursor", ["x1", "a0", "a-1", "a1;", "a" + "9" * 19, "DOE"])
def test_what_is_no_cursor_or_sort_is_refused(database: Database, cursor: str) -> None:
    browse = make_browse(database)
    with pytest.raises(SearchError):
        browse.page(Search(), after=cursor)
    with pytest.raises(SearchError):
        browse.page(Search(), sort=cursor)


def test_today_is_that_of_the_site(database: Database) -> None:
    from zoneinfo import ZoneInfo

    late = int(datetime(2026, 3, 14, 23, 30, tzinfo=UTC).timestamp()) * 1_000_000
    (record,) = store(database, _plain("P1", "20260315"))
    for zone, found in ((ZoneInfo("Europe/Athens"), [record.id]), (UTC, [])):
        page = Browse(database, zone, clock=count(late).__next__).page(parse_search("date:today"))
        assert numbers(page) == found


def _plain(patient: str, day: str) -> Record:
    values = {
        "patient_id": patient,
        "patient_name": "Doe^Jane",
        "scheduled_procedure_step_start_date": day,
        "scheduled_procedure_step_start_time": "101500",
        "accession_number": patient,
    }
    return Record(values={name: value for name, value in values.items() if value})


def _delete(database: Database, *wanted: int) -> None:
    database.write(partial(delete_records, numbers=wanted, at=NOON, actor="test", reason="test"))
