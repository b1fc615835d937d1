"""The journal for people: one message whole with what it did, text in any character set, and its end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openworklist.domain.errors import NotFound
from openworklist.services.intake import Intake
from openworklist.services.journal import Journal, expire, expire_batch, spell
from openworklist.services.reading import Source
from openworklist.store.database import Database
from openworklist.store.journal import Filter
from players.auditor import read_changes, read_journal, read_records
from players.hospital import make_order

SAMPLES = Path(__file__).parents[1] / "data/hl7"
RIS = Source("mllp", "192.0.2.1:4711")
SECOND = 1_000_000
BEGIN = 1_773_478_800_000_000 + SECOND  # when the first message arrives


def test_a_message_is_shown_whole_with_what_it_did(database: Database, intake: Intake) -> None:
    raw = (SAMPLES / "manual/rebuilt-obr18.hl7").read_bytes()
    answer = intake.receive_message(raw, RIS)
    intake.receive_message(raw, RIS)

    shown = Journal(database).get(1)

    assert (shown.message.raw, shown.message.acknowledgement) == (raw, answer)
    assert shown.message.listed.outcome == "applied"
    assert (shown.message.listed.repeats, shown.message.last_repeat_at) == (1, BEGIN + SECOND)
    (record,) = read_records(database)
    assert [(each.record_id, each.action) for each in shown.changes] == [(record.id, "create")]


def test_the_messages_of_a_record_are_listed(database: Database, intake: Intake) -> None:
    for number, time in (("1", "08"), ("2", "08"), ("1", "09")):
        intake.receive_message(make_order(number, f"Doe^{time}", time=f"20260314{time}0000"), RIS)

    found = Journal(database).find_all(Filter(record_id=1), 10)

    assert [message.id for message in found.messages] == [3, 1]


@pytest.mark.parametrize("number", [0, 2, 1 << 62])
def test_a_number_that_nobody_has_is_told_with_the_way_out(
    database: Database, intake: Intake, number: int
) -> None:
    intake.receive_message(make_order("1"), RIS)
    with pytest.raises(NotFound) as caught:
        Journal(database).get(number)
    assert caught.value.code == "message.not-found"
    assert "messages list" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "charset", "codec"),
    [
        ("Müller^Jürgen", "8859/1", "latin_1"),
        ("Иванов^Пётр", "8859/5", "iso8859_5"),
        ("Ξενοφωντίδου^Ελένη", "8859/7", "iso8859_7"),
        ("张^伟", "GB 18030-2000", "gb18030"),
        ("山田^太郎", "UNICODE UTF-8", "utf_8"),
    ],
)
def test_text_is_found_in_whatever_character_set_it_came(
    database: Database, intake: Intake, name: str, charset: str, codec: str
) -> None:
    intake.receive_message(make_order("1", name, charset=charset, codec=codec), RIS)
    intake.receive_message(make_order("2"), RIS)

    found = Journal(database).find_all(Filter(texts=spell(name)), 10).messages

    assert [message.control_id[0] for message in found] == ["1"]


def test_what_is_older_than_the_site_keeps_goes_and_its_records_stay(
    database: Database, intake: Intake
) -> None:
    for number in range(5):
        intake.receive_message(make_order(str(number)), RIS)
    records = read_records(database), read_changes(database)

    # One day after the fourth arrived: the first three are older than a day.
    assert expire(database, BEGIN + 3 * SECOND + 86_400 * SECOND, 1, batch=2) == 3

    assert [message.id for message in read_journal(database)] == [4, 5]
    assert (read_records(database), read_changes(database)) == records


def test_a_batch_deletes_the_oldest(database: Database, intake: Intake) -> None:
    for number in range(3):
        intake.receive_message(make_order(str(number)), RIS)
    assert expire_batch(database, BEGIN + SECOND * 86_400, 0, 2) == 2
    assert [message.id for message in read_journal(database)] == [3]


def test_a_message_that_is_sent_again_after_its_end_is_a_new_one(
    intake: Intake, database: Database, send: Callable[[bytes], str]
) -> None:
    send(make_order("1"))
    expire(database, BEGIN + SECOND, 0)
    assert send(make_order("1")).startswith("MSA|AA|")
    assert [entry.reason for entry in read_journal(database)] == ["the record is already as sent"]
