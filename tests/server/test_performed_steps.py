"""Scanners tell of their work: pynetdicom's MPPS and the whole server, and what becomes of the records."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import hl7
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
from players.pyhl7 import receive
from players.receiver import Receiver
from players.scanner import ask, make_question

PatientID, Status = 0x0010_0020, 0x0040_0252
_TRIES = 100


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
    return {each["values"]["patient_id"]: each["status"] for each in listed}


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
        found, _ = modality.get(uid, PatientID)
    assert (refused.Status, refused.ErrorID) == (0x0110, 0xA501)
    assert refused.ErrorComment == "Performed Procedure Step Object may no longer be updated."
    assert found.Status == 0


def test_what_is_refused_says_why(server: Any) -> None:
    uid = generate_uid()
    lacking = make_begin(make_request())
    del lacking.PerformedStationAETitle
    renamed = Dataset()
    renamed.PatientName = "Roe^Jane"
    with connect(server.dicom) as modality:
        assert modality.set(uid, make_end()).Status == 0x0112
        assert modality.get(uid)[0].Status == 0x0112
        refused = modality.create(lacking, uid)
        assert (refused.Status, refused.ErrorComment) == (0x0120, "(0040,0241) is missing.")
        refused = modality.create(make_begin(make_request(), PerformedProcedureStepID=""), uid)
        assert (refused.Status, refused.ErrorComment) == (0x0121, "(0040,0253) has no value.")
        refused = modality.create(make_begin(make_request(), PerformedProcedureStepStatus="COMPLETED"), uid)
        assert (refused.Status, refused.ErrorComment) == (0x0106, "A performed step begins IN PROGRESS.")
        assert modality.create(make_begin(make_request()), uid).Status == 0
        assert modality.create(make_begin(make_request()), uid).Status == 0x0111
        refused = modality.set(uid, renamed)
        assert (refused.Status, refused.AttributeIdentifierList) == (0x0105, 0x0010_0010)
        refused = modality.set(uid, make_end(PerformedProcedureStepEndDate=""))
        assert (refused.Status, refused.AttributeIdentifierList) == (0x0121, 0x0040_0250)
        assert modality.set(uid, make_end("DISCONTINUED", PerformedSeriesSequence=[])).Status == 0


def test_the_published_example_of_pynetdicom_is_taken(server: Any) -> None:
    """It names three attributes by words that DICOM has not, so that they are never sent."""
    request = make_request(AccessionNumber="1", RequestedProcedureID="1", ScheduledProcedureStepID="1")
    del request.ScheduledProtocolCodeSequence
    begin = make_begin(request, PatientID="123456")
    del begin.ProcedureCodeSequence
    series = make_series(1)
    del series.OperatorsName, series.ReferencedNonImageCompositeSOPInstanceSequence
    middle, last = Dataset(), Dataset()
    middle.PerformedSeriesSequence = [series]
    last.PerformedProcedureStepStatus = "COMPLETED"
    last.PerformedProcedureStepEndDate, last.PerformedProcedureStepEndTime = "20000101", "1300"
    uid = generate_uid()
    with connect(server.dicom) as modality:
        assert modality.create(begin, uid).Status == 0
        assert modality.set(uid, middle).Status == 0
        assert modality.set(uid, last).Status == 0


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
def test_a_step_is_given_out_again(server: Any, syntax: str) -> None:
    uid = generate_uid()
    name = "Yamada^Tarou=山田^太郎"
    begin = make_begin(make_request(), PatientName=name, SpecificCharacterSet="ISO_IR 192", PatientID="77")
    with connect(server.dicom, syntax=syntax) as modality:
        assert modality.create(begin, uid).Status == 0
        status, whole = modality.get(uid)
        assert status.Status == 0
        # With those of the SOP Common module that tell it from others.
        assert whole is not None
        assert (whole.SOPClassUID, whole.SOPInstanceUID) == (PERFORMED, uid)
        del whole.SOPClassUID, whole.SOPInstanceUID
        assert whole == begin
        status, some = modality.get(uid, PatientID, Status)
        assert status.Status == 0
        assert some is not None
        assert [str(each.tag) for each in some] == ["(0010,0020)", "(0040,0252)"]
        status, some = modality.get(uid, PatientID, 0x0040_0310)
        assert (status.Status, status.AttributeIdentifierList) == (0x0107, 0x0040_0310)
        assert some is not None
        assert some.PatientID == "77"


def test_without_a_uid_the_server_makes_one(server: Any, openworklist: Any) -> None:
    before = {each["uid"] for each in steps(openworklist, server)}
    with connect(server.dicom) as modality:
        assert modality.create(make_begin(make_request())).Status == 0
    (made,) = {each["uid"] for each in steps(openworklist, server)} - before
    assert made.startswith("2.25.")


def test_what_is_in_progress_at_a_kill_is_in_progress_afterwards(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    answer, uid = order(server, "1"), generate_uid()
    with connect(server.dicom) as modality:
        assert modality.create(make_begin(request_of(answer), PatientID="1"), uid).Status == 0
        server.kill()
    again = start_server(tmp_path / "data")
    assert statuses(openworklist, again) == {"1": "STARTED"}
    with connect(again.dicom) as modality:
        _, found = modality.get(uid, Status)
        assert found is not None
        assert found.PerformedProcedureStepStatus == "IN PROGRESS"
        assert modality.create(make_begin(request_of(answer)), uid).Status == 0x0111
        assert modality.set(uid, make_end()).Status == 0
    assert statuses(openworklist, again) == {"1": "COMPLETED"}
    assert again.stop() == 0


def test_two_servers_on_one_database_keep_one_step(
    make_postgresql: Any, start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    url = make_postgresql()
    one = start_server(tmp_path / "one", "--database", url)
    two = start_server(tmp_path / "two", "--database", url)
    answer, uid = order(one, "1"), generate_uid()
    begin = make_begin(request_of(answer), PatientID="1")
    with connect(one.dicom) as first, connect(two.dicom, "CT02") as second:
        with ThreadPoolExecutor(2) as pool:
            created = list(pool.map(lambda each: each.create(begin, uid).Status, (first, second)))
            assert sorted(created) == [0, 0x0111]
            ended = list(pool.map(lambda each: each.set(uid, make_end()).Status, (first, second)))
        assert sorted(ended) == [0, 0x0110]
    shown = openworklist("records", "list", "--json", "--database", url, "--data", tmp_path / "one")
    assert [each["status"] for each in json.loads(shown.stdout)] == ["COMPLETED"]
    assert (one.stop(), two.stop()) == (0, 0)


def test_the_status_arrives_where_it_is_wanted(start_server: Any, openworklist: Any, tmp_path: Path) -> None:
    """At a receiver, and at ourselves, after which nothing more goes out."""
    data = tmp_path / "data"
    server = start_server(data)
    with Receiver() as receiver:
        for name, port, kind in (("A|A", server.hl7, "OMG"), ("RIS|HOSPITAL", receiver.port, "ORM")):
            told = openworklist(
                "notify", "set", name, "--to", f"127.0.0.1:{port}", "--message", kind, "--data", data
            )
            assert (told.returncode, told.stderr) == (0, "")
        for number in range(_TRIES):  # until the server has heard of the change
            answer, uid = order(server, str(number)), generate_uid()
            with connect(server.dicom) as modality:
                begin = make_begin(request_of(answer), PatientID=str(number))
                assert modality.create(begin, uid).Status == 0
                if len({each["destination"] for each in queued(openworklist, data)}) < 2:
                    continue
                assert modality.set(uid, make_end("DISCONTINUED")).Status == 0
                break
        put = queued(openworklist, data)
        receiver.wait_for(2)
        for _ in range(_TRIES):  # until the message to ourselves has been sent
            if all(each["state"] == "sent" for each in queued(openworklist, data)):
                break
        texts = [hl7.parse(message.decode()) for message in receiver.received]
    assert [[str(each["MSH"][0][9]), str(each["ORC"][0][1]), str(each["ORC"][0][5])] for each in texts] == [
        ["ORM^O01^ORM_O01", "SC", "IP"],
        ["ORM^O01^ORM_O01", "SC", "DC"],
    ]
    assert server.stop() == 0
    assert statuses(openworklist, server)[str(number)] == "DISCONTINUED"
    journal = json.loads(openworklist("messages", "list", "--json", "--data", data).stdout)
    ours = [each["outcome"] for each in journal if each["message_type"].startswith("OMG")]
    assert len(ours) == sum(each["destination"].endswith(f":{server.hl7}") for each in put)
    assert "refused" not in ours
    assert [each["state"] for each in queued(openworklist, data)] == ["sent"] * len(put)


def queued(openworklist: Any, data: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(
        openworklist("outbound", "list", "--all", "--json", "--data", data).stdout
    )
    return listed


def test_python_hl7_takes_a_status(start_server: Any, openworklist: Any, tmp_path: Path) -> None:
    """Set up before the server starts, so that it knows from the beginning."""
    with receive("latin_1") as (port, arrivals):
        told = openworklist("notify", "set", "RIS|", "--to", f"127.0.0.1:{port}", "--data", tmp_path / "data")
        assert told.returncode == 0, told.stderr
        server = start_server(tmp_path / "data")
        answer = order(server, "1", name="Müller^Jörg", charset="8859/1", codec="latin_1")
        with connect(server.dicom) as modality:
            assert modality.create(make_begin(request_of(answer), PatientID="1"), "1.2.3").Status == 0
            assert modality.set("1.2.3", make_end()).Status == 0
        arrivals.wait_for(2)
        assert server.stop() == 0
    orc = [text.split("ORC|")[1].split("\r")[0].split("|") for text in arrivals.texts]
    assert [(each[0], each[1], each[4]) for each in orc] == [("SC", "A1", "IP"), ("SC", "A1", "CM")]
    assert all("Müller^Jörg" in text for text in arrivals.texts)


def test_commands_show_what_was_performed(server: Any, openworklist: Any) -> None:
    answer, uid = order(server, "SHOWN"), generate_uid()
    with connect(server.dicom, "CT77") as modality:
        assert modality.create(make_begin(request_of(answer), PatientID="SHOWN"), uid).Status == 0

    def run(*arguments: object) -> str:
        ended = openworklist("steps", *arguments, "--data", server.data)
        assert (ended.returncode, ended.stderr) == (0, "")
        return str(ended.stdout)

    listed = json.loads(run("list", "--state", "in-progress", "--json"))
    step = next(each for each in listed if each["uid"] == uid)
    (record,) = step["records"]
    assert "IN PROGRESS  CT77" in run("list", "--record", record)
    shown = run("show", step["id"])
    assert f"SOP Instance UID {uid}" in shown
    assert f"records: {record}" in shown
    assert "(0010,0020) LO SHOWN" in shown
    whole = json.loads(run("show", step["id"], "--json"))
    assert whole["dataset"]["00080060"] == {"vr": "CS", "Value": ["CT"]}
    assert whole["scheduled_steps"][0]["record"] == record
    ended = openworklist("steps", "show", 4711, "--data", server.data)
    assert ended.returncode != 0
    assert "(step.not-found)" in ended.stderr


def test_notify_is_listed_and_forgotten_and_never_ourselves(openworklist: Any, tmp_path: Path) -> None:
    def run(*arguments: object) -> Any:
        return openworklist("notify", *arguments, "--data", tmp_path / "data")

    to = ("--to", "127.0.0.1:2575")
    assert run("set", "RIS|HOSP", *to, "--message", "OMG", "--sender", "RIS|*").returncode == 0
    assert json.loads(run("list", "--json").stdout) == {
        "RIS|HOSP": {
            "host": "127.0.0.1",
            "port": 2575,
            "message": "OMG",
            "profile": "",
            "senders": ["RIS|*"],
        }
    }
    assert "127.0.0.1:2575" in run("list").stdout
    for wrong, code in (
        (("set", "OPENWORKLIST|", *to), "settings.invalid"),
        (("set", "A|B", *to, "--profile", "gone"), "mapping.not-found"),
        (("forget", "NOBODY|"), "rule.not-found"),
        (("set", "|", *to), "rule.invalid"),
    ):
        ended = run(*wrong)
        assert (ended.returncode != 0, f"({code})" in ended.stderr) == (True, True), ended.stderr
    assert run("forget", "RIS|HOSP").returncode == 0
    assert json.loads(run("list", "--json").stdout) == {}
    assert len(json.loads(run("history", "RIS|HOSP", "--json").stdout)) == 2
