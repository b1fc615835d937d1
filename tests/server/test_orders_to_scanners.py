"""Orders go in over HL7, scanners see them: told by DCMTK and pynetdicom."""

import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from openworklist.clients.mllp import send_message

MANUAL = Path(__file__).parents[1] / "data/hl7/manual"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"


def ask(port: int, question: Dataset, *, syntax: str = EXPLICIT, max_pdu: int = 16382) -> list[Dataset]:
    """What pynetdicom is answered."""
    scanner = AE("CT01")
    scanner.maximum_pdu_size = max_pdu
    scanner.add_requested_context(ModalityWorklistInformationFind, syntax)
    association = scanner.associate("127.0.0.1", port, ae_title="OPENWORKLIST")
    assert association.is_established
    found = []
    try:
        for status, answer in association.send_c_find(question, ModalityWorklistInformationFind):
            assert status.Status in (0xFF00, 0xFF01, 0x0000), hex(status.Status)
            if answer is not None:
                found.append(answer)
    finally:
        association.release()
    return found


def make_question(**keys: str) -> Dataset:
    """A question for these keys that wants what a scanner usually wants."""
    question = Dataset()
    for keyword in ("PatientName", "PatientID", "PatientSex", "PatientBirthDate", "AccessionNumber",
                    "StudyInstanceUID", "RequestedProcedureID", "RequestedProcedureDescription",
                    "ReferringPhysicianName", "ReferencedStudySequence"):  # fmt: skip
        setattr(question, keyword, keys.get(keyword, [] if "Sequence" in keyword else ""))
    step = Dataset()
    for keyword in ("ScheduledStationAETitle", "ScheduledProcedureStepStartDate", "Modality",
                    "ScheduledProcedureStepStartTime", "ScheduledProcedureStepID"):  # fmt: skip
        # An empty station would be taken for the scanner's own.
        setattr(step, keyword, keys.get(keyword, "*" if keyword == "ScheduledStationAETitle" else ""))
    question.ScheduledProcedureStepSequence = [step]
    if "charset" in keys:
        question.SpecificCharacterSet = keys["charset"]
    return question


def make_order(
    number: str, name: str, charset: str = "", control: str = "NW", time: str = "20260314080000"
) -> str:
    return (
        f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|{time}||ORM^O01|C{number}{control}{time}|P|2.3.1||||||{charset}\r"
        f"PID|||{number}^^^HOSP||{name}||19700101|F\rORC|{control}|A{number}|||||||||||||20260314101500\r"
        f"OBR||||RP{number}^CT Head||||||||||||||CT|||CT01\r"
    )


def control_id(answer: bytes) -> str:
    return re.search(rb"MSA\|AA\|([^|\r]*)", answer)[1].decode()  # type: ignore[index]


def test_the_manuals_first_sample_as_it_is_printed_there(server: Any) -> None:
    answer = send_message("127.0.0.1", server.hl7, (MANUAL / "import.hl7").read_bytes())
    assert control_id(answer) == "201903150904097"  # the line breaks in the middle of it
    (found,) = ask(server.dicom, make_question(PatientID="7007"))
    assert found.PatientName == "NAME"
    assert found.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID


def test_a_rebuilt_sample_gives_a_complete_record(server: Any) -> None:
    raw = (MANUAL / "rebuilt-obr18.hl7").read_bytes()
    patient = re.search(rb"PID\|\|[^|]*\|([^|]*)", raw)[1]  # type: ignore[index]
    raw = raw.replace(b"PID||7007|" + patient, b"PID||7007|REBUILT").replace(b"201903150904097", b"REBUILT1")
    assert control_id(send_message("127.0.0.1", server.hl7, raw)) == "REBUILT1"
    (found,) = ask(server.dicom, make_question(PatientID="REBUILT"))
    step = found.ScheduledProcedureStepSequence[0]
    assert all([found.PatientName, found.StudyInstanceUID, found.RequestedProcedureID, found.AccessionNumber])
    assert all([step.Modality, step.ScheduledStationAETitle, step.ScheduledProcedureStepID])
    assert all([step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime])


