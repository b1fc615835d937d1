"""The journal's list: newest first, narrowed, page by page, and never by looking at everything."""

from collections.abc import Callable
from typing import Any

import pytest

from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.journal import Filter, Key, find_messages, to_statement
from openworklist.store.messages import Entry, Outcome, insert_message

List = Callable[..., list[int]]


def entry(at: int, **more: Any) -> Entry:
    values = {
        "channel": "mllp",
        "peer": "192.0.2.1:4711",
        "sending_application": "RIS",
        "sending_facility": "HOSPITAL",
        "control_id": f"M{at}",
        "message_type": "ORM^O01",
        "repeat_key": None,
        "raw": b"MSH|",
        "outcome": Outcome.APPLIED,
        "acknowledgement": b"",
    }
    return Entry(received_at=at, **{**values, **more})


@pytest.fixture
def fill(database: Database) -> Callable[..., None]:
    """Journals messages; the first has number 1."""

    def run(*entries: Entry) -> None:
        database.write(lambda connection: [insert_message(connection, each) for each in entries])

    return run


@pytest.fixture
def list_messages(database: Database) -> List:
    """The numbers of all messages of a list, read in pages of two."""

    def run(most: int = 0, **asked: Any) -> list[int]:
        found: list[int] = []
        after: Key | None = None
        while True:
            start = after
            page = database.read(
                lambda connection: find_messages(connection, Filter(**asked), start, 2, most=most)  # noqa: B023
            )
            found += [message.id for message in page.messages]
            after = page.after
            if after is None:
                return found

    return run


def test_the_newest_come_first_also_of_one_moment(fill: Callable[..., None], list_messages: List) -> None:
    fill(entry(10), entry(30), entry(20), entry(20), entry(20))
    assert list_messages() == [2, 5, 4, 3, 1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"since": 20}, [5, 4, 3, 2]),
        ({"until": 30}, [2, 1]),
        ({"since": 20, "until": 30}, [2]),
        ({"outcome": Outcome.REFUSED}, [2]),
        ({"channel": "folder"}, [3]),
        ({"sending_application": "HIS"}, [4]),
        ({"sending_application": "RIS", "sending_facility": ""}, [5]),
        ({"control_id": "M10"}, [1]),
        ({"message_type": "OMI"}, [5, 4]),
        ({"message_type": "OMI^O23"}, [4]),
        ({"message_type": "OM"}, []),
        ({"since": 40, "outcome": Outcome.APPLIED, "message_type": "OMI"}, [5, 4]),
        ({"texts": (b"m\xfcller", b"m\xc3\xbcller")}, [3, 1]),
        ({"texts": (b"M\xfcLLER",)}, [3]),
        ({"texts": (b"pid|",), "since": 20}, [3]),
        ({"texts": (b"nobody",)}, []),
    ],
)
def test_the_list_is_narrowed(
    fill: Callable[..., None], list_messages: List, asked: dict[str, Any], found: list[int]
) -> None:
    fill(
        entry(10, raw="PID|||1||Müller".encode()),
        entry(20, outcome=Outcome.REFUSED),
        entry(30, channel="folder", raw="PID|||1||Müller".encode("latin_1")),
        entry(40, sending_application="HIS", message_type="OMI^O23"),
        entry(50, sending_facility="", message_type="OMI"),
    )
    assert list_messages(**asked) == found


def test_a_page_looks_at_so_many_messages_and_says_where_the_next_begins(
    database: Database, fill: Callable[..., None], list_messages: List
) -> None:
    fill(entry(10, control_id="OLD"), *(entry(20) for _ in range(6)))
    asked = Filter(control_id="OLD")

    first = database.read(lambda connection: find_messages(connection, asked, None, 5, most=3))

    assert first.messages == []
    assert first.after == (20, 5)
    assert list_messages(most=3, control_id="OLD") == [1]
    assert list_messages(most=3) == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    "asked", [Filter(), Filter(control_id="M1"), Filter(since=5, message_type="ORM"), Filter(texts=(b"x",))]
)
def test_the_list_is_read_from_the_index_of_arrival(
    database: Database, fill: Callable[..., None], asked: Filter
) -> None:
    fill(*(entry(number) for number in range(2_000)))
    if not database.reads_inline:
        database.write(lambda connection: connection.execute_text("ANALYZE"))

    plan = database.write(lambda connection: _explain(connection, asked))

    assert "ix_messages_received_at" in plan, plan
    if database.reads_inline:
        assert "TEMP B-TREE" not in plan, plan


def test_the_messages_of_a_record_are_found_by_its_number(database: Database) -> None:
    plan = database.write(lambda connection: _explain(connection, Filter(record_id=1)))
    if database.reads_inline:  # PostgreSQL weighs its statistics, and the tables are empty
        assert "ix_changes_record_id" in plan, plan


def _explain(connection: Connection, asked: Filter) -> str:
    statement, values = to_statement(asked)
    text, order, given = statement.compile(connection.dialect)
    bounds = {"before_at": 1_000, "before_id": 0, "from_at": 10, "from_id": 0, "size": 10}
    known: dict[str, Any] = {**given, **values, **bounds}
    explain = "EXPLAIN QUERY PLAN " if connection.dialect == "sqlite" else "EXPLAIN "
    cursor = connection._cursor
    cursor.execute(explain + text, [known[name] for name in order])
    return "; ".join(str(row[-1]) for row in cursor.fetchall())
