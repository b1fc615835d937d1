"""`openworklist import`, beside a running server and without one."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from openworklist.clients.dicom import Node
from openworklist.clients.mllp import MllpClient

COMMAND = str(Path(sys.executable).with_name("openworklist"))


def make_order(number: str) -> bytes:
    return (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|C{number}|P|2.3.1\rPID|||{number}||Doe^Jane\r"
        f"ORC|NW|A{number}\rOBR||||RP^CT||||||||||||||CT|||CT01\r"
    ).encode()


NOBODY = make_order("").replace(b"|C|", b"|NOBODY|")


def run(data: Path, *arguments: "str | Path", stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [COMMAND, "import", "--data", str(data), *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=120)


def test_what_is_imported_is_on_the_worklist_at_once(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    for turn in range(5):
        orders = b"".join(make_order(f"F{turn}X{number}") for number in range(200))
        (tmp_path / f"{turn}.hl7").write_bytes(orders)
    answers = []

    def send() -> None:
        with MllpClient("127.0.0.1", server.hl7) as client:
            answers.extend(client.send(make_order(f"M{number}")) for number in range(300))

    sender = threading.Thread(target=send)
    sender.start()
    ended = run(server.data, *sorted(tmp_path.glob("*.hl7")))
    sender.join(60)
    assert (ended.returncode, ended.stdout) == (0, b"5 files, 1,000 messages: 1,000 applied\n")
    assert len(answers) == 300
    assert all(b"MSA|AA|" in answer for answer in answers)
    node = Node("127.0.0.1", server.dicom, "OPENWORKLIST", "CT01", 60)
    assert len(node.find({"scheduled_station_ae_title": "CT01"})) == 1300
    assert server.stop() == 0


def test_what_failed_is_told_by_file_number_place_and_reason(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/good.HL7").write_bytes(make_order("1"))
    (tmp_path / "in/mixed.txt").write_bytes(make_order("2") + NOBODY + make_order("3"))
    (tmp_path / "in/empty.hl7").touch()
    (tmp_path / "in/other.xml").write_bytes(b"<order/>")
    ended = run(tmp_path / "data", tmp_path / "in")
    lines = ended.stdout.decode().splitlines()
    assert ended.returncode == 1
    assert ended.stderr == b""
    assert lines[0] == f"{tmp_path}/in/empty.hl7: The file holds no message."
    which = f"message 2 at byte {len(make_order('2'))}, control ID NOBODY"
    assert lines[1].startswith(f"{tmp_path}/in/mixed.txt: {which}: refused (AE): ")
    assert "[PID-3]" in lines[1]
    assert lines[2:] == ["3 files, 4 messages: 3 applied, 1 refused"]


def test_json_tells_each_file_and_each_failure(tmp_path: Path) -> None:
    (tmp_path / "mixed.txt").write_bytes(make_order("2") + NOBODY)
    ended = run(tmp_path / "data", tmp_path / "mixed.txt", tmp_path / "gone.hl7", "--json")
    found = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert (found["messages"], found["applied"], found["refused"], found["failed"]) == (2, 1, 1, 0)
    mixed, gone = found["files"]
    assert mixed["file"] == str(tmp_path / "mixed.txt")
    (failure,) = mixed["failures"]
    assert (failure["number"], failure["code"], failure["place"]) == (2, "AE", "PID-3")
    assert (failure["error"], failure["control_id"]) == ("order.field-missing", "NOBODY")
    assert (gone["messages"], gone["problem"]) == (0, "The file cannot be read: No such file or directory.")


def test_folders_in_folders_are_taken_if_that_is_wished(tmp_path: Path) -> None:
    deep = tmp_path / "in/2026/03"
    deep.mkdir(parents=True)
    (deep / "order.hl7").write_bytes(make_order("1"))
    (deep / "loop").symlink_to(tmp_path / "in")
    os.mkfifo(deep / "pipe.hl7")
    assert run(tmp_path / "data", tmp_path / "in").stdout == b"0 files, 0 messages\n"
    ended = run(tmp_path / "data", "--recursive", tmp_path / "in")
    assert (ended.returncode, ended.stdout) == (0, b"1 file, 1 message: 1 applied\n")


def test_messages_come_from_stdin_too_and_the_same_again_change_nothing(tmp_path: Path) -> None:
    raw = b"".join(make_order(str(number)) for number in range(3))
    assert run(tmp_path / "data", "-", stdin=raw).stdout == b"1 file, 3 messages: 3 applied\n"
    ended = run(tmp_path / "data", "-", stdin=raw)
    assert (ended.returncode, ended.stdout) == (0, b"1 file, 3 messages: 3 repeated\n")


def test_a_data_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = run(tmp_path / "file", "-", stdin=make_order("1"))
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert b"--data" in ended.stderr