# Name as the sender writes it, its set in MSH-18 and that set's codec, and the answer's (0008,0005).
SCRIPTS = {
    "Latin 1": ("Müller^Jürgen", "8859/1", "latin_1", "ISO_IR 100"),
    "Latin 2": ("Żółć^Łucja", "8859/2", "iso8859_2", "ISO_IR 101"),
    "Turkish": ("Şişli^Çağrı", "8859/9", "iso8859_9", "ISO_IR 148"),
    "Greek": ("Διονυσίου^Ελένη", "8859/7", "iso8859_7", "ISO_IR 126"),
    "Cyrillic": ("Люкceмбypг^Иван", "8859/5", "iso8859_5", "ISO_IR 144"),
    "Arabic": ("قباني^لنزار", "8859/6", "iso8859_6", "ISO_IR 127"),
    "Hebrew": ("שרון^דבורה", "8859/8", "iso8859_8", "ISO_IR 138"),
    "Thai": ("นามสกุล^ชื่อ", "TIS-620", "tis_620", "ISO_IR 166"),
    "Chinese": ("王^小东", "GB 18030-2000", "gb18030", "ISO_IR 192"),
    "UTF-8": ("Żółć^Ωmega", "UNICODE UTF-8", "utf_8", "ISO_IR 192"),
    "Korean": ("홍^길동", "KS X 1001", "euc_kr", "['', 'ISO 2022 IR 149']"),
    "Japanese": ("やまだ^たろう", "UNICODE UTF-8", "utf_8", "['', 'ISO 2022 IR 87']"),
}


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
@pytest.mark.parametrize("script", SCRIPTS)
def test_names_arrive_and_leave_in_every_script(server: Any, script: str, syntax: str) -> None:
    name, charset, codec, expected = SCRIPTS[script]
    number = f"S{script}{syntax[-1]}".replace(" ", "").upper()
    answer = send_message("127.0.0.1", server.hl7, make_order(number, name, charset).encode(codec))
    assert control_id(answer)
    (found,) = ask(server.dicom, make_question(PatientID=number), syntax=syntax, max_pdu=4096)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert str(found.PatientName) == name
    assert str(found.SpecificCharacterSet) == expected
    again = make_question(PatientID=number, PatientName=f"{name[:2]}*", charset="ISO_IR 192")
    assert [each.PatientID for each in ask(server.dicom, again, syntax=syntax)] == [number]


def test_a_name_in_three_groups_is_written_as_annex_h_has_it(server: Any) -> None:
    order = make_order("H31", "Yamada^Tarou^^^^^^A~山田^太郎^^^^^^I~やまだ^たろう^^^^^^P", "UNICODE UTF-8")
    send_message("127.0.0.1", server.hl7, order.encode())
    (found,) = ask(server.dicom, make_question(PatientID="H31"))
    assert found["PatientName"].value.original_string == (
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
    )


def test_the_same_message_again_is_answered_the_same_and_stored_once(server: Any) -> None:
    raw = make_order("TWICE", "Doe^Jane").encode()
    first = send_message("127.0.0.1", server.hl7, raw)
    assert send_message("127.0.0.1", server.hl7, raw) == first
    assert len(ask(server.dicom, make_question(PatientID="TWICE"))) == 1


def test_a_change_is_seen_and_a_cancelled_exam_is_not(server: Any) -> None:
    def send(name: str, control: str, time: str) -> None:
        send_message("127.0.0.1", server.hl7, make_order("LIFE", name, "", control, time).encode())

    send("Doe^Jane", "NW", "20260314080000")
    (before,) = ask(server.dicom, make_question(PatientID="LIFE"))
    send("Roe^Jane", "XO", "20260314090000")
    (after,) = ask(server.dicom, make_question(PatientID="LIFE"))
    assert (before.PatientName, after.PatientName) == ("Doe^Jane", "Roe^Jane")
    assert before.StudyInstanceUID == after.StudyInstanceUID
    send("Old^Jane", "XO", "20260314083000")  # an older message undoes nothing
    (still,) = ask(server.dicom, make_question(PatientID="LIFE"))
    assert still.PatientName == "Roe^Jane"
    send("Roe^Jane", "CA", "20260314100000")
    assert ask(server.dicom, make_question(PatientID="LIFE")) == []


def test_an_order_without_patient_is_refused_with_the_place(server: Any) -> None:
    raw = make_order("NOBODY", "").encode()
    answer = send_message("127.0.0.1", server.hl7, raw)
    assert b"MSA|AE|" in answer
    assert b"PID" in answer


@pytest.mark.parametrize("options", [["-xi"], ["-xe"], ["-pdu", "4096"]], ids=" ".join)
def test_dcmtk_finds_and_echoes(server: Any, options: list[str], tmp_path: Path) -> None:
    if shutil.which("findscu") is None:
        pytest.skip("findscu not found: apt-get install dcmtk")
    send_message("127.0.0.1", server.hl7, make_order("DCMTK", "Doe^Joe").encode())
    peer = ["-aec", "OPENWORKLIST", "127.0.0.1", str(server.dicom)]
    subprocess.run(["echoscu", *peer], check=True, timeout=30)
    keys = ["-k", "0010,0020=DCMTK", "-k", "0010,0010", "-k", "(0040,0100)[0].0008,0060=CT"]
    found = subprocess.run(
        ["findscu", "-W", *options, *keys, *peer], check=True, timeout=30, capture_output=True
    )
    shown = (found.stdout + found.stderr).decode("latin_1")
    assert "[Doe^Joe" in shown
    assert shown.count("(Pending)") == 1
