"""What the command does when something is wrong around it: never a traceback."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

COMMAND = [sys.executable, "-m", "openworklist"]
ORDER = Path(__file__).parents[3] / "examples/order.hl7"
FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def start(*arguments: str, stdout: int | IO[str] = subprocess.PIPE, **environment: str) -> Any:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={name: value for name, value in os.environ.items() if not name.startswith("OPENWORKLIST_")}
        | environment,
    )


def end(process: Any) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def test_an_error_of_ours_is_one_line_with_its_code(openworklist: Any) -> None:
    ended = openworklist("settings", environment={"OPENWORKLIST_HL7_PROT": "1"})

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "openworklist: There is no setting 'OPENWORKLIST_HL7_PROT'. [the environment]"
        " — did you mean hl7_port? (settings.unknown)\n"
    )


@needs_full
@pytest.mark.parametrize("command", ["attributes", "settings", "--help", "--version"])
def test_an_output_on_a_full_disk_is_told(command: str) -> None:
    with FULL.open("w") as full:
        status, _, errors = end(start(command, stdout=full))

    assert (status, errors) == (1, "openworklist: No space left on device (ENOSPC)\n")


@needs_full
def test_a_full_disk_under_stderr_too_leaves_the_exit_code() -> None:
    with FULL.open("w") as full:
        ended = subprocess.run([*COMMAND, "attributes"], stdout=full, stderr=full, timeout=60)

    assert ended.returncode == 1


def test_a_reader_that_goes_away_is_no_trouble() -> None:
    process = start("attributes")
    process.stdout.close()

    errors = process.stderr.read()
    process.stderr.close()

    assert (process.wait(60), errors) == (1, "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1252:strict", "utf-8"])
def test_letters_that_the_output_cannot_hold_are_shown_by_number(encoding: str) -> None:
    status, output, errors = end(
        start("settings", OPENWORKLIST_DATA="山田", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    )

    assert (status, errors) == (0, "")
    assert ("山田" if encoding == "utf-8" else "\\u5c71\\u7530") in output


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_stays_json(encoding: str) -> None:
    wanted = "ÅÖ 山田 \U00020000"

    _, output, _ = end(start("settings", "--json", OPENWORKLIST_DATA=wanted, PYTHONIOENCODING=encoding))

    assert json.loads(output)["data"]["value"] == wanted


def test_a_file_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    status, _, errors = end(start("send", f"{tmp_path}/\udcff.hl7", "--to", "127.0.0.1:1"))

    assert status == 1
    assert len(errors.splitlines()) == 1
    assert "\\udcff.hl7 cannot be read: No such file" in errors


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["send", str(ORDER), "--to"], 130),
        (["echo"], 130),
        (["find"], 130),
        (["ready", "--timeout", "60", "--to"], 130),
        (["simulate", "scanner", "--to"], 0),
        (["simulate", "his", "--to"], 0),
    ],
    ids=lambda command: command[0] if isinstance(command, list) else None,
)
def test_ctrl_c_ends_it_while_it_waits_for_an_answer(command: list[str], status: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        process = start(*command, f"127.0.0.1:{silent.getsockname()[1]}")
        connection, _ = silent.accept()
        with connection:
            connection.settimeout(60)
            assert connection.recv(1)  # it asks
            process.send_signal(signal.SIGINT)
            ended, _, errors = end(process)

    assert (ended, errors) == (status, "")
