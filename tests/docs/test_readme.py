"""The commands of the README do what it shows."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHANGING = re.compile(r"\|\d{14}\|\||\|OW[0-9A-F]+\|")  # the acknowledgement's time and number


def read_sessions() -> list[tuple[str, list[str]]]:
    """Each command of the README with the lines it shows."""
    sessions: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```\n(\$ .*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                sessions.append((line[2:], []))
            else:
                sessions[-1][1].append(line)
    return sessions


def test_the_commands_of_the_readme_show_what_it_says(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    ports = {"127.0.0.1:3001": f"127.0.0.1:{server.hl7}", "11112": str(server.dicom)}
    sessions = read_sessions()
    assert len(sessions) == 3
    for command, shown in sessions:
        for printed, actual in ports.items():
            command = command.replace(printed, actual)
        program, *arguments = shlex.split(command)
        found = (
            str(Path(sys.executable).with_name(program))
            if program == "openworklist"
            else shutil.which(program)
        )
        if found is None:
            pytest.skip(f"{program} not found: apt-get install dcmtk")
        ended = subprocess.run([found, *arguments], cwd=ROOT, capture_output=True, timeout=60)
        output = (ended.stdout + ended.stderr).decode("latin_1" if program == "findscu" else "utf-8")
        printed = [CHANGING.sub("|", line) for line in output.replace("\r", "\n").splitlines()]
        for line in shown:
            wanted = CHANGING.sub("|", line)
            assert wanted.rstrip() in [each.rstrip() for each in printed], output
    assert server.stop() == 0


def test_make_run_starts_a_server(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("make not found: apt-get install make")
    flags = f"--data {tmp_path / 'data'} --hl7-port 0 --dicom-port 0 --web-port 0"
    process = subprocess.Popen(
        ["make", "run", f"RUN={flags}"], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        ready = next((line for line in process.stdout if line.startswith("ready:")), "it ended")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)
    assert ready.startswith("ready: OpenWorklist")
    assert (tmp_path / "data" / "openworklist.sqlite3").exists()
