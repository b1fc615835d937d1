"""The journal beside a whole server that goes on taking orders."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.scanner import ask, make_question


def test_messages_are_processed_again_while_the_server_runs(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--default-charset", "8859/1", "--log-questions")
    raw = make_order("1", "Пётр", codec="iso8859_5")  # it names no character set: read as Latin 1
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, raw)
    question = make_question(PatientID="1", PatientName="", charset="ISO_IR 192")
    assert ask(server.dicom, question)[0].PatientName != "Пётр"
    chosen = ("messages", "reprocess", "1", "--data", server.data, "--default-charset", "8859/5")

    shown = openworklist(*chosen)
    assert "→ Пётр" in shown.stdout
    assert ask(server.dicom, question)[0].PatientName != "Пётр"
    done = openworklist(*chosen, "--yes", "--json")

    assert (done.returncode, json.loads(done.stdout)["changed"]) == (0, 1)
    assert ask(server.dicom, question)[0].PatientName == "Пётр"
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, make_order("2"))
    assert server.stop() == 0
    log = server.log.read_text()
    assert log.count("event=question ") == 3
    assert "Пётр" not in log


def test_a_server_deletes_what_is_too_old_when_it_starts(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    for number in ("1", "2"):
        assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, make_order(number))
    assert server.stop() == 0
    with closing(sqlite3.connect(tmp_path / "data/openworklist.sqlite3")) as driver:
        driver.execute("UPDATE messages SET received_at = received_at - 40 * 86400000000 WHERE id = 1")
        driver.commit()

    server = start_server(tmp_path / "data", "--journal-days", "30")
    # Deleting was begun by then; a server that stops ends what it has begun.
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, make_order("3"))
    assert server.stop() == 0

    with closing(sqlite3.connect(tmp_path / "data/openworklist.sqlite3")) as driver:
        assert driver.execute("SELECT id FROM messages ORDER BY id").fetchall() == [(2,), (3,)]
