"""Files of messages on their way into the database, and what is told of each message."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from openworklist.domain.errors import StoreError
from openworklist.hl7.batch import BOM
from openworklist.hl7.framing import wrap
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.file_report import MOST_KEPT, Report
from openworklist.services.files import Files, Taken
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.store.connection import Statement
from openworklist.store.database import Database, open_database
from openworklist.store.schema import messages
from players.auditor import read_records

LIMIT = 100_000
JOURNAL = Statement(select(messages.c.channel, messages.c.peer, messages.c.outcome, messages.c.raw))


def make_order(number: str, name: str = "Doe^Jane", *, charset: str = "", control: str = "NW") -> bytes:
    text = (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|C{number}{control}|P|2.3.1||||||{charset}\r"
        f"PID|||{number}||{name}\rORC|{control}|A{number}\rOBR||||RP{number}^CT||||||||||||||CT|||CT01\r"
    )
    return text.encode()


NOBODY = make_order("").replace(b"|C", b"|NOBODY")
REPORT = make_order("9").replace(b"ORM^O01", b"ADT^A02")


@dataclass
class Desk:
    """Where files are handed in."""

    database: Database
    files: Files

    def take(self, *pieces: bytes, name: str = "order.hl7") -> list[Taken]:
        return list(self.files.take(pieces, Source("folder", name)))

    @property
    def names(self) -> dict[str, str]:
        """The patients' names by their IDs."""
        found = read_records(self.database)
        return {record.text("patient_id"): record.text("patient_name") for record in found}

    @property
    def journal(self) -> list[tuple[str, str, str, bytes]]:
        rows = self.database.read(lambda connection: connection.run(JOURNAL))
        return [(channel, peer, outcome, bytes(raw)) for channel, peer, outcome, raw in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = open_database("", tmp_path)
    intake = Intake(database, Reader(using(preset("classic")), "8859/7"), Metrics())
    yield Desk(database, Files(intake, database.find_problem, max_message=LIMIT))
    database.close()


def test_each_message_is_applied_and_told_of_in_order(desk: Desk) -> None:
    orders = [make_order(str(number)) for number in range(300)]
    found = desk.take(b"".join(orders))
    assert [(each.number, each.outcome, each.code) for each in found] == [
        (number, "applied", "AA") for number in range(1, 301)
    ]
    assert [each.control_id for each in found] == [f"C{number}NW" for number in range(300)]
    assert [each.offset for each in found][:2] == [0, len(orders[0])]
    assert len(desk.names) == 300


def test_messages_of_one_patient_are_applied_in_their_order(desk: Desk) -> None:
    changes = [make_order("1", f"Doe^{turn}", control="XO") for turn in range(100)]
    changes = [change.replace(b"C1XO", b"C%d" % turn) for turn, change in enumerate(changes)]
    desk.take(b"".join(changes))
    assert desk.names == {"1": "Doe^99"}


def test_one_that_is_refused_does_not_take_the_others_along(desk: Desk) -> None:
    first, second, third = desk.take(make_order("1") + NOBODY + make_order("2"))
    assert (first.is_good, second.is_good, third.is_good) == (True, False, True)
    assert (second.outcome, second.code, second.place) == ("refused", "AE", "PID-3")
    assert second.error == "order.field-missing"
    assert second.control_id == "NOBODYNW"
    assert str(second) == (
        f"message 2 at byte {second.offset}, control ID NOBODYNW: refused (AE): {second.reason} [PID-3]"
    )
    assert set(desk.names) == {"1", "2"}
    assert [outcome for _, _, outcome, _ in desk.journal].count("refused") == 1


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    raw = make_order("1") + REPORT
    assert [each.outcome for each in desk.take(raw)] == ["applied", "ignored"]
    assert [each.outcome for each in desk.take(raw, name="copy.hl7")] == ["repeated", "repeated"]
    assert len(desk.journal) == 2


@pytest.mark.parametrize(
    "raw",
    [
        make_order("1") + make_order("2"),
        wrap(make_order("1")) + wrap(make_order("2")),
        b"FHS|^~\\&\rBHS|^~\\&\r" + make_order("1") + make_order("2") + b"BTS|2\rFTS|1\r",
        (make_order("1") + make_order("2")).replace(b"\r", b"\n"),
        (make_order("1") + make_order("2")).replace(b"\r", b"\r\n"),
        make_order("1") + b"\x1a" + make_order("2") + b"\x1a",
    ],
    ids=["plain", "framed", "batch", "LF", "CRLF", "DOS"],
)
def test_a_file_may_look_as_it_likes(desk: Desk, raw: bytes) -> None:
    assert [each.outcome for each in desk.take(*(raw[at : at + 7] for at in range(0, len(raw), 7)))] == [
        "applied"
    ] * 2
    assert set(desk.names.values()) == {"Doe^Jane"}


def test_a_byte_order_mark_says_that_every_message_is_utf_8(desk: Desk) -> None:
    """The default here is Greek, which UTF-8 looks like."""
    desk.take(BOM + make_order("1", "Müller^Jürgen") + make_order("2", "Żółć^Łucja"))
    assert desk.names == {"1": "Müller^Jürgen", "2": "Żółć^Łucja"}


@pytest.mark.parametrize("codec", ["utf_16", "utf_16_le", "utf_16_be"])
def test_utf_16_is_called_by_its_name(desk: Desk, codec: str) -> None:
    (found,) = desk.take(make_order("1").decode().replace("\r", "\r\n").encode(codec))
    assert (found.outcome, found.reason, found.hint) == (
        "refused",
        "The file is in UTF-16.",
        "save it as UTF-8",
    )


@pytest.mark.parametrize("raw", [b"", b"\r\n \r\n", BOM, b"BHS|^~\\&\rBTS|0\r"])
def test_a_file_without_a_message_is_not_good(desk: Desk, raw: bytes) -> None:
    report = Report()
    for taken in desk.take(raw):
        report.add(taken)
    assert not report.is_good
    assert report.format("order.hl7") == "order.hl7: The file holds no message.\n"


def test_what_is_no_hl7_is_refused_and_kept_in_the_journal(desk: Desk) -> None:
    (found,) = desk.take(b"PK\x03\x04" + bytes(range(256)) * 10)
    assert (found.outcome, found.error, found.place) == ("refused", "message.unreadable", "MSH")
    ((channel, peer, outcome, raw),) = desk.journal
    assert (channel, peer, outcome) == ("folder", "order.hl7", "refused")
    assert raw.startswith(b"PK\x03\x04")


def test_a_message_over_the_limit_is_told_with_its_place_and_the_others_are_applied(desk: Desk) -> None:
    large = make_order("2") + b"NTE|1||" + b"x" * LIMIT + b"\r"
    found = desk.take(make_order("1") + large + make_order("3"))
    assert [each.outcome for each in found] == ["applied", "refused", "applied"]
    assert (found[1].error, found[1].offset) == ("message.too-large", len(make_order("1")))
    assert f"{len(large)} bytes" in found[1].reason
    assert set(desk.names) == {"1", "3"}


def test_memory_stays_flat_however_long_the_file_is(desk: Desk) -> None:
    def pour() -> Iterator[bytes]:
        yield from (make_order("1"), b"NTE|1||")
        for _ in range(3000):
            yield b"x" * 65_536
        yield b"\r" + make_order("2")

    tracemalloc.start()
    found = list(desk.files.take(pour(), Source("folder", "huge.hl7")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [each.outcome for each in found] == ["refused", "applied"]
    assert peak < 20 * LIMIT


def test_a_file_name_that_is_no_text_can_be_journalled(desk: Desk) -> None:
    (found,) = desk.take(make_order("1"), name="caf\udce9.hl7")
    assert found.outcome == "applied"
    assert desk.journal[0][1] == "caf\\udce9.hl7"


def test_a_database_that_takes_nothing_is_no_fault_of_the_file(desk: Desk) -> None:
    desk.database.close()
    with pytest.raises(StoreError):
        desk.take(make_order("1"))


def test_the_report_names_what_failed_and_what_was_taken(desk: Desk) -> None:
    report = Report()
    found = desk.take(make_order("1") + NOBODY + make_order("2"))
    for taken in found:
        report.add(taken)
    failed, heading, *stored = report.format("order.hl7").partition("\n\nWhat was taken:\n")[::1]
    assert failed == f"order.hl7: 1 of 3 messages failed.\n\n{found[1]}"
    assert heading
    assert stored == [f"{found[0]}\n{found[2]}\n"]


def test_the_report_of_millions_stays_short() -> None:
    report = Report()
    for number in range(1, MOST_KEPT + 501):
        report.add(Taken(number, 0, "refused"))
        report.add(Taken(number, 0, "applied"))
    text = report.format("order.hl7")
    assert text.count("and 500 more") == 2
    assert len(text.splitlines()) < 2 * MOST_KEPT + 10
