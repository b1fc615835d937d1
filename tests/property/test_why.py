"""What is explained is what happens: for any record, question and settings, against the real search."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pynetdicom.dsutils import decode, encode

from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import TooManyAnswers
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.scanner import Scanner
from openworklist.domain.study_uids import StudyUids
from openworklist.services.configuration import Configuration
from openworklist.services.why import Why
from openworklist.services.worklist import Worklist
from openworklist.store.connection import Connection
from openworklist.store.database import Database, open_database
from openworklist.store.questions import Kept, keep_questions
from openworklist.store.records import insert_record

NOON: Final = int(datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000
DAYS = ("20260312", "20260313", "20260314", "20260315", "20260316", "20261025", "20260329")
TIMES = ("", "0030", "001500", "1015", "1200", "2330", "234500.5", "0230")
STATIONS = ("", "CT01", "ct01", "CT02", "CT02\\CT01", "MR01")
MODALITIES = ("", "CT", "MR", "CR")
NAMES = ("Doe^John", "DOE^JANE", "Müller^Jürgen", "Muller", "山田^太郎", "")
CODES = ("C1", "C2", "RATHER-LONG-CODE-VALUE")
ZONES = ("UTC", "Europe/Athens", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York")
TITLE = "CT01"


def make_records(count: int, seed: int) -> Iterator[Record]:
    draw = random.Random(seed)
    for number in range(count):
        items = tuple({"code_value": code, "code_meaning": "x"} for code in CODES if draw.random() < 0.3)
        values: dict[str, Value] = {
            "patient_id": f"P{number}",
            "patient_name": draw.choice(NAMES),
            "accession_number": draw.choice(("", "A1", "a1", "0A1", "A 1", f"A{number}")),
            "modality": draw.choice(MODALITIES),
            "scheduled_station_ae_title": draw.choice(STATIONS),
            "scheduled_procedure_step_start_date": draw.choice((*DAYS, "", *DAYS)),
            "scheduled_procedure_step_start_time": draw.choice(TIMES),
            "requested_procedure_code_sequence": items,
            "requested_procedure_description": draw.choice(("Head", "head", "Thorax 2", "")),
        }
        made: dict[str, Value] = {"study_instance_uid": f"2.25.{number}"}
        if draw.random() < 0.5:
            values |= made
        yield Record(values, completed=made, status=draw.choice(list(Status)))


def kept(identifier: bytes, answers: int = 0) -> Kept:
    return Kept(
        TITLE,
        b"1",
        identifier,
        EXPLICIT_LITTLE_ENDIAN,
        False,
        "",
        "",
        NOON,
        NOON,
        1,
        answers,
        0,
        "127.0.0.1:1",
    )


@pytest.fixture(scope="module", params=[1, 2])
def filled(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database("", tmp_path_factory.mktemp("why"))

    def fill(connection: Connection) -> None:
        for record in make_records(60, request.param):
            insert_record(connection, record, None, 1)

    database.write(fill)
    yield database
    database.close()


dates = st.sampled_from(("", *DAYS, "20260313-20260314", "20260314-", "-20260314", "20260315-20260316"))
times = st.sampled_from(("", "", "1015", "0000-1200", "2300-", "-0030", "1200-2345"))
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        "PatientName": st.sampled_from(
            ("", "doe*", "Doe^John", "Mull*", "M?ller*", "*太郎", "=山田*", "Doe")
        ),
        "PatientID": st.sampled_from(("", "P1*", "P7", "P3\\P4", "p7")),
        "AccessionNumber": st.sampled_from(("", "A1", "a*", "A1\\0A1", "A")),
        "StudyInstanceUID": st.sampled_from(("", "2.25.1\\2.25.2\\2.25.3\\2.25.4")),
        "RequestedProcedureDescription": st.sampled_from(("", "Head", "*2", "h*")),
        "code": st.sampled_from(("", "C1", "C*", "RATHER-LONG-CODE-VALUE")),
        "Modality": st.sampled_from(("", "CT", "MR", "CT\\MR")),
        "ScheduledStationAETitle": st.sampled_from(("", "CT01", "CT02", "CT*", "CT01\\CT02")),
        "ScheduledProcedureStepStartDate": dates,
        "ScheduledProcedureStepStartTime": times,
    },
)
SCANNERS = st.builds(
    Scanner,
    ae_title=st.just(TITLE),
    modalities=st.sampled_from(((), ("CT",), ("CT", "MR"))),
    use_calling_ae=st.sampled_from((None, True, False)),
    without_station=st.sampled_from(("", "all", "modality", "none")),
    shown_statuses=st.sampled_from(((), ("SCHEDULED",), tuple(Status), ("CANCELED", "ON HOLD"))),
    day_window=st.sampled_from(("", "0", "1,2", "any")),
    answer_limit=st.sampled_from((None, 0, 1, 3, 10)),
    over_limit=st.sampled_from(("", "cut", "refuse")),
    time_zone=st.sampled_from(("", *ZONES)),
    is_confirmed=st.just(True),
)


def to_bytes(keys: dict[str, str]) -> bytes:
    question, step = Dataset(), Dataset()
    question.SpecificCharacterSet = "ISO_IR 192"
    question.PatientID = ""
    for keyword, value in keys.items():
        if keyword == "code":
            item = Dataset()
            item.CodeValue = value if len(value) <= 16 else ""
            item.LongCodeValue = value if len(value) > 16 else ""
            question.RequestedProcedureCodeSequence = [item]
        else:
            setattr(step if keyword[:2] in ("Mo", "Sc") else question, keyword, value)
    question.ScheduledProcedureStepSequence = [step]
    return encode(question, False, True) or b""


async def find_answers(worklist: Worklist, identifier: bytes) -> set[str]:
    """The Patient IDs of what a scanner is really told, by a decoder that is not ours."""
    cursor = worklist.open(TITLE, identifier, EXPLICIT_LITTLE_ENDIAN)
    found: set[str] = set()
    while True:
        try:
            batch = cursor.next_batch()
            batch = batch if isinstance(batch, list) else await batch
        except TooManyAnswers:
            return found
        if not batch:
            return found
        found |= {str(decode(BytesIO(each), False, True).PatientID) for each in batch}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=QUESTIONS, scanner=SCANNERS, site=st.sampled_from(ZONES), is_for_all=st.booleans())
@example(  # 25 hours lie between them: two days by the calendar
    keys={"ScheduledProcedureStepStartDate": "20260316"},
    scanner=Scanner(TITLE, time_zone="Pacific/Kiritimati", without_station="all", is_confirmed=True),
    site="Pacific/Pago_Pago",
    is_for_all=True,
)
def test_what_is_said_to_be_shown_is_shown(
    filled: Database, keys: dict[str, str], scanner: Scanner, site: str, is_for_all: bool
) -> None:
    zone = ZoneInfo(site)
    configuration = replace(
        Configuration(),
        scanners={TITLE: scanner},
        study_uids=StudyUids(is_for_all=is_for_all),
        _senders={},
        _servings={},
    )
    identifier = to_bytes(keys)
    worklist = Worklist(filled, configuration=configuration, zone=zone, clock=lambda: NOON, batch=7)
    answers = asyncio.run(find_answers(worklist, identifier))

    def store(connection: Connection) -> None:
        keep_questions(connection, [kept(identifier)])

    filled.write(store)
    why = Why(filled, configuration, zone=zone, clock=lambda: NOON)
    assert {record.text("patient_id") for record in why.see(TITLE)} == answers
    for number in range(1, 61):
        found = why.explain(str(number), TITLE)
        assert found.question is not None
        assert found.is_shown == (f"P{number - 1}" in answers), found
        is_whole = all(line.is_met for line in found.lines)
        assert is_whole or found.causes
        assert all(bool(line.reason) != line.is_met for line in found.lines)
        assert not any("please report" in cause for cause in found.causes), found
