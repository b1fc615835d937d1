"""The doctor as people call it, beside a real server and real strangers."""

import json
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.mllp import send_message
from openworklist.hl7.framing import wrap
from openworklist.store.database import open_database

ORDER = b"MSH|^~\\&|RIS|H|OW|RAD|20260314||ORM^O01|M1|P|2.5\rPID|1||P1||DOE^JANE\rORC|NW|1\rOBR|1\r"
NO_PORTS = ("--hl7-port", 0, "--dicom-port", 0, "--web-port", 0)


def test_a_captured_stream_is_explained(openworklist: Any, tmp_path: Path) -> None:
    capture = tmp_path / "capture.bin"
    capture.write_bytes(wrap(ORDER) + b"\x0b" + ORDER + b"\x1c\n")

    ended = openworklist("doctor", "framing", capture)

    lines = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (1, "")
    assert lines[0] == f"✗ problem: {2 * len(ORDER) + 6} bytes: message (1), half message (1)."
    assert "  the HL7 port takes it as a message and answers it" in lines
    assert any("<FS>" in line for line in lines)
    assert "    → set the sender's end of a message to 0x1C 0x0D" in lines


def test_signs_are_ascii_where_the_terminal_has_no_others(openworklist: Any) -> None:
    ended = openworklist("doctor", "framing", "-", input="MSH|", environment={"PYTHONIOENCODING": "ascii"})

    assert ended.returncode == 1
    assert ended.stdout.startswith("x problem: 4 bytes")
    assert "    -> set the sender to MLLP" in ended.stdout


def test_scripts_get_every_stretch_as_json(openworklist: Any, tmp_path: Path) -> None:
    capture = tmp_path / "capture.bin"
    capture.write_bytes(wrap(ORDER) * 60 + b"\n")

    ended = openworklist("doctor", "framing", "--json", capture)

    found = json.loads(ended.stdout)
    assert (ended.returncode, found["level"], len(found["stretches"])) == (0, "ok", 61)
    assert found["stretches"][-1]["kind"] == "noise"
    assert found["stretches"][-1]["end"] == 60 * (len(ORDER) + 3) + 1


def test_a_file_that_is_not_there_is_one_line(openworklist: Any, tmp_path: Path) -> None:
    ended = openworklist("doctor", "framing", tmp_path / "none")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1


