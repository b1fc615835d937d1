"""Scanners tell of their work: pynetdicom's MPPS against the whole server, and what becomes of the records."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.modality import (
    EXPLICIT,
    IMPLICIT,
    PERFORMED,
    connect,
    make_begin,
    make_end,
    make_request,
    make_series,
)
from players.scanner import ask, make_question


def order(server: Any, number: str, **more: Any) -> Dataset:
    """Send an order; what a scanner sees of it."""
    assert b"MSA|AA" in send_message("127.0.0.1", server.hl7, make_order(number, **more))
    (found,) = ask(server.dicom, make_question(PatientID=number))
    return found


def request_of(answer: Dataset) -> Dataset:
    """What a scanner repeats of the worklist."""
    step = answer.ScheduledProcedureStepSequence[0]
    return make_request(
        StudyInstanceUID=answer.StudyInstanceUID,
        AccessionNumber=answer.AccessionNumber,
        RequestedProcedureID=answer.RequestedProcedureID,
        ScheduledProcedureStepID=step.ScheduledProcedureStepID,
    )


def statuses(openworklist: Any, server: Any) -> dict[str, str]:
    """The status of each record, by its patient."""
    listed = json.loads(openworklist("records", "list", "--json", "--data", server.data).stdout)
    found = listed["records"] if isinstance(listed, dict) else listed
    return {each["values"]["patient_id"]: each["status"] for each in found}


def steps(openworklist: Any, server: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(
        openworklist("steps", "list", "--json", "--data", server.data).stdout
    )
    return listed


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
def test_an_exam_from_its_beginning_to_its_end(server: Any, openworklist: Any, syntax: str) -> None:
    patient = f"EXAM{syntax[-1]}"
    answer = order(server, patient)
    begin, uid = make_begin(request_of(answer), PatientID=patient), generate_uid()
    with connect(server.dicom, syntax=syntax) as modality:
        assert modality.create(begin, uid).Status == 0
        assert statuses(openworklist, server)[patient] == "STARTED"
        assert modality.set(uid, make_end()).Status == 0
    assert statuses(openworklist, server)[patient] == "COMPLETED"
    assert ask(server.dicom, make_question(PatientID=patient)) == []
    step = next(each for each in steps(openworklist, server) if each["uid"] == uid)
    assert (step["state"], step["calling_ae"], step["notes"]) == ("COMPLETED", "CT01", [])


def test_after_the_end_nothing_may_be_said(server: Any) -> None:
    uid = generate_uid()
    with connect(server.dicom) as modality:
        assert modality.create(make_begin(make_request()), uid).Status == 0
        assert modality.set(uid, make_end()).Status == 0
        refused = modality.set(uid, make_end())
    assert (refused.Status, refused.ErrorID) == (0x0110, 0xA501)
    assert refused.ErrorComment == "Performed Procedure Step Object may no longer be updated."
