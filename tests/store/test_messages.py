"""The journal's rows, and how a repetition is told."""

from dataclasses import replace

from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.messages import Entry, Outcome, count_repeat, find_repeat, insert_message
from players.auditor import read_changes, read_journal

KEY = bytes(range(16))
ENTRY = Entry(
    received_at=1_000,
    channel="mllp",
    peer="192.0.2.1:4711",
    sending_application="RIS",
    sending_facility="HOSPITAL",
    control_id="M1",
    message_type="ORM^O01",
    repeat_key=KEY,
    raw=bytes(range(256)),
    outcome=Outcome.APPLIED,
    acknowledgement=b"MSH|\xff\x00",
    reason="the order is new",
    warnings=("ä", "山"),
)


def store(database: Database, *entries: Entry) -> list[int]:
    return database.write(lambda connection: [insert_message(connection, entry) for entry in entries])


def change(entry: Entry, **values: object) -> Entry:
    return replace(entry, **values)  # type: ignore[arg-type]


def test_a_message_is_kept_to_the_byte_with_its_answer(database: Database) -> None:
    (number,) = store(database, ENTRY)
    (found,) = read_journal(database)
    assert (found.id, found.raw, found.acknowledgement) == (number, ENTRY.raw, ENTRY.acknowledgement)
    assert (found.outcome, found.reason, found.warnings) == ("applied", ENTRY.reason, ENTRY.warnings)
    assert found.repeats == 0


def test_numbers_count_up_and_are_never_given_again(database: Database) -> None:
    first, second = store(database, ENTRY, change(ENTRY, repeat_key=None))
    database.write(lambda connection: connection.execute_text("DELETE FROM messages"))
    (third,) = store(database, ENTRY)
    assert first < second < third


def test_a_repetition_is_found_by_its_key_with_the_answer_it_was_given(database: Database) -> None:
    (number,) = store(database, ENTRY)
    assert database.read(lambda connection: find_repeat(connection, KEY)) == (number, ENTRY.acknowledgement)
    assert database.read(lambda connection: find_repeat(connection, b"another")) is None


def test_what_has_no_key_is_nobodys_repetition(database: Database) -> None:
    refused = change(ENTRY, repeat_key=None, outcome=Outcome.REFUSED)
    assert len(store(database, refused, refused)) == 2


def test_repetitions_are_counted_on_the_first_one(database: Database) -> None:
    numbers = store(database, ENTRY, change(ENTRY, repeat_key=b"another"))

    def repeat(connection: Connection) -> None:
        count_repeat(connection, numbers[0], 2_000)
        count_repeat(connection, numbers[0], 3_000)

    database.write(repeat)
    assert [entry.repeats for entry in read_journal(database)] == [2, 0]


def test_a_nul_is_left_out_of_texts_and_kept_in_bytes(database: Database) -> None:
    """PostgreSQL takes none in a text."""
    entry = change(ENTRY, control_id="M\x001", sending_application="\0", reason="a\0b", raw=b"\0")
    store(database, entry)
    (found,) = read_journal(database)
    assert (found.control_id, found.reason, found.raw) == ("M1", "ab", b"\0")


def test_a_change_says_who_made_it_because_of_which_message(database: Database) -> None:
    def note(connection: Connection, actor: str, message_id: int | None) -> None:
        insert_change(
            connection, at=1_000, record_id=7, version=2, action="update", actor=actor, reason="ü",
            message_id=message_id,
        )  # fmt: skip

    database.write(lambda connection: note(connection, "hl7:R\0IS|HOSPITAL", 5))
    database.write(lambda connection: note(connection, "user:jane", None))
    assert read_changes(database) == [
        (7, 2, "update", "hl7:RIS|HOSPITAL", "ü", 5),
        (7, 2, "update", "user:jane", "ü", None),
    ]
