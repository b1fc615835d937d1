"""Questions against a real database: answered once, and whatever one record is like."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.sop_classes import IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.record import Record, Value
from openworklist.domain.scanner import Scanner
from openworklist.observe.metrics import Metrics
from openworklist.services.answering import AnswerCache
from openworklist.services.configuration import Configuration
from openworklist.services.worklist import Worklist
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database, open_database
from openworklist.store.records import insert_record
from openworklist.store.schema import records

DAY = "20260314"


def make_record(number: int, **more: Value) -> Record:
    values: dict[str, Value] = {
        "patient_id": f"P{number}",
        "patient_name": f"Doe^{number}",
        "modality": "CT",
        "scheduled_station_ae_title": "CT01",
        "scheduled_procedure_step_start_date": DAY,
        "scheduled_procedure_step_start_time": f"{number:06}",
    }
    return Record(values={**values, **more})


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database("", tmp_path)
    yield opened
    opened.close()


def store(database: Database, *wanted: Record) -> None:
    def fill(connection: Connection) -> None:
        for record in wanted:
            insert_record(connection, record, None, 1)

    database.write(fill)


def make_question(*, day: str = DAY, **keys: object) -> bytes:
    question, step = Dataset(), Dataset()
    question.PatientName = ""
    for keyword, value in keys.items():
        setattr(question, keyword, value)
    step.Modality = "CT"
    step.ScheduledProcedureStepStartDate = day
    question.ScheduledProcedureStepSequence = [step]
    data = encode(question, True, True)
    assert data is not None
    return data


async def read_all(worklist: Worklist, identifier: bytes) -> list[list[bytes]]:
    cursor = worklist.open("CT01", identifier, IMPLICIT_LITTLE_ENDIAN)
    batches: list[list[bytes]] = []
    while True:
        batch = cursor.next_batch()
        if not isinstance(batch, list):
            batch = await batch
        if not batch:
            return batches
        batches.append(batch)


def ask(worklist: Worklist, identifier: bytes) -> list[list[bytes]]:
    async def run() -> list[list[bytes]]:
        worklist.database.attach(asyncio.get_running_loop())
        return await read_all(worklist, identifier)

    return asyncio.run(run())


def names(batches: list[list[bytes]]) -> list[list[str]]:
    return [[str(read_dataset(BytesIO(each), True, True).PatientName) for each in batch] for batch in batches]


SLOW = make_question(day="", PatientName="Doe*")  # read on another thread
QUICK = make_question()


@pytest.mark.parametrize("question", [QUICK, SLOW], ids=["quick", "slow"])
def test_answers_come_in_batches_in_the_order_of_start(database: Database, question: bytes) -> None:
    store(database, *(make_record(number) for number in (3, 1, 2)))
    assert names(ask(Worklist(database, batch=2), question)) == [["Doe^1", "Doe^2"], ["Doe^3"]]


def spoil(database: Database, patient: str, **values: object) -> None:
    """Make a record one that no version of ours has written."""
    document = json.dumps(
        {"values": {"patient_name": "Secret^Name", **values}, "completed": {}, "warnings": []}
    )
    change = Statement(records.update().where(records.c.patient_id == patient).values(document=document))
    database.write(lambda connection: connection.run_count(change))


@pytest.mark.parametrize("question", [QUICK, SLOW], ids=["quick", "slow"])
@pytest.mark.parametrize("spoilt", [[1], [2], [1, 2], [3, 4], [1, 2, 3, 4]], ids=str)
def test_a_record_that_cannot_be_answered_keeps_no_other_from_anybody(
    database: Database, question: bytes, spoilt: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store(database, *(make_record(number) for number in (1, 2, 3, 4)))
    for number in spoilt:
        spoil(database, f"P{number}", patient_name=[{"a": 1}, ["Secret^Name"]])
    metrics = Metrics()
    worklist = Worklist(database, metrics, batch=2)
    expected = [f"Doe^{number}" for number in (1, 2, 3, 4) if number not in spoilt]
    for _ in range(3):
        assert [name for batch in names(ask(worklist, question)) for name in batch] == expected
    assert metrics.get("answers_left_out") == len(spoilt)
    for number, line in zip(spoilt, caplog.messages, strict=True):
        assert f"record {number} is left out" in line
    assert "Secret" not in caplog.text


def test_an_answer_is_encoded_once_for_each_version(database: Database) -> None:
    store(database, make_record(1))
    worklist = Worklist(database)
    (one,), (other,) = ask(worklist, QUICK), ask(worklist, QUICK)
    assert one[0] is other[0]
    # Other values to match on, the same to return.
    assert ask(worklist, make_question(day=f"{DAY}-"))[0][0] is one[0]
    assert ask(worklist, make_question(PatientID=""))[0][0] is not one[0]


def test_what_items_must_fulfil_makes_another_answer(database: Database) -> None:
    codes = ({"code_value": "C1", "code_meaning": "Head"}, {"code_value": "C2", "code_meaning": "Neck"})
    store(database, make_record(1, requested_procedure_code_sequence=codes))
    worklist = Worklist(database)
    for value, meaning in (("C1", "Head"), ("C2", "Neck")):
        code = Dataset()
        code.CodeValue, code.CodeMeaning = value, ""
        ((answer,),) = ask(worklist, make_question(RequestedProcedureCodeSequence=[code]))
        (found,) = read_dataset(BytesIO(answer), True, True).RequestedProcedureCodeSequence
        assert found.CodeMeaning == meaning


def test_a_long_number_is_asked_for_by_what_was_answered(database: Database) -> None:
    numbers = [f"RADIOLOGY-2026-{number:04}" for number in range(5)]
    store(database, *(make_record(each, accession_number=text) for each, text in enumerate(numbers)))
    worklist = Worklist(database)
    (answers,) = ask(worklist, make_question(AccessionNumber=""))
    told = [read_dataset(BytesIO(each), True, True).AccessionNumber for each in answers]
    assert len({*told}) == 5
    for number, text in enumerate(told):
        assert names(ask(worklist, make_question(AccessionNumber=text))) == [[f"Doe^{number}"]]


def test_questions_that_are_never_the_same_leave_nothing_behind(database: Database) -> None:
    store(database, make_record(1))
    worklist = Worklist(database)

    def make(first: int, count: int) -> bytes:
        """With return keys that nobody asked for before."""
        tags = range(0x0028_1000 + first, 0x0028_1000 + first + count)
        return b"".join(pack("<HHI", 0x0028, tag & 0xFFFF, 0) for tag in tags) + make_question()

    for first in range(150):
        assert len(ask(worklist, make(first, 900))) == 1
    assert worklist._elements <= 100_000
    assert len(worklist._returns) < 150
    before = len(worklist._returns), len(worklist.answers)
    assert len(ask(worklist, make(1, 5000))) == 1  # longer than what is remembered
    assert (len(worklist._returns), len(worklist.answers)) == before


def test_the_oldest_answers_make_room() -> None:
    cache = AnswerCache(3 * (270 + 100))
    for number in range(5):
        cache.add((0, number, 1), bytes(100))
    assert [number for number in range(5) if cache.find((0, number, 1))] == [2, 3, 4]
    cache.add((0, 5, 1), bytes(700))
    assert [number for number in range(6) if cache.find((0, number, 1))] == [5]
    cache.add((0, 6, 1), bytes(2000))
    assert len(cache) == 0


def test_many_small_answers_cost_what_it_takes_to_keep_them() -> None:
    cache = AnswerCache(27_000)
    for number in range(1000):
        cache.add((0, number, 1), b"")
    assert len(cache) == 100


def test_each_scanner_is_answered_in_its_own_letters(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store(database, make_record(1, patient_name="Secret^Жук"))
    metrics = Metrics()
    scanner = Scanner("CT01", answer_charset="ISO_IR 100", is_confirmed=True)
    worklist = Worklist(database, metrics, configuration=Configuration(scanners={"CT01": scanner}))
    for _ in range(2):
        assert names(ask(worklist, QUICK)) == [["Secret^Zhuk"]]
    assert metrics.get("answers_transliterated") == 1
    (line,) = caplog.records
    assert (line.record, line.attributes, line.charset) == (1, "PatientName", "ISO_IR 100")  # type: ignore[attr-defined]
    assert "Secret" not in caplog.text
    worklist.use(Configuration(scanners={"CT01": replace(scanner, charset_fallback="unicode")}))
    ((answer,),) = ask(worklist, QUICK)
    found = read_dataset(BytesIO(answer), True, True)
    assert (str(found.PatientName), found.SpecificCharacterSet) == ("Secret^Жук", "ISO_IR 192")
    worklist.use(Configuration())
    ((answer,),) = ask(worklist, QUICK)
    assert read_dataset(BytesIO(answer), True, True).SpecificCharacterSet == "ISO_IR 144"
    assert metrics.get("answers_transliterated") == 1
