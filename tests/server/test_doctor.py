"""The doctor as people call it, beside a real server and real strangers."""

import json
from pathlib import Path
from typing import Any

from openworklist.hl7.framing import wrap

ORDER = b"MSH|^~\\&|RIS|H|OW|RAD|20260314||ORM^O01|M1|P|2.5\rPID|1||P1||DOE^JANE\rORC|NW|1\rOBR|1\r"


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
