"""A record goes to another server as a file, and is the same there."""

from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.scanner import ask, make_question


@pytest.mark.parametrize("kind", ["ORM", "OMI"])
def test_an_exported_record_is_the_same_on_another_server(
    start_server: Any, openworklist: Any, tmp_path: Path, kind: str
) -> None:
    server = start_server(tmp_path / "one")
    for number, name in (("1", "Müller^Jörg"), ("2", "Пётр^Иван"), ("3", "山田^太郎")):
        raw = make_order(number, name, charset="UNICODE UTF-8", comment="first\\.br\\second")
        assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, raw)
    wanted = [ask(server.dicom, make_question(PatientID=number, charset="ISO_IR 192")) for number in "123"]
    given = openworklist(
        "export", 1, 2, 3, "--type", kind, "-o", tmp_path / "orders.hl7", "--data", server.data
    )
    assert (given.returncode, given.stderr) == (0, "")
    assert server.stop() == 0

    other = start_server(tmp_path / "two")
    assert openworklist("import", tmp_path / "orders.hl7", "--data", other.data).returncode == 0
    found = [ask(other.dicom, make_question(PatientID=number, charset="ISO_IR 192")) for number in "123"]
    assert found == wanted
    assert other.stop() == 0


def test_a_cancelled_exam_is_not_ordered_elsewhere(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "one")
    send_message("127.0.0.1", server.hl7, make_order("1"))
    send_message("127.0.0.1", server.hl7, make_order("1", control="CA", time="20260314090000"))
    assert server.stop() == 0
    given = openworklist("export", 1, "--data", server.data)
    assert "ORC|CA|A1" in given.stdout.replace("\n", "\r")