def examine(openworklist: Any, *flags: object) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the findings by name."""
    ended = openworklist("doctor", "--json", *flags)
    assert ended.stderr == ""
    return ended.returncode, {each["name"]: each for each in json.loads(ended.stdout)["findings"]}


def flags_of(server: Any, **changes: object) -> list[object]:
    chosen = {"hl7": server.hl7, "dicom": server.dicom, "web": server.web} | changes
    ports = [text for name, port in chosen.items() for text in (f"--{name}-port", port)]
    return ["--data", server.data, "--host", "127.0.0.1", *ports]


def test_a_server_that_runs_is_found_well(server: Any, openworklist: Any) -> None:
    send_message("127.0.0.1", server.hl7, ORDER)

    code, found = examine(openworklist, *flags_of(server))

    assert code == 0
    for name in ("HL7 port", "DICOM port", "web port"):
        assert "answers; only this machine can reach it" in found[name]["sentence"]
    assert re.fullmatch(r"It opens\. Records: [1-9]\d*, messages: [1-9]\d*\.", found["database"]["sentence"])
    assert found["database file"]["sentence"] == "It was read whole and is sound."
    assert {"disk", "durable writes", "rights", "clock", "network", "program"} <= set(found)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux has /proc")
def test_the_holder_of_a_port_is_named(server: Any, openworklist: Any) -> None:
    _, found = examine(openworklist, *flags_of(server))

    assert f"(process {server.process.pid}) on 127.0.0.1" in found["HL7 port"]["sentence"]


def test_looking_leaves_no_trace(server: Any, openworklist: Any) -> None:
    before = json.loads(openworklist("doctor", "--json", *flags_of(server)).stdout)
    after = json.loads(openworklist("doctor", "--json", *flags_of(server)).stdout)

    def count(report: Any) -> str:
        (database,) = [each for each in report["findings"] if each["name"] == "database"]
        return str(database["sentence"])

    assert count(before) == count(after)
    assert {path.name for path in server.data.iterdir()} == {
        "openworklist.lock",
        *(f"openworklist.sqlite3{end}" for end in ("", "-shm", "-wal")),
    }


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux has /proc")
def test_a_stranger_on_a_port_is_named(openworklist: Any, tmp_path: Path) -> None:
    script = (
        "import socket, sys\n"
        "taken = socket.create_server(('127.0.0.1', 0))\n"
        "print(taken.getsockname()[1], flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        code, found = examine(
            openworklist, "--data", tmp_path, "--hl7-port", port, "--dicom-port", 0, "--web-port", 0
        )
    finally:
        process.communicate()

    assert code == 1
    assert found["HL7 port"]["level"] == "problem"
    assert found["HL7 port"]["sentence"].endswith(f"(process {process.pid}).")
    assert found["HL7 port"]["hint"] == "stop that program, or choose another port with --hl7-port"
    assert {"name": "listens on", "value": "127.0.0.1"} in found["HL7 port"]["details"]
    assert found["DICOM port"]["sentence"] == "It is switched off (0)."


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux has /proc")
def test_another_server_on_a_port_is_told_from_ours(server: Any, openworklist: Any, tmp_path: Path) -> None:
    code, found = examine(openworklist, *flags_of(server), "--data", tmp_path / "other")

    assert code == 1
    assert found["HL7 port"]["sentence"].startswith(f"Port {server.hl7} is held by another OpenWorklist, ")


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux has /proc")
def test_a_server_with_other_ports_than_the_settings_is_told(server: Any, openworklist: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    code, found = examine(openworklist, *flags_of(server, hl7=port))

    assert code == 0
    assert found["HL7 port"]["level"] == "warning"
    assert f"runs (process {server.process.pid}), but does not hold port" in found["HL7 port"]["sentence"]


def test_an_address_of_another_machine_is_told(openworklist: Any, tmp_path: Path) -> None:
    code, found = examine(openworklist, "--data", tmp_path, "--host", "192.0.2.77")

    assert code == 1
    assert found["HL7 port"]["sentence"] == "This machine has no address 192.0.2.77."


def test_a_server_that_lets_this_machine_not_in_is_told(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--hl7-allowed", "192.0.2.0/24")

    code, found = examine(openworklist, *flags_of(server), "--hl7-allowed", "192.0.2.0/24")

    assert server.stop() == 0
    if Path("/proc/net/tcp").exists():
        assert code == 0
        assert found["HL7 port"]["sentence"].endswith("turns this machine away.")


def test_a_damaged_database_is_told(start_server: Any, openworklist: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    for number in range(50):
        order = ORDER.replace(b"|M1|", b"|M%d|" % number).replace(b"|P1|", b"|P%d|" % number)
        send_message("127.0.0.1", server.hl7, order)
    assert server.stop() == 0
    file = tmp_path / "data" / "openworklist.sqlite3"
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))

    code, found = examine(openworklist, *flags_of(server))

    assert code == 1
    assert "problem" in (found["database"]["level"], found.get("database file", {}).get("level"))


def test_a_postgresql_that_answers_is_described(
    make_postgresql: Any, openworklist: Any, tmp_path: Path
) -> None:
    url = make_postgresql()
    flags = ["--data", tmp_path / "data", "--database", url, *NO_PORTS]

    _, empty = examine(openworklist, *flags)
    open_database(url, tmp_path / "data").close()
    code, found = examine(openworklist, *flags)

    assert empty["database"]["level"] == "warning"
    assert (code, found["database"]["level"]) == (0, "ok")
    assert found["PostgreSQL"]["sentence"].startswith("PostgreSQL ")
    assert {"name": "synchronous_commit", "value": "on"} in found["PostgreSQL"]["details"]


def test_a_database_that_cannot_be_opened_is_a_finding(openworklist: Any, tmp_path: Path) -> None:
    code, found = examine(
        openworklist, "--data", tmp_path, "--database", "postgresql://nobody@127.0.0.1:1/none", *NO_PORTS
    )

    assert (code, found["database"]["level"]) == (1, "problem")
    assert "clock" in found  # the rest was looked at


def test_a_sender_whose_clock_is_hours_off_is_told(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    ahead = f"{datetime.now(UTC) + timedelta(hours=2):%Y%m%d%H%M%S}+0000".encode()
    send_message("127.0.0.1", server.hl7, ORDER.replace(b"20260314", ahead))
    _, found = examine(openworklist, *flags_of(server))
    late = ORDER.replace(b"20260314", b"20200101080000").replace(b"RIS|H", b"OTHER|")
    send_message("127.0.0.1", server.hl7, late)
    now = f"{datetime.now(UTC):%Y%m%d%H%M%S}+0000".encode()
    send_message("127.0.0.1", server.hl7, ORDER.replace(b"20260314", now).replace(b"M1", b"M2"))
    _, mended = examine(openworklist, *flags_of(server))
    assert server.stop() == 0

    clocks = found["senders' clocks"]
    assert clocks["level"] == "warning"
    assert re.fullmatch(
        r"Messages of RIS H are dated (2 hours|1\d\d minutes) after they come\.", clocks["sentence"]
    )
    assert clocks["hint"].startswith("whole hours are a wrong time zone")
    # What waited at its sender is late; the one that came at once tells the clock.
    assert mended["senders' clocks"]["sentence"].startswith("Messages of OTHER are dated ")


def test_a_made_up_order_goes_through_the_server(server: Any, openworklist: Any) -> None:
    ended = openworklist("doctor", "--loopback", *flags_of(server))

    steps = [line for line in ended.stdout.splitlines() if "loop-back order" in line]
    assert ended.returncode == 0
    assert [step.partition("order: ")[2].split(" after ")[0] for step in steps] == [
        "It was sent, and acknowledged",
        "It is found by a scanner's question",
        "It was cancelled, and acknowledged",
        "It is gone from the scanners' answers",
    ]
    patient = re.search(r"A cancelled record of patient (DOCTOR\w+) stays", steps[-1])
    assert patient
    listed = openworklist("records", "list", "--data", server.data, "--patient-id", patient[1], "--json")
    (record,) = json.loads(listed.stdout)
    assert record["status"] == "CANCELED"
    assert record["values"]["patient_name"] == "OPENWORKLIST^DOCTOR^NO PATIENT"


def test_a_loop_without_a_server_is_a_problem(openworklist: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code, found = examine(
        openworklist, "--loopback", "--data", tmp_path, "--hl7-port", port, "--host", "127.0.0.1"
    )

    assert code == 1
    assert found["loop-back order"]["sentence"].startswith("It was not sent: ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_a_live_sender_is_explained_until_ctrl_c() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "openworklist", "doctor", "listen", "0", "--host", "127.0.0.1"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(ORDER)
        shown = []
        for line in process.stdout:
            shown.append(line)
            if "closed the connection" in line:
                break
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    assert process.returncode == 130
    assert any("A message without 0x0B before it" in line for line in shown)


def test_nobody_came_is_exit_code_1(openworklist: Any) -> None:
    ended = openworklist("doctor", "listen", 0, "--host", "127.0.0.1", "--seconds", 0.1)

    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith("listening on 127.0.0.1:")
