"""DCMTK and pynetdicom as scanners: they know nothing of our code, and judge it."""

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, build_role
from pynetdicom.association import Association
from pynetdicom.dsutils import encode
from pynetdicom.pdu_primitives import AsynchronousOperationsWindowNegotiation, SOPClassExtendedNegotiation

from openworklist.dicom.sop_classes import (
    EXPLICIT_LITTLE_ENDIAN,
    IMPLEMENTATION_CLASS_UID,
    IMPLICIT_LITTLE_ENDIAN,
    MODALITY_WORKLIST,
    VERIFICATION,
)
from openworklist.listeners.dicom import DicomListener

ANSWERS = 40
SYNTAXES = {"implicit": IMPLICIT_LITTLE_ENDIAN, "explicit": EXPLICIT_LITTLE_ENDIAN}


def make_entry(number: int) -> Dataset:
    step = Dataset()
    step.Modality = "CT"
    step.ScheduledStationAETitle = "CT1"
    step.ScheduledProcedureStepStartDate = "20260102"
    entry = Dataset()
    entry.AccessionNumber = f"A{number}"
    entry.PatientName = "Smith^John"
    entry.PatientID = f"ID{number}"
    # Long enough to need several PDUs at the smallest size that DCMTK knows.
    entry.PatientComments = "x" * 5000
    entry.ScheduledProcedureStepSequence = [step]
    return entry


ENTRIES = [make_entry(number) for number in range(ANSWERS)]
BATCHES = {
    syntax: [
        [
            encode(entry, syntax == IMPLICIT_LITTLE_ENDIAN, True) or b""
            for entry in ENTRIES[start : start + 10]
        ]
        for start in range(0, ANSWERS, 10)
    ]
    for syntax in SYNTAXES.values()
}


class Cursor:
    """All entries; without end for who asks for the patient ENDLESS."""

    status = 0xFF00
    numbers: tuple[int, ...] = ()

    def __init__(self, transfer_syntax: str, is_endless: bool) -> None:
        self._batches = BATCHES[transfer_syntax]
        self._is_endless = is_endless
        self._next = 0

    def next_batch(self) -> list[bytes]:
        if self._next == len(self._batches) and not self._is_endless:
            return []
        batch = self._batches[self._next % len(self._batches)]
        self._next += 1
        return batch


class Worklist:
    def open(self, calling_ae: str, identifier: bytes, transfer_syntax: str, *, adjusts_zone: bool) -> Cursor:
        return Cursor(transfer_syntax, b"ENDLESS" in identifier)


@dataclass
class Server:
    port: int


