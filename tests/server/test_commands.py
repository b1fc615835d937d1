"""The commands against a server, as people type them."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.mllp import send_message

ACCEPTED = re.compile(r"^MSA\|AA\|", re.MULTILINE)


def make_order(number: str, *, patient: str = "Doe^Jane", day: str = "20260316") -> str:
    return (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|{number}|P|2.3.1||||||UNICODE UTF-8\r"
        f"PID|||P{number}||{patient}||19700101|F\r"
        f"ORC|NW|A{number}|||||||||||||{day}1015\rOBR||||RP{number}^CT head^CTHEAD||||||||||||||CT|||CT01\r"
    )


@pytest.fixture
def send(server: Any, openworklist: Any, tmp_path: Path) -> Any:
    """Sends files of these contents."""

    def run(*contents: str, **more: str) -> Any:
        files = [tmp_path / f"{number}.hl7" for number in range(1, len(contents) + 1)]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content.encode())
        return openworklist("send", *files, "--to", f"127.0.0.1:{server.hl7}", **more)

    return run


def test_one_order_is_sent_and_its_acknowledgement_shown(send: Any) -> None:
    ended = send(make_order("S1"))

    header, acknowledgement = ended.stdout.splitlines()
    assert header.startswith("MSH|")
    assert acknowledgement == "MSA|AA|S1"
    assert (ended.returncode, ended.stderr) == (0, "")


def test_of_several_each_is_named_and_all_are_counted(send: Any, tmp_path: Path) -> None:
    ended = send(make_order("S2") + make_order("S3", patient=""), make_order("S4"))

    lines = [line for line in ended.stdout.splitlines() if not line.startswith(("MSH", "ERR"))]
    assert lines == [
        f"{tmp_path}/1.hl7, message 1 of 2:",
        "MSA|AA|S2",
        f"{tmp_path}/1.hl7, message 2 of 2:",
        "MSA|AE|S3|The order has no patient.",
        f"{tmp_path}/2.hl7:",
        "MSA|AA|S4",
        "2 of 3 accepted",
    ]
    assert ended.returncode == 1


def test_orders_come_from_stdin(server: Any, openworklist: Any) -> None:
    ended = openworklist("send", "-", "--to", f"127.0.0.1:{server.hl7}", input=make_order("S5"))

    assert ended.returncode == 0
    assert ACCEPTED.search(ended.stdout)


def test_a_file_without_a_message_is_one_line(send: Any, tmp_path: Path) -> None:
    ended = send("\n")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"openworklist: {tmp_path}/1.hl7 holds no message. [{tmp_path}/1.hl7] (message.unreadable)\n"
    )


def test_a_port_that_speaks_something_else_is_told(server: Any, openworklist: Any, tmp_path: Path) -> None:
    (tmp_path / "order.hl7").write_text(make_order("S6"))

    ended = openworklist("send", tmp_path / "order.hl7", "--to", f"127.0.0.1:{server.web}")

    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert re.search(r"\(peer\.[a-z]+\)$", ended.stderr)


def test_ready(server: Any, openworklist: Any) -> None:
    ended = openworklist("ready", "--to", f"127.0.0.1:{server.web}")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ready\n", "")


def test_echo(server: Any, openworklist: Any) -> None:
    ended = openworklist("echo", f"127.0.0.1:{server.dicom}", "--called", "ANY", "--calling", "CT01")

    assert re.fullmatch(rf"ANY at 127\.0\.0\.1:{server.dicom} answered in [0-9.]+ ms\n", ended.stdout)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_find_shows_a_table(server: Any, send: Any, openworklist: Any) -> None:
    send(make_order("F1", patient="山田^太郎"))

    ended = openworklist("find", f"127.0.0.1:{server.dicom}", "--patient-id", "PF1")

    assert ended.returncode == 0
    assert ended.stdout.splitlines() == [
        "date      time    patient ID  name       modality  station  accession  procedure",
        "20260316  101500  PF1         山田^太郎  CT        CT01     AF1        CT head",
    ]


@pytest.fixture(scope="module")
def two_orders(server: Any) -> None:
    for number in ("F21", "F22"):
        send_message("127.0.0.1", server.hl7, make_order(number, patient=f"F2^{number}").encode())


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        (["--name", "f2*"], 2),
        (["--name", "F2*", "--accession", "AF21"], 1),
        (["--patient-id", "PF2*", "--date", "20260316-", "--time", "1000-1100"], 2),
        (["--patient-id", "PF2*", "--modality", "CT", "--station", "CT01", "-k", "PatientSex=F"], 2),
        (["--patient-id", "PF2*", "--limit", "1"], 1),
        (["--patient-id", "PF2*", "-k", "requested_procedure_id=RPF22"], 1),
        (["--patient-id", "PF2*", "-k", "PatientBirthDate=19700102"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
@pytest.mark.usefixtures("two_orders")
def test_find_asks_for_keys(server: Any, openworklist: Any, keys: list[str], count: int) -> None:
    ended = openworklist("find", f"127.0.0.1:{server.dicom}", "--json", *keys)

    found = json.loads(ended.stdout)
    assert (ended.returncode, len(found)) == (0, count)
    assert all(each["patient_name"].startswith("F2^") for each in found)


def test_a_question_that_cannot_be_asked_is_one_line(server: Any, openworklist: Any) -> None:
    ended = openworklist("find", f"127.0.0.1:{server.dicom}", "-k", "ScheduledProcedureStepID=A\\B")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.endswith("(identifier.key-invalid)\n")


def test_records_are_listed_and_shown(server: Any, send: Any, openworklist: Any) -> None:
    send(make_order("R1", patient="山田^太郎"))

    listed = openworklist("records", "list", "--data", server.data, "--accession", "AR1")
    table = listed.stdout.splitlines()
    number = table[1].split()[0]
    shown = openworklist("records", "show", number, "--data", server.data, "--json")
    missing = openworklist("records", "show", "999999", "--data", server.data)

    assert table[1].split()[1:] == [
        "SCHEDULED",
        "20260316",
        "101500",
        "PR1",
        "山田^太郎",
        "CT",
        "CT01",
        "AR1",
    ]
    assert json.loads(shown.stdout)["values"]["patient_id"] == "PR1"
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.endswith("(record.not-found)\n")


def test_a_folder_without_a_database_is_told(openworklist: Any, tmp_path: Path) -> None:
    ended = openworklist("records", "list", "--data", tmp_path / "nothing")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1


def test_a_hospital_and_a_scanner_are_played(server: Any, openworklist: Any) -> None:
    his = openworklist(
        "simulate", "his", "--to", f"127.0.0.1:{server.hl7}", "--count", 30, "--rate", 1000, "--seed", 7
    )
    day = f"{date.today():%Y%m%d}"
    today = openworklist("find", f"127.0.0.1:{server.dicom}", "--date", day, "--json")
    scanner = openworklist(
        "simulate", "scanner", "--to", f"127.0.0.1:{server.dicom}", "--count", 2, "--every", 0
    )

    assert re.fullmatch(r"30 orders sent, 30 accepted, in [0-9.]+ s\n", his.stdout)
    assert (his.returncode, his.stderr) == (0, "")
    counts = [line.split()[0] for line in scanner.stdout.splitlines()]
    assert (scanner.returncode, len(counts)) == (0, 2)
    if day == f"{date.today():%Y%m%d}":  # no midnight has passed
        assert counts == [str(len(json.loads(today.stdout)))] * 2
