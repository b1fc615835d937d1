"""The code of an error stands where docs/errors.md says."""

from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from openworklist.clients.mllp import send_message
from openworklist.hl7.message import parse


def order_without_patient(version: str) -> bytes:
    return f"MSH|^~\\&|RIS|H|OW|R|20260314||ORM^O01|N{version}|P|{version}\rPID|1\rORC|NW|1\rOBR|1\r".encode()


def ask_for_a_day_that_is_none(port: int) -> Dataset:
    """The final answer."""
    question, step = Dataset(), Dataset()
    step.add_new(0x0040_0002, "LO", "yesterday")  # as Implicit VR, nobody sees that it is no DA
    question.ScheduledProcedureStepSequence = [step]
    scanner = AE("CT01")
    scanner.add_requested_context(ModalityWorklistInformationFind, "1.2.840.10008.1.2")
    association = scanner.associate("127.0.0.1", port, ae_title="OPENWORKLIST")
    try:
        ((status, _),) = association.send_c_find(question, ModalityWorklistInformationFind)
    finally:
        association.release()
    return status


def test_an_hl7_sender_sees_it_in_err(server: Any) -> None:
    new = parse(send_message("127.0.0.1", server.hl7, order_without_patient("2.5.1")).decode())
    old = parse(send_message("127.0.0.1", server.hl7, order_without_patient("2.3.1")).decode())

    assert new.get("MSA-1") == old.get("MSA-1") == "AE"
    assert new.get("ERR-5.1") == "order.field-missing"
    assert old.get("ERR-1.4.4") == "order.field-missing"
    assert old.get("MSA-3") == new.get("ERR-8") != ""


def test_a_scanner_sees_the_sentence_without_it(server: Any) -> None:
    status = ask_for_a_day_that_is_none(server.dicom)

    assert status.ErrorComment == "A date is written YYYYMMDD, a range with a hyphen."
    assert status.OffendingElement == 0x0040_0002


def test_the_log_has_it_at_debug(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--log-level", "DEBUG")
    send_message("127.0.0.1", server.hl7, order_without_patient("2.5.1"))
    ask_for_a_day_that_is_none(server.dicom)
    assert server.stop() == 0

    lines = server.log.read_text().splitlines()
    (refused,) = [line for line in lines if 'event="message refused"' in line]
    (question,) = [line for line in lines if 'event="question refused"' in line]
    assert "(order.field-missing)" in refused
    assert "(identifier.unreadable)" in question
