"""Scanners of many kinds ask in their own way; each gets the records it means and the keys it asked for."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from openworklist.domain.record import Record, Status
from openworklist.store.connection import Connection
from openworklist.store.database import open_database
from openworklist.store.records import insert_record
from players.dataset_writer import Key, write
from players.scanner import EXPLICIT, IMPLICIT, ask_for_status, ask_with_bytes
from players.scanner_questions import HIDDEN, RECORDS, SHAPES, Shape, make_record

SYNTAXES = {"implicit": IMPLICIT, "explicit": EXPLICIT}
# Beyond what was asked for: PS3.4 K.4.1.1.3.
BEYOND = {0x0008_0005, 0x0008_0201, 0x0040_A390}
# PS3.3 table 8.8-1: of the three places for a code one is present.
CODE_VALUES = {0x0008_0100, 0x0008_0119, 0x0008_0120}
PENDING = {0xFF00, 0xFF01}


def fill(folder: Path) -> Path:
    database = open_database("", folder)

    def insert(connection: Connection) -> None:
        for accession in RECORDS:
            insert_record(connection, make_record(accession), accession, 1)
        hidden = make_record("CT1").values | {"accession_number": HIDDEN}
        insert_record(connection, Record(hidden, status=Status.CANCELED), HIDDEN, 1)

    database.write(insert)
    database.close()
    return folder


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("server") / "data")


EVERY_WAY = [
    pytest.param(shape, syntax, is_undefined, id=f"{name}-{syntax}-{'un' * is_undefined}defined lengths")
    for name, shape in SHAPES.items()
    for syntax in shape.vrs
    for is_undefined in (False, True)
]


@pytest.mark.parametrize(("shape", "syntax", "is_undefined"), EVERY_WAY)
def test_the_bytes_that_a_scanner_sends_are_answered(
    server: Any, shape: Shape, syntax: str, is_undefined: bool
) -> None:
    asked = write(shape.keys, is_explicit=syntax == "explicit", is_undefined=is_undefined)
    responses = ask_with_bytes(
        server.dicom, asked + shape.padding, syntax=SYNTAXES[syntax], calling=shape.calling
    )
    check(responses, shape)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if not shape.is_only_raw])
def test_pynetdicom_asks_in_every_shape_that_it_can_write(server: Any, name: str, syntax: str) -> None:
    shape = SHAPES[name]
    question = Dataset(read_dataset(BytesIO(write(shape.keys, is_explicit=True)), False, True))
    check(ask_for_status(server.dicom, question, syntax=SYNTAXES[syntax], calling=shape.calling), shape)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if not shape.is_only_raw])
def test_dcmtk_asks_in_every_shape_that_it_can_write(
    server: Any, name: str, syntax: str, tmp_path: Path
) -> None:
    program = shutil.which("findscu")
    if program is None:
        pytest.skip("findscu not found: apt-get install dcmtk")
    shape = SHAPES[name]
    (tmp_path / "question").write_bytes(write(shape.keys, is_explicit=True))
    (tmp_path / "answers").mkdir()
    options = ["-W", f"-x{syntax[0]}", "-X", "-od", "answers", "-aet", shape.calling, "-aec", "OPENWORKLIST"]
    ended = subprocess.run(
        [program, *options, "127.0.0.1", str(server.dicom), "question"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    answers = [dcmread(path, force=True) for path in sorted(tmp_path.glob("answers/rsp*.dcm"))]
    assert [answer.AccessionNumber for answer in answers] == shape.expected(takes_calling=True)
    for answer in answers:
        check_keys(shape.keys, Dataset(answer), shape.unanswered)


def test_an_empty_station_asks_for_all_stations_where_the_site_wants_so(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "data")
    ended = openworklist("options", "set", "use_calling_ae", "no", "--data", folder)
    assert ended.returncode == 0, ended.stderr
    frank = start_server(folder)
    for shape in SHAPES.values():
        for syntax in shape.vrs:
            asked = write(shape.keys, is_explicit=syntax == "explicit") + shape.padding
            responses = ask_with_bytes(frank.dicom, asked, syntax=SYNTAXES[syntax], calling=shape.calling)
            check(responses, shape, takes_calling=False)
    assert frank.stop() == 0


def check(
    responses: Sequence[tuple[int, Dataset | None]], shape: Shape, *, takes_calling: bool = True
) -> None:
    """`takes_calling`: the calling AE title takes the place of an empty (0040,0001)."""
    *pending, (status, _) = responses
    assert status == shape.refused, hex(status)
    answers = [answer for _, answer in pending if answer is not None]
    assert [answer.AccessionNumber for answer in answers] == shape.expected(takes_calling=takes_calling)
    assert {code for code, _ in pending} <= {0xFF01 if shape.has_unsupported else 0xFF00}
    for answer in answers:
        check_keys(shape.keys, answer, shape.unanswered)
        check_values(answer)


def check_keys(asked: Iterable[Key], answer: Dataset, unanswered: frozenset[int]) -> None:
    """Every key that was asked is there, and none that was not; in items as well."""
    wanted = {each.tag: each for each in asked if each.tag not in unanswered | BEYOND}
    held = {int(element.tag) for element in answer}
    assert held - BEYOND <= set(wanted)
    assert set(wanted) - held <= CODE_VALUES
    for tag in held & set(wanted):
        items = wanted[tag].items
        if items and items[0]:
            for item in answer[tag].value:
                check_keys(items[0], item, unanswered)


def check_values(answer: Dataset) -> None:
    """What is there is what the record holds."""
    patient, name, modality, stations, start, procedure, code = RECORDS[answer.AccessionNumber]
    held = {
        "PatientID": patient,
        "PatientName": name,
        "RequestedProcedureID": procedure,
        "Modality": modality,
        "ScheduledStationAETitle": stations,
        "ScheduledProcedureStepStartDate": start[:8],
        "ScheduledProcedureStepStartTime": start[8:],
    }
    steps = answer.get("ScheduledProcedureStepSequence") or [Dataset()]
    assert len(steps) == 1
    answer.decode()
    for keyword, value in held.items():
        found = (steps[0] if keyword in steps[0] else answer).get(keyword)
        if found is not None and not (keyword == "Modality" and keyword in answer):
            texts = (
                [str(each) for each in found]
                if keyword == "ScheduledStationAETitle" and "\\" in value
                else [str(found)]
            )
            assert "\\".join(texts) == value
    for codes in (
        answer.get("RequestedProcedureCodeSequence"),
        steps[0].get("ScheduledProtocolCodeSequence"),
    ):
        assert codes is None or [each.CodeValue for each in codes] == [code]