@pytest.fixture(scope="module", params=[(), ("OPENWORKLIST",)], ids=["any title", "own title"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listener = DicomListener(Worklist(), host="127.0.0.1", port=0, called=request.param)
    asyncio.run_coroutine_threadsafe(listener.start(), loop).result(10)
    yield Server(listener.port)
    asyncio.run_coroutine_threadsafe(listener.stop(0.1), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def run_dcmtk(tool: str, server: Server, *arguments: str) -> str:
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"{tool} not found: apt-get install dcmtk")
    done = subprocess.run(
        [path, "-d", "-aec", "OPENWORKLIST", *arguments, "127.0.0.1", str(server.port)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_dcmtk_echoes(server: Server) -> None:
    said = run_dcmtk("echoscu", server, "--repeat", "3")
    assert said.count("Received Echo Response (Success)") == 3
    assert IMPLEMENTATION_CLASS_UID in said
    assert "Releasing Association" in said


@pytest.mark.parametrize("syntax", ["-xi", "-xe"])
@pytest.mark.parametrize("max_pdu", ["4096", "16384", "131072"])
def test_dcmtk_finds_the_same_in_both_syntaxes_at_every_size(
    server: Server, syntax: str, max_pdu: str, tmp_path: Path
) -> None:
    said = run_dcmtk(
        "findscu", server, "-W", syntax, "--max-pdu", max_pdu, "-X", "-od", str(tmp_path), "-k", "PatientName"
    )
    found = sorted(tmp_path.glob("rsp*.dcm"))
    answers = [dcmread(path, force=True) for path in found]
    assert len(answers) == ANSWERS
    for answer, entry in zip(answers, ENTRIES, strict=True):
        assert answer.to_json_dict() == entry.to_json_dict()
    assert "Success" in said


def test_dcmtk_cancels(server: Server) -> None:
    said = run_dcmtk("findscu", server, "-W", "--cancel", "3", "-k", "PatientID=ENDLESS")
    assert "Cancel" in said.partition("Received Final Find Response")[2]


def associate(server: Server, entity: AE, title: str = "OPENWORKLIST", **options: object) -> Association:
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 20
    return entity.associate("127.0.0.1", server.port, ae_title=title, **options)


def ask(association: Association, patient_id: str = "") -> Iterator[tuple[Dataset, Dataset | None]]:
    question = Dataset()
    question.PatientID = patient_id
    question.PatientName = ""
    return association.send_c_find(question, MODALITY_WORKLIST)


@pytest.mark.parametrize("syntax", SYNTAXES.values(), ids=SYNTAXES)
@pytest.mark.parametrize("max_pdu", [0, 512, 4096, 16382])
def test_pynetdicom_finds_the_same_in_both_syntaxes_at_every_size(
    server: Server, syntax: str, max_pdu: int
) -> None:
    entity = AE("CT1")
    entity.add_requested_context(MODALITY_WORKLIST, syntax)
    association = associate(server, entity, max_pdu=max_pdu)
    assert association.is_established
    *pendings, (final, _) = ask(association)
    assert [status.Status for status, _ in pendings] == [0xFF00] * ANSWERS
    assert [identifier for _, identifier in pendings] == ENTRIES
    assert final.Status == 0
    association.release()
    assert association.is_released


def cancel_and_echo(server: Server) -> tuple[int, int | None]:
    """The last status of a question that is cancelled, and of an echo after it; None if none was seen."""
    entity = AE("CT1")
    entity.add_requested_context(MODALITY_WORKLIST)
    entity.add_requested_context(VERIFICATION)
    association = associate(server, entity)
    last = 0
    for number, (status, _) in enumerate(ask(association, "ENDLESS")):
        last = status.Status
        if number == 5:
            association.send_c_cancel(1, query_model=MODALITY_WORKLIST)
    echoed = association.send_c_echo().get("Status")
    association.release()
    return last, echoed


def test_pynetdicom_cancels_and_goes_on_asking(server: Server) -> None:
    # On a busy machine a thread of pynetdicom that is only just waking up takes the echo's answer for one
    # that nobody asked for, once in some thirty times: it may try again.
    for _ in range(3):
        last, echoed = cancel_and_echo(server)
        assert last == 0xFE00
        if echoed is not None:
            break
    assert echoed == 0


def test_pynetdicom_sees_what_was_negotiated(server: Server) -> None:
    entity = AE("CT1")
    entity.add_requested_context(MODALITY_WORKLIST, [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN])
    entity.add_requested_context("1.2.840.10008.5.1.4.1.1.2")
    options = SOPClassExtendedNegotiation()
    options.sop_class_uid = MODALITY_WORKLIST
    options.service_class_application_information = b"\1\1\1\1"
    window = AsynchronousOperationsWindowNegotiation()
    window.maximum_number_operations_invoked = 5
    window.maximum_number_operations_performed = 5
    wishes = [options, window, build_role(MODALITY_WORKLIST, scu_role=True, scp_role=True)]
    association = associate(server, entity, ext_neg=wishes)
    (accepted,) = association.accepted_contexts
    assert accepted.transfer_syntax == [EXPLICIT_LITTLE_ENDIAN]
    assert (accepted.as_scu, accepted.as_scp) == (True, False)
    assert [context.result for context in association.rejected_contexts] == [3]
    assert association.acceptor.sop_class_extended == {MODALITY_WORKLIST: b"\1\1\0\1"}
    assert association.acceptor.asynchronous_operations == (1, 1)
    assert association.acceptor.implementation_class_uid == IMPLEMENTATION_CLASS_UID
    association.release()


def test_pynetdicom_aborts_and_comes_again(server: Server) -> None:
    entity = AE("CT1")
    entity.add_requested_context(VERIFICATION)
    for _ in range(3):
        association = associate(server, entity)
        assert association.is_established
        association.abort()
        assert association.is_aborted


def test_a_wrong_title_is_rejected_only_if_titles_are_checked(
    server: Server, request: pytest.FixtureRequest
) -> None:
    entity = AE("CT1")
    entity.add_requested_context(VERIFICATION)
    association = associate(server, entity, title="SOMEBODY")
    if "own title" in request.node.name:
        assert association.is_rejected
        assert association.acceptor.primitive.diagnostic == 7
    else:
        assert association.is_established
        association.release()
