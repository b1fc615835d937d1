"""Questions that look at many records for few answers: page by page, on another thread, cancelled there."""

import asyncio
from collections.abc import Awaitable, Iterator
from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pynetdicom.dsutils import decode, encode

from openworklist.dicom import dimse
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.pdu import AssociateRequest, encode_pieces
from openworklist.dicom.pdu import encode as encode_pdu
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT, EXPLICIT_LITTLE_ENDIAN, MODALITY_WORKLIST
from openworklist.dicom.user_information import UserInformation
from openworklist.domain.record import Record
from openworklist.listeners.dicom import DicomListener
from openworklist.services.worklist import Worklist
from openworklist.store.connection import Connection
from openworklist.store.database import Database, open_database
from openworklist.store.records import insert_record

RECORDS = 4500  # more than two pages of what only domain.query can decide on
RARE = 4321  # among the last of them


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database("", tmp_path_factory.mktemp("filled"))

    def fill(connection: Connection) -> None:
        for number in range(RECORDS):
            day = f"2026{number // 400 + 1:02}01"
            values = {
                "patient_id": f"P{number}",
                "patient_name": "Doe^Jane",
                "accession_number": "0",  # what a RIS writes that has none
                "scheduled_procedure_step_start_date": day,
                "scheduled_procedure_step_start_time": "0800",
                "requested_procedure_description": "rare" if number == RARE else "usual",
            }
            insert_record(connection, Record(values=values), None, 1)

    database.write(fill)
    yield database
    database.close()


def make_question(**keys: str) -> Dataset:
    question = Dataset()
    question.PatientID = ""
    for keyword, value in keys.items():
        setattr(question, keyword, value)
    return question


def to_bytes(question: Dataset) -> bytes:
    return encode(question, False, True) or b""


RARE_ONE = make_question(RequestedProcedureDescription="r*e")
NONE = make_question(RequestedProcedureDescription="*nothing*")


async def answers_of(worklist: Worklist, question: Dataset) -> list[str]:
    """The Patient IDs of all answers."""
    cursor = worklist.open("CT1", to_bytes(question), EXPLICIT_LITTLE_ENDIAN)
    found: list[str] = []
    while batch := await read(cursor.next_batch()):
        found += [decode(BytesIO(answer), False, True).PatientID for answer in batch]
    return found


async def read(batch: list[bytes] | Awaitable[list[bytes]]) -> list[bytes]:
    return batch if isinstance(batch, list) else await batch


def test_pages_that_stay_empty_are_no_end(filled: Database) -> None:
    worklist = Worklist(filled)
    assert asyncio.run(answers_of(worklist, RARE_ONE)) == [f"P{RARE}"]
    assert asyncio.run(answers_of(worklist, NONE)) == []


def test_a_number_that_all_records_share_is_looked_for_among_them(filled: Database) -> None:
    """It is taken for a quick question, until it is seen how many records have it."""
    both = make_question(AccessionNumber="0", RequestedProcedureDescription="rare")
    assert asyncio.run(answers_of(Worklist(filled), both)) == [f"P{RARE}"]
    everybody = asyncio.run(answers_of(Worklist(filled), make_question(AccessionNumber="0")))
    assert everybody == [f"P{number}" for number in range(RECORDS)]


def test_a_quick_question_is_answered_at_once_and_others_are_awaited(filled: Database) -> None:
    worklist = Worklist(filled)

    def ask(**keys: str) -> list[bytes] | Awaitable[list[bytes]]:
        cursor = worklist.open("CT1", to_bytes(make_question(**keys)), EXPLICIT_LITTLE_ENDIAN)
        return cursor.next_batch()

    async def play() -> None:
        for keys in ({}, {"PatientID": "P7"}):
            assert isinstance(ask(**keys), list)
        for keys in ({"PatientName": "DOE*"}, {"RequestedProcedureDescription": "rare"}):
            batch = ask(**keys)
            assert not isinstance(batch, list)
            assert await batch

    asyncio.run(play())


@pytest.mark.parametrize("keys", [50, 9_000])
def test_a_batch_is_no_more_than_a_moments_work(filled: Database, keys: int) -> None:
    question = make_question(PatientID="P1*")
    for number in range(keys):
        question.add_new(0x0046_0001 + number, "LO", "")

    async def count() -> list[int]:
        cursor = Worklist(filled).open("CT1", to_bytes(question), EXPLICIT_LITTLE_ENDIAN)
        return [len(await read(cursor.next_batch())) for _ in range(3)]

    found = asyncio.run(count())
    assert all(1 <= answers <= 200 for answers in found)
    assert all(answers * keys <= 50_000 for answers in found)


def test_a_page_that_is_being_read_can_be_given_up(filled: Database) -> None:
    worklist = Worklist(filled)

    async def play() -> None:
        cursor = worklist.open("CT1", to_bytes(NONE), EXPLICIT_LITTLE_ENDIAN)
        reading = asyncio.ensure_future(read(cursor.next_batch()))
        await asyncio.sleep(0)  # it has begun
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await answers_of(worklist, make_question(PatientID="P7")) == ["P7"]

    asyncio.run(play())


def encode_message(command: dict[int, dimse.Element], dataset: bytes | None = None) -> bytes:
    command[dimse.DATA_SET_TYPE] = 0x0101 if dataset is None else 1
    pieces = encode_pieces(3, dimse.encode(command), 0, is_command=True)
    if dataset is not None:
        pieces += encode_pieces(3, dataset, 0, is_command=False)
    return b"".join(pieces)


ASSOCIATE = AssociateRequest(
    "OPENWORKLIST",
    "CT1",
    APPLICATION_CONTEXT,
    (ProposedContext(3, MODALITY_WORKLIST, (EXPLICIT_LITTLE_ENDIAN,)),),
    UserInformation(16384, "1.2.3"),
)
CANCEL = encode_message({dimse.COMMAND_FIELD: 0x0FFF, dimse.MESSAGE_ID_RESPONDED_TO: 7})


def make_find(question: Dataset) -> bytes:
    command: dict[int, dimse.Element] = {dimse.COMMAND_FIELD: 0x20, dimse.MESSAGE_ID: 7}
    return encode_message(command, to_bytes(question))


async def read_value(reader: asyncio.StreamReader) -> bytes:
    """What the next PDU holds, behind the header of its only PDV."""
    header = await reader.readexactly(6)
    return (await reader.readexactly(int.from_bytes(header[2:], "big")))[6:]


def test_a_cancel_is_heard_while_a_page_is_read(filled: Database) -> None:
    async def play() -> None:
        listener = DicomListener(Worklist(filled), host="127.0.0.1", port=0)
        await listener.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        try:
            writer.write(encode_pdu(ASSOCIATE))
            await read_value(reader)
            writer.write(make_find(NONE) + CANCEL)  # in one piece: nothing can have been read by then
            assert dimse.decode(await read_value(reader)).find_number(dimse.STATUS) == 0xFE00
            writer.write(make_find(RARE_ONE))
            assert dimse.decode(await read_value(reader)).find_number(dimse.STATUS) == 0xFF00
        finally:
            writer.transport.abort()
            await listener.stop(0.1)

    asyncio.run(asyncio.wait_for(play(), 30))
