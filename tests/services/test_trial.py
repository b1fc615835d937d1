"""A test order goes in by one real port and out by the other, and leaves no record."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC
from socket import create_server

from openworklist.listeners.dicom import DicomListener
from openworklist.listeners.mllp import MllpListener
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import Configuration
from openworklist.services.doctor.finding import Finding, Level
from openworklist.services.intake import Intake
from openworklist.services.ports import ListenerStatus
from openworklist.services.reading import Reader
from openworklist.services.reception import Reception
from openworklist.services.statistics import find_statistics
from openworklist.services.trial import send_test_order
from openworklist.services.worklist import Worklist
from openworklist.store.database import Database


@asynccontextmanager
async def serving(database: Database) -> AsyncIterator[list[ListenerStatus]]:
    """Both listeners on the database, as one may find them on a board."""
    database.attach(asyncio.get_running_loop())
    metrics = Metrics()
    reception = Reception(Intake(database, Reader(Configuration), metrics), metrics)
    hl7 = MllpListener(reception, host="127.0.0.1", port=0)
    dicom = DicomListener(Worklist(database), host="127.0.0.1", port=0)
    for listener in (hl7, dicom):
        await listener.start()
    try:
        yield [board("HL7", *hl7.addresses), board("DICOM", *dicom.addresses)]
    finally:
        await hl7.stop()
        await dicom.stop()


def board(name: str, *addresses: str) -> ListenerStatus:
    return ListenerStatus(name, addresses, bool(addresses), "", 0, "", 1)


def play(database: Database, *instead: ListenerStatus) -> tuple[tuple[Finding, ...], int, int]:
    """What was found, and how many records and messages there are then."""

    async def run() -> tuple[tuple[Finding, ...], int, int]:
        async with serving(database) as statuses:
            known = {each.name: each for each in (*statuses, *instead)}
            found = await send_test_order(database, known.values(), "OPENWORKLIST", UTC, "user:ada")
            stored = (await find_statistics(database, Metrics(), UTC)).stored
            return found, stored.records, stored.messages

    return asyncio.run(run())


@contextmanager
def deaf_port() -> Iterator[str]:
    """An address that nobody listens on."""
    with create_server(("127.0.0.1", 0)) as sock:
        address = f"127.0.0.1:{sock.getsockname()[1]}"
    yield address


def test_it_is_sent_found_deleted_and_gone(database: Database) -> None:
    found, records, messages = play(database)
    assert [each.level for each in found] == [Level.OK] * 4
    words = ("sent", "found", "deleted", "gone")
    assert all(word in each.sentence for word, each in zip(words, found, strict=True))
    assert (records, messages) == (0, 1)


def test_without_one_of_the_ports_nothing_is_sent(database: Database) -> None:
    found, records, messages = play(database, board("DICOM"))
    assert [each.level for each in found] == [Level.WARNING]
    assert (records, messages) == (0, 0)


def test_a_question_that_fails_leaves_no_record_either(database: Database) -> None:
    with deaf_port() as address:
        found, records, messages = play(database, board("DICOM", address))
    assert [each.level for each in found] == [Level.OK, Level.PROBLEM, Level.OK, Level.PROBLEM]
    assert (records, messages) == (0, 1)


def test_an_order_that_nobody_takes_is_the_end(database: Database) -> None:
    with deaf_port() as address:
        found, records, messages = play(database, board("HL7", address))
    assert [each.level for each in found] == [Level.PROBLEM]
    assert (records, messages) == (0, 0)
