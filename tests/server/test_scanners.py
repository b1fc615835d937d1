"""What is set up for scanners counts for what DCMTK and pynetdicom get from a whole server."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation

from openworklist.dicom.items import ProposedContext
from openworklist.dicom.pdu import AssociateAccept, AssociateReject, AssociateRequest, encode
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT
from openworklist.dicom.user_information import UserInformation
from openworklist.domain.record import Record, Value
from openworklist.store.connection import Connection
from openworklist.store.database import Database, open_database
from openworklist.store.records import insert_record
from players.line import Line
from players.scanner import IMPLICIT, WORKLIST

_TRIES = 20_000  # associations until the server has heard of a change, which takes a second
DAY = "20260314"
PATIENTS = (
    # Patient ID, modality, station, start time
    ("P1", "CT", "CT01", "0800"),
    ("P2", "CT", "CT02", "0900"),
    ("P3", "CT", "", "1000"),
    ("P4", "MR", "", "1100"),
    ("P5", "CT", "CT01", "2330"),
)


def run(openworklist: Any, folder: Path, *arguments: object) -> str:
    ended = openworklist(*arguments, "--data", folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    return str(ended.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    database: Database = open_database("", tmp_path / "data")

    def fill(connection: Connection) -> None:
        for patient, modality, station, time in PATIENTS:
            values: dict[str, Value] = {
                "patient_id": patient,
                "modality": modality,
                "scheduled_station_ae_title": station,
                "scheduled_procedure_step_start_date": DAY,
                "scheduled_procedure_step_start_time": time,
            }
            insert_record(
                connection,
                Record(values, completed={"study_instance_uid": f"2.25.{patient[1:]}"}),
                patient,
                1,
            )

    database.write(fill)
    database.close()
    return tmp_path / "data"


def make_question(station: str = "", day: str = DAY, *, zone: str = "") -> Dataset:
    question, step = Dataset(), Dataset()
    if zone:
        question.TimezoneOffsetFromUTC = zone
    question.PatientID = question.StudyInstanceUID = ""
    step.ScheduledStationAETitle = station
    step.ScheduledProcedureStepStartDate = day
    step.ScheduledProcedureStepStartTime = step.Modality = ""
    question.ScheduledProcedureStepSequence = [step]
    return question


def ask(
    server: Any, calling: str, question: Dataset, *, agrees_on_zone: bool = False
) -> list[tuple[int, Any]]:
    """Every status with its identifier."""
    scanner = AE(calling)
    scanner.add_requested_context(WORKLIST)
    options = []
    if agrees_on_zone:
        options.append(SOPClassExtendedNegotiation())
        options[0].sop_class_uid = WORKLIST
        options[0].service_class_application_information = b"\1\1\0\1"
    association = scanner.associate(
        "127.0.0.1", server.dicom, ae_title="OPENWORKLIST", ext_neg=options or None
    )
    assert association.is_established
    try:
        return [(status.Status, answer) for status, answer in association.send_c_find(question, WORKLIST)]
    finally:
        association.release()


def is_served(server: Any, calling: str) -> bool:
    request = AssociateRequest(
        "OPENWORKLIST",
        calling,
        APPLICATION_CONTEXT,
        (ProposedContext(1, WORKLIST, (IMPLICIT,)),),
        UserInformation(16_384, "1.2.3"),
    )
    with Line(server.dicom) as line:
        line.send(encode(request))
        answer = line.read_pdu()
    if isinstance(answer, AssociateReject):
        # PS3.8 table 9-21: rejected-permanent, by the user, calling AE title not recognized.
        assert (answer.result, answer.source, answer.reason) == (1, 1, 3)
    return isinstance(answer, AssociateAccept)


def patients(responses: list[tuple[int, Any]]) -> list[str]:
    return [answer.PatientID for _, answer in responses if answer is not None]


def test_the_calling_title_counts_where_the_station_is_empty(
    folder: Path, start_server: Any, openworklist: Any
) -> None:
    run(openworklist, folder, "scanners", "set", "CT01", "--modalities", "CT")
    run(openworklist, folder, "scanners", "set", "ALL", "--use-calling-ae", "no")
    server = start_server(folder)
    assert patients(ask(server, "CT01", make_question())) == ["P1", "P3", "P5"]
    assert patients(ask(server, "CT01", make_question("CT01"))) == ["P1", "P3", "P5"]
    assert patients(ask(server, "CT01", make_question("CT02"))) == ["P2"]
    assert patients(ask(server, "CT01", make_question("*"))) == ["P1", "P2", "P3", "P4", "P5"]
    assert patients(ask(server, "ALL", make_question())) == ["P1", "P2", "P3", "P4", "P5"]
    assert patients(ask(server, "NEW", make_question())) == ["P3", "P4"]
    assert server.stop() == 0


@pytest.mark.skipif(shutil.which("findscu") is None, reason="DCMTK is not installed")
def test_it_does_for_dcmtk_too(folder: Path, start_server: Any, tmp_path: Path) -> None:
    server = start_server(folder)
    out = tmp_path / "answers"
    out.mkdir()
    keys = ["-k", "0010,0020", "-k", "(0040,0100)[0].0040,0001", "-k", "(0040,0100)[0].0008,0060=CT"]
    command = ["findscu", "-W", "-X", "-od", str(out), "-aet", "CT02", *keys, "127.0.0.1", str(server.dicom)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert len(list(out.iterdir())) == 2  # P2, and P3 that has no station
    assert server.stop() == 0


def test_strangers_are_listed_and_turned_away_if_the_site_wants_so(
    folder: Path, start_server: Any, openworklist: Any
) -> None:
    server = start_server(folder)
    assert ask(server, "STRANGER", make_question())
    listed = run(openworklist, folder, "scanners", "list")
    assert "STRANGER  new: served, please confirm" in listed
    run(openworklist, folder, "options", "set", "unknown_scanners", "refuse")
    for _ in range(_TRIES):
        if not is_served(server, "STRANGER"):
            break
    else:
        raise AssertionError("the stranger is still served")
    assert not is_served(server, "OTHER")
    run(openworklist, folder, "scanners", "set", "STRANGER", "--description", "Room 3")
    for _ in range(_TRIES):
        if is_served(server, "STRANGER"):
            break
    else:
        raise AssertionError("the scanner is still turned away")
    listed = json.loads(run(openworklist, folder, "scanners", "list", "--json"))
    assert (listed["OTHER"]["is_confirmed"], listed["STRANGER"]["description"]) == (False, "Room 3")
    assert "first association" in run(openworklist, folder, "scanners", "history", "OTHER")
    assert server.stop() == 0


def test_an_answer_that_is_cut_or_refused_says_so(folder: Path, start_server: Any, openworklist: Any) -> None:
    for title, over in (("CUT", "cut"), ("REFUSE", "refuse")):
        run(openworklist, folder, "scanners", "set", title, "--answer-limit", "2", "--over-limit", over)
    server = start_server(folder)
    for title, last in (("CUT", 0x0000), ("REFUSE", 0xA700)):
        responses = ask(server, title, make_question("*"))
        assert [status for status, _ in responses] == [0xFF00, 0xFF00, last]
    assert server.stop() == 0
    log = server.log.read_text()
    assert log.count("a question has more answers than the limit") == 2
    assert "over_limit=cut" in log


def test_a_scanner_in_another_time_zone_asks_and_is_answered_by_its_own_clock(
    folder: Path, start_server: Any, openworklist: Any
) -> None:
    run(openworklist, folder, "scanners", "set", "EAST", "--time-zone", "Europe/Athens")
    server = start_server(folder, "--time-zone", "UTC")
    (_, answer), _ = ask(server, "EAST", make_question("*", "20260315"))
    step = answer.ScheduledProcedureStepSequence[0]
    assert (answer.PatientID, answer.TimezoneOffsetFromUTC) == ("P5", "+0200")
    assert (step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime) == (
        "20260315",
        "0130",
    )
    # One that agrees upon it in the association names the zone itself.
    responses = ask(server, "CT01", make_question("*", "20260315", zone="+0100"), agrees_on_zone=True)
    assert patients(responses) == ["P5"]
    assert responses[0][1].TimezoneOffsetFromUTC == "+0100"
    assert patients(ask(server, "CT01", make_question("*", "20260315", zone="+0100"))) == []
    assert server.stop() == 0


def test_study_uids_made_here_are_for_the_scanners_on_the_list(
    folder: Path, start_server: Any, openworklist: Any
) -> None:
    run(openworklist, folder, "study-uids", "for", "listed")
    run(openworklist, folder, "study-uids", "insert", "CT02")
    server = start_server(folder)
    for title, uid in (("CT01", ""), ("CT02", "2.25.1")):
        (_, first), *_ = ask(server, title, make_question("*"))
        assert first.StudyInstanceUID == uid
    question = make_question("*")
    question.StudyInstanceUID = "2.25.1"
    assert [patients(ask(server, title, question)) for title in ("CT01", "CT02")] == [[], ["P1"]]
    for number, is_for_its_scanner in ((1, False), (2, True)):
        exported = openworklist("export", str(number), "--profile", "classic", "--data", folder).stdout
        assert (f"ZDS|2.25.{number}" in exported) is is_for_its_scanner
        is_marked = "on the list of study-uids" in run(openworklist, folder, "records", "show", str(number))
        assert is_marked is not is_for_its_scanner
    assert server.stop() == 0


def test_a_window_of_days_and_statuses(folder: Path, start_server: Any, openworklist: Any) -> None:
    run(openworklist, folder, "scanners", "set", "TODAY", "--day-window", "0")
    run(openworklist, folder, "scanners", "set", "ENDED", "--statuses", "completed")
    server = start_server(folder)
    assert patients(ask(server, "TODAY", make_question("*", ""))) == []
    assert len(patients(ask(server, "TODAY", make_question("*")))) == 5
    assert patients(ask(server, "ENDED", make_question("*"))) == []
    assert server.stop() == 0
