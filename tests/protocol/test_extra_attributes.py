"""Attributes that a profile adds by tag, from the message to a scanner that asks for them."""

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE

from openworklist.domain.extra import read_attribute
from openworklist.hl7.path import parse_path
from openworklist.hl7.profile import Profile, preset
from openworklist.hl7.rule import Rule, Source
from openworklist.listeners.dicom import DicomListener
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader
from openworklist.services.reading import Source as Sender
from openworklist.services.worklist import Worklist
from openworklist.store.database import open_database
from players.scanner import EXPLICIT, IMPLICIT, WORKLIST

ADDED = (
    ("(0018,1030)", "OBR-44.1", {}),
    ("step.ProtocolName", "OBR-44.2", {}),
    ("PatientAge", "OBR-45", {}),
    ("ImageType", "OBR-46", {}),
    ("(0028,0010)", "OBR-47", {}),
    ("(0018,9073)", "OBR-48", {}),
    ("(0019,1001)", "OBR-49", {"vr": "LO", "creator": "ACME 1.0"}),
)
PROFILE = Profile(
    "mine",
    (
        *preset("classic").rules,
        *(Rule(read_attribute(name, **more), (Source(parse_path(path)),)) for name, path, more in ADDED),
    ),
)
ORDERS = {
    "P1": "Kopf nativ^Schädel|045Y|ORIGINAL~PRIMARY|512|1.5|private",
    "P2": "Thorax^Lunge",
    "P3": "Kopf KM^Schädel|old|a-b|many",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    database = open_database("", tmp_path_factory.mktemp("extra"))
    intake = Intake(database, Reader(using(PROFILE)), Metrics())
    for number, rest in ORDERS.items():
        obr = f"OBR|1|{number}||CT1^CT" + "|" * 40 + rest
        msh = f"MSH|^~\\&|HIS||||20260314||ORM^O01|{number}||2.5||||||UNICODE UTF-8"
        text = f"{msh}\rPID|||{number}||DOE\rORC|NW|{number}\r{obr}\r"
        assert b"MSA|AA" in intake.receive_message(text.encode(), Sender("mllp"))
    worklist = Worklist(database)
    worklist.use(using(PROFILE)())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listener = DicomListener(worklist, host="127.0.0.1", port=0)
    asyncio.run_coroutine_threadsafe(listener.start(), loop).result(10)
    yield listener.port
    asyncio.run_coroutine_threadsafe(listener.stop(0.1), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    database.close()


def ask(
    port: int, fill: Callable[[Dataset, Dataset], None], syntax: str = EXPLICIT
) -> list[tuple[int, Dataset]]:
    question, step = Dataset(), Dataset()
    question.PatientID = ""
    step.Modality = ""
    fill(question, step)
    question.ScheduledProcedureStepSequence = [step]
    scanner = AE("CT01")
    scanner.add_requested_context(WORKLIST, syntax)
    association = scanner.associate("127.0.0.1", port)
    try:
        answers = list(association.send_c_find(question, WORKLIST))
    finally:
        association.release()
    assert answers[-1][0].Status == 0
    return [(status.Status, answer) for status, answer in answers[:-1] if answer is not None]


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
def test_what_is_asked_for_is_answered(port: int, syntax: str) -> None:
    def fill(question: Dataset, step: Dataset) -> None:
        question.PatientID = "P1"
        question.ProtocolName = question.PatientAge = question.ImageType = ""
        question.Rows = None
        question.AcquisitionDuration = None
        step.ProtocolName = ""

    ((status, found),) = ask(port, fill, syntax)
    (step,) = found.ScheduledProcedureStepSequence
    assert status == 0xFF00
    assert (found.ProtocolName, step.ProtocolName) == ("Kopf nativ", "Schädel")
    assert found.SpecificCharacterSet == "ISO_IR 100"
    assert (found.PatientAge, list(found.ImageType)) == ("045Y", ["ORIGINAL", "PRIMARY"])
    assert (found.Rows, found.AcquisitionDuration) == (512, 1.5)
    assert len(found) == 8


def test_what_a_record_has_not_is_empty_and_what_does_not_fit_is_left_out(port: int) -> None:
    def fill(question: Dataset, step: Dataset) -> None:
        question.PatientID = "P3"
        question.PatientAge = question.ImageType = ""
        question.Rows = None

    ((_, found),) = ask(port, fill)
    assert (found["PatientAge"].VM, found["ImageType"].VM, found["Rows"].VM) == (0, 0, 0)


def test_they_are_matched_on(port: int) -> None:
    def ids(fill: Callable[[Dataset, Dataset], None]) -> tuple[set[int], list[str]]:
        found = ask(port, fill)
        return {status for status, _ in found}, [str(answer.PatientID) for _, answer in found]

    assert ids(lambda question, step: setattr(question, "ProtocolName", "Kopf*")) == ({0xFF00}, ["P1", "P3"])
    assert ids(lambda question, step: setattr(step, "ProtocolName", "Lunge")) == ({0xFF00}, ["P2"])
    assert ids(lambda question, step: setattr(question, "ImageType", "PRIMARY")) == ({0xFF00}, ["P1"])
    assert ids(lambda question, step: setattr(question, "Rows", 512)) == ({0xFF00}, ["P1"])
    assert ids(lambda question, step: setattr(question, "Columns", 512)) == ({0xFF01}, ["P1", "P2", "P3"])
    assert ids(lambda question, step: setattr(question, "AcquisitionDuration", 2.5)) == (
        {0xFF01},
        ["P1", "P2", "P3"],
    )


def test_all_that_is_known_of_a_step_holds_them(port: int) -> None:
    def fill(question: Dataset, step: Dataset) -> None:
        question.PatientID = "P1"
        del step.Modality

    ((_, found),) = ask(port, fill)
    assert found.ScheduledProcedureStepSequence[0].ProtocolName == "Schädel"


@pytest.mark.parametrize("block", [0x10, 0x2A])
@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
def test_a_private_one_is_answered_in_the_block_of_its_creator(port: int, syntax: str, block: int) -> None:
    def fill(question: Dataset, step: Dataset) -> None:
        question.PatientID = "P1"
        question.add_new(0x0019_0000 | block, "LO", "ACME 1.0")
        question.add_new(0x0019_0000 | block << 8 | 1, "LO", "")
        question.add_new(0x0019_0011, "LO", "OTHER")
        question.add_new(0x0019_1101, "LO", "")

    ((status, found),) = ask(port, fill, syntax)
    assert status == 0xFF00
    assert found.private_block(0x0019, "ACME 1.0")[1].value in ("private", b"private ")
    assert [element.tag for element in found if element.tag.is_private] == [
        0x0019_0000 | block,
        0x0019_0000 | block << 8 | 1,
    ]


def test_findscu_finds_them(port: int, tmp_path: Path) -> None:
    path = shutil.which("findscu")
    if path is None:
        pytest.skip("findscu not found: apt-get install dcmtk")
    keys = ["-k", "0018,1030=*nativ", "-k", "0010,1010", "-k", "(0040,0100)[0].0018,1030"]
    done = subprocess.run(
        [path, "-W", "-X", "-od", str(tmp_path), *keys, "127.0.0.1", str(port)],
        timeout=30,
        capture_output=True,
    )
    assert done.returncode == 0
    (answer,) = [dcmread(each, force=True) for each in tmp_path.glob("rsp*.dcm")]
    assert (answer.ProtocolName, answer.PatientAge) == ("Kopf nativ", "045Y")
    assert answer.ScheduledProcedureStepSequence[0].ProtocolName == "Schädel"
