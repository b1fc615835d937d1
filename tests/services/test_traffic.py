"""Both directions as one list: order, pages, filters, and what is new."""

from __future__ import annotations

from itertools import count

import pytest

from openworklist.domain.destination import Destination
from openworklist.domain.errors import SearchError
from openworklist.domain.outcome import Outcome
from openworklist.domain.outgoing import State
from openworklist.services.intake import Intake
from openworklist.services.outbound import Outbound
from openworklist.services.reading import Source
from openworklist.services.traffic import Row, Traffic, Wish
from openworklist.store.database import Database
from players.hospital import make_order

RIS = Source("mllp", "192.0.2.1:4711")
TO = Destination("192.0.2.9", 2575)
SECOND = 1_000_000
BEGIN = 1_773_478_800_000_000  # the clock of `intake` begins here, and goes on by a second


def to_them(number: str, kind: str = "ORM^O01", name: str = "Roe") -> bytes:
    head = f"MSH|^~\\&|OW|HERE|HIS|CITY|20260314||{kind}|{number}|P|2.5||||||UNICODE UTF-8"
    return f"{head}\rPID|||{number}||{name}\r".encode()


@pytest.fixture
def traffic(database: Database, intake: Intake) -> Traffic:
    """In, out, in, out … ten of each, in turns of half a second."""
    clock = count(BEGIN + SECOND // 2, SECOND)
    outbound = Outbound(database, clock=clock.__next__)
    for number in range(10):
        intake.receive_message(make_order(str(number), control_id=f"I{number}"), RIS)
        outbound.put([to_them(f"O{number}")], TO, actor="test")
    return Traffic(database)


def ids(rows: tuple[Row, ...]) -> list[str]:
    return [row.control_id for row in rows]


def walk(traffic: Traffic, wish: Wish, size: int) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        page = traffic.page(wish, after, size)
        found += ids(page.rows)
        after = page.after
        if not after:
            return found


@pytest.mark.parametrize("size", [1, 3, 7, 20, 50])
def test_pages_of_any_size_have_every_message_once_the_newest_first(traffic: Traffic, size: int) -> None:
    found = walk(traffic, Wish(), size)
    assert sorted(found) == sorted(f"{way}{n}" for way in "IO" for n in range(10))
    for way in "IO":
        assert [each for each in found if each[0] == way] == [f"{way}{n}" for n in reversed(range(10))]
    places = [row.place.at for row in traffic.page(Wish(), size=50).rows]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(direction="in"), "I"),
        (Wish(direction="out"), "O"),
        (Wish(outcome=Outcome.APPLIED), "I"),
        (Wish(state=State.WAITING), "O"),
        (Wish(state=State.SENT), ""),
        (Wish(outcome=Outcome.REFUSED), ""),
        (Wish(channel="mllp"), "I"),
        (Wish(system="RIS"), "I"),
        (Wish(system="HIS|CITY"), "O"),
        (Wish(system="HIS|ELSEWHERE"), ""),
        (Wish(message_type="ORM"), "IO"),
        (Wish(message_type="ORM^O01"), "IO"),
        (Wish(message_type="OR"), ""),
        (Wish(text="doe"), "I"),
        (Wish(text="ROE"), "O"),
    ],
)
def test_each_filter_finds_what_it_names(traffic: Traffic, wish: Wish, expected: str) -> None:
    assert {each[0] for each in walk(traffic, wish, 4)} == set(expected)


def test_a_control_id_and_days_are_of_both_directions(traffic: Traffic) -> None:
    assert walk(traffic, Wish(control_id="I3"), 5) == ["I3"]
    assert walk(traffic, Wish(control_id="O3"), 5) == ["O3"]
    rows = traffic.page(Wish(), size=50).rows
    middle = rows[10].place.at
    assert len(walk(traffic, Wish(since=middle), 5)) == 11
    assert len(walk(traffic, Wish(until=middle), 5)) == 9


def test_what_came_since_is_counted(traffic: Traffic, intake: Intake) -> None:
    newest = str(traffic.page(Wish(), size=1).rows[0].place)
    assert traffic.count_new(Wish(), newest) == 0
    for number in range(3):
        # The clock of the intake is behind that of the queue by half a second.
        intake.receive_message(make_order(f"9{number}", control_id=f"N{number}"), RIS)
    assert traffic.count_new(Wish(), newest) == 3
    assert traffic.count_new(Wish(direction="out"), newest) == 0
    assert traffic.count_new(Wish(), "") == 23


def test_what_is_no_place_is_refused(traffic: Traffic) -> None:
    with pytest.raises(SearchError) as caught:
        traffic.page(Wish(), "12x")
    assert caught.value.code == "search.cursor"
