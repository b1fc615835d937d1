"""DCMTK, pynetdicom and our own `find` ask a whole server the same questions, and agree on every answer."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.record import Record, Status, Value
from openworklist.services.configurations import Configurations
from openworklist.store.connection import Connection
from openworklist.store.database import open_database
from openworklist.store.records import insert_record
from players.scanner import EXPLICIT, IMPLICIT, ask

# Patient ID, name, modality, stations, start, procedure code.
PATIENTS = (
    ("P01", "Doe^John", "CT", "CT1", "20260314080000", "HEAD"),
    ("P02", "Doe^Jane^^Dr.", "MR", "MR1", "20260314101500", "KNEE"),
    ("P03", "DOEMER^Ann", "CT", "CT1\\CT2", "20260315090000", "HEAD"),
    ("P04", "Żółkiewski^Łucjan", "CT", "CT2", "20260315093000", "HEAD"),
    ("P05", "Διονυσίου^Ελένη", "MR", "MR1", "20260315094500", "KNEE"),
    ("P06", "Yamada^Tarou=山田^太郎=やまだ^たろう", "US", "US1", "20260316080000", "LIVER"),
    ("P07", "Hong^Gildong=洪^吉洞=홍^길동", "US", "US1", "20260316090000", "LIVER"),
    ("P08", "Wang^XiaoDong=王^小东", "US", "US2", "20260316100000", "LIVER"),
    ("P09", "Müller^Jürgen", "DX", "DX1", "20260317080000", "CHEST"),
    ("P10", "Иванов^Пётр", "DX", "DX1", "20260317090000", "CHEST"),
)
LONG = "A comment of many lines.\r\n" * 350  # several PDUs, at 4096 bytes each
CANCELED = "P99"


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server") / "data"
    database = open_database("", folder)

    def fill(connection: Connection) -> None:
        for number, (patient, name, modality, stations, start, code) in enumerate(PATIENTS, 1):
            values: dict[str, Value] = {
                "patient_id": patient,
                "patient_name": name,
                "patient_weight": "70.5",
                "accession_number": f"A{number:02}",
                "study_instance_uid": f"1.2.826.0.1.{number}",
                "requested_procedure_id": f"RP{number}",
                "requested_procedure_comments": LONG,
                "requested_procedure_code_sequence": (
                    {"code_value": code, "coding_scheme_designator": "L", "code_meaning": code.title()},
                ),
                "modality": modality,
                "scheduled_station_ae_title": stations,
                "scheduled_procedure_step_start_date": start[:8],
                "scheduled_procedure_step_start_time": start[8:],
                "scheduled_procedure_step_id": f"S{number}",
            }
            insert_record(connection, Record(values), f"identity {number}", 1)
        insert_record(connection, Record({"patient_id": CANCELED}, status=Status.CANCELED), "canceled", 1)

    database.write(fill)
    # They ask for all stations with an empty key, and DICOM means it so.
    Configurations(database).set_option("use_calling_ae", "no", "test")
    database.close()
    return folder


STEP = ("Modality", "ScheduledStationAETitle", "ScheduledProcedureStepStartDate",
        "ScheduledProcedureStepStartTime", "ScheduledProcedureStepID")  # fmt: skip
CODE = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
TOP = ("PatientName", "PatientID", "PatientWeight", "AccessionNumber", "StudyInstanceUID",
       "RequestedProcedureComments")  # fmt: skip
DATE, TIME = "ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime"


@dataclass(frozen=True)
class Question:
    """Keys by their keyword, and which of the patients they mean, told without a line of our matching."""

    keys: dict[str, str]
    is_meant: Callable[[tuple[str, ...]], bool]

    @property
    def expected(self) -> list[str]:
        return [patient[0] for patient in PATIENTS if self.is_meant(patient)]

    @property
    def charset(self) -> str:
        return "" if all(value.isascii() for value in self.keys.values()) else "ISO_IR 192"


QUESTIONS = {
    "universal": Question({}, lambda patient: True),
    "single": Question({"PatientID": "P03"}, lambda patient: patient[0] == "P03"),
    "nobody": Question({"PatientID": CANCELED}, lambda patient: False),
    "wildcard": Question({"PatientName": "doe*"}, lambda patient: patient[1].lower().startswith("doe")),
    "one letter": Question({"AccessionNumber": "A0?"}, lambda patient: patient[0] != "P10"),
    "another script": Question({"PatientName": "διον*"}, lambda patient: patient[0] == "P05"),
    "the ideographic group": Question({"PatientName": "*=山*"}, lambda patient: patient[0] == "P06"),
    "list of UIDs": Question(
        {"StudyInstanceUID": "1.2.826.0.1.2\\1.2.826.0.1.9"}, lambda patient: patient[0] in ("P02", "P09")
    ),
    "range": Question(
        {DATE: "20260315-20260316"}, lambda patient: "20260315" <= patient[4][:8] <= "20260316"
    ),
    "open range": Question({DATE: "20260316-"}, lambda patient: patient[4] >= "20260316"),
    "combined interval": Question(
        {DATE: "20260314-20260315", TIME: "1000-0930"},
        lambda patient: "20260314100000" <= patient[4] < "20260315093100",
    ),
    "sequence": Question(
        {"Modality": "CT", "ScheduledStationAETitle": "CT2"}, lambda patient: "CT2" in patient[3].split("\\")
    ),
    "code sequence": Question({"CodeValue": "LIVER"}, lambda patient: patient[5] == "LIVER"),
}


def to_dataset(question: Question) -> Dataset:
    def fill(dataset: Dataset, keywords: Iterable[str]) -> Dataset:
        for keyword in keywords:
            value = question.keys.get(keyword, "")
            setattr(dataset, keyword, value.split("\\") if "\\" in value else value)
        return dataset

    asked = fill(Dataset(), TOP)
    if question.charset:
        asked.SpecificCharacterSet = question.charset
    asked.ScheduledProcedureStepSequence = [fill(Dataset(), STEP)]
    asked.RequestedProcedureCodeSequence = [fill(Dataset(), CODE)]
    return asked


def to_paths(question: Question) -> list[str]:
    """The keys as both findscu programs take them: `-k path=value`."""
    paths = [f"SpecificCharacterSet={question.charset}"] if question.charset else []
    for prefix, keywords in (
        ("", TOP),
        ("ScheduledProcedureStepSequence[0].", STEP),
        ("RequestedProcedureCodeSequence[0].", CODE),
    ):
        paths += [f"{prefix}{keyword}={question.keys.get(keyword, '')}" for keyword in keywords]
    return [part for path in paths for part in ("-k", path)]


def read(dataset: Dataset) -> dict[str, Any]:
    """An answer decoded in full, to the last value of the last item; a warning would be an error."""
    dataset.decode()
    for element in dataset.iterall():
        str(element.value)
    found: dict[str, Any] = dataset.to_json_dict()
    return found


def find_with_pynetdicom(server: Any, question: Question, syntax: str, max_pdu: int) -> list[dict[str, Any]]:
    answers = ask(server.dicom, to_dataset(question), syntax=syntax, max_pdu=max_pdu)
    return [read(answer) for answer in answers]


def find_with_program(command: list[str], folder: Path) -> list[dict[str, Any]]:
    """What a findscu writes to files."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    found = [dcmread(path, force=True) for path in sorted(folder.glob("rsp*.dcm"))]
    return [read(Dataset(answer)) for answer in found]


