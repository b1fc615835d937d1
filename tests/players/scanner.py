"""A scanner: pynetdicom, which knows nothing of our code, asks for its worklist."""

from __future__ import annotations

from unittest.mock import patch

from pydicom.dataset import Dataset
from pynetdicom import AE

WORKLIST = "1.2.840.10008.5.1.4.31"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"

_KEYS = (
    "AccessionNumber", "ReferringPhysicianName", "PatientName", "PatientID", "PatientBirthDate", "PatientSex",
    "StudyInstanceUID", "RequestedProcedureDescription", "RequestedProcedureID",
)  # fmt: skip
_STEP_KEYS = (
    "Modality", "ScheduledStationAETitle", "ScheduledProcedureStepStartDate",
    "ScheduledProcedureStepStartTime", "ScheduledProcedureStepDescription", "ScheduledProcedureStepID",
)  # fmt: skip


def make_question(**keys: str) -> Dataset:
    """A question for these keys that wants what a scanner usually wants; `charset` is that of its letters."""
    question, step = Dataset(), Dataset()
    if "charset" in keys:
        question.SpecificCharacterSet = keys.pop("charset")
    for keyword in _KEYS:
        setattr(question, keyword, keys.pop(keyword, ""))
    for keyword in _STEP_KEYS:
        # An empty station would be taken for the scanner's own.
        setattr(step, keyword, keys.pop(keyword, "*" if keyword == "ScheduledStationAETitle" else ""))
    assert not keys
    question.ScheduledProcedureStepSequence = [step]
    return question


def ask(port: int, question: Dataset, *, syntax: str = EXPLICIT, max_pdu: int = 16_382) -> list[Dataset]:
    """The answers, once the final one says success."""
    *answers, (status, _) = ask_for_status(port, question, syntax=syntax, max_pdu=max_pdu)
    assert status == 0, hex(status)
    return [answer for status, answer in answers if answer is not None and status in (0xFF00, 0xFF01)]


def ask_with_bytes(
    port: int, identifier: bytes, *, syntax: str, calling: str
) -> list[tuple[int, Dataset | None]]:
    """Every response to an identifier that is sent as it is, not as pydicom would write it."""
    with patch("pynetdicom.association.encode", return_value=identifier):
        return ask_for_status(port, Dataset(), syntax=syntax, calling=calling)


def ask_for_status(
    port: int, question: Dataset, *, syntax: str = EXPLICIT, max_pdu: int = 16_382, calling: str = "CT01"
) -> list[tuple[int, Dataset | None]]:
    """Every response to a question, its status and its identifier, the final one included."""
    scanner = AE(calling)
    scanner.maximum_pdu_size = max_pdu
    scanner.add_requested_context(WORKLIST, syntax)
    association = scanner.associate("127.0.0.1", port, ae_title="OPENWORKLIST", max_pdu=max_pdu)
    assert association.is_established
    try:
        responses = list(association.send_c_find(question, WORKLIST))
    finally:
        association.release()
    return [(status.Status, answer) for status, answer in responses]