def find_with_dcmtk(
    server: Any, question: Question, syntax: str, max_pdu: int, folder: Path
) -> list[dict[str, Any]]:
    program = shutil.which("findscu")
    if program is None:
        pytest.skip("findscu not found: apt-get install dcmtk")
    options = ["-xi" if syntax == IMPLICIT else "-xe", "--max-pdu", str(max_pdu), "-X", "-od", str(folder)]
    peer = ["-aec", "OPENWORKLIST", "127.0.0.1", str(server.dicom)]
    return find_with_program([program, "-W", *options, *to_paths(question), *peer], folder)


@pytest.mark.parametrize("max_pdu", [4096, 16_384])
@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT], ids=["implicit", "explicit"])
@pytest.mark.parametrize("asked", QUESTIONS)
def test_dcmtk_and_pynetdicom_get_the_same_answers(
    server: Any, asked: str, syntax: str, max_pdu: int, tmp_path: Path
) -> None:
    question = QUESTIONS[asked]
    theirs = find_with_pynetdicom(server, question, syntax, max_pdu)
    assert [answer["00100020"]["Value"][0] for answer in theirs] == question.expected
    assert find_with_dcmtk(server, question, syntax, max_pdu, tmp_path) == theirs


@pytest.mark.parametrize("asked", ["universal", "wildcard", "combined interval", "code sequence"])
def test_the_findscu_of_pynetdicom_gets_them_too(server: Any, asked: str, tmp_path: Path) -> None:
    question = QUESTIONS[asked]
    program = [sys.executable, "-m", "pynetdicom", "findscu", "-W", "-w", "-q", "-pdu", "4096"]
    peer = ["-aec", "OPENWORKLIST", "127.0.0.1", str(server.dicom)]
    found = find_with_program([*program, *to_paths(question), *peer], tmp_path)
    assert found == find_with_pynetdicom(server, question, IMPLICIT, 4096)


@pytest.mark.parametrize("asked", [each for each in QUESTIONS if "CodeValue" not in QUESTIONS[each].keys])
def test_our_own_find_gets_them_too(server: Any, asked: str) -> None:
    question = QUESTIONS[asked]
    keys = [part for keyword, value in question.keys.items() for part in ("-k", f"{keyword}={value}")]
    ended = CliRunner().invoke(application, ["find", f"127.0.0.1:{server.dicom}", "--json", *keys])
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.stdout)
    patients = {patient[0]: patient for patient in PATIENTS}
    assert [answer["patient_id"] for answer in found] == question.expected
    for answer in found:
        _, name, modality, stations, start, code = patients[answer["patient_id"]]
        assert (answer["patient_name"], answer["modality"]) == (name, modality)
        assert answer["scheduled_station_ae_title"] == stations
        assert answer["scheduled_procedure_step_start_date"] == start[:8]
        assert answer["scheduled_procedure_step_start_time"] == start[8:]
        assert answer["requested_procedure_comments"] == LONG.rstrip(" ")
        assert answer["requested_procedure_code_sequence"][0]["code_value"] == code


def test_names_come_whole_and_say_in_which_letters_they_are_written(server: Any) -> None:
    answers = find_with_pynetdicom(server, QUESTIONS["universal"], EXPLICIT, 16_384)
    for answer, (_, name, *_) in zip(answers, PATIENTS, strict=True):
        groups = dict(zip(("Alphabetic", "Ideographic", "Phonetic"), name.split("="), strict=False))
        assert answer["00100010"]["Value"] == [groups]
        assert ("00080005" in answer) is not name.isascii()
