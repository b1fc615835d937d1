"""Broken DICOM of every kind from many connections to a whole server: each ends, and scanners are served."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest

from openworklist.store.connection import Connection
from openworklist.store.database import open_database
from openworklist.store.records import insert_record
from players.line import Line
from players.saboteur import Saboteur
from players.scanner import ask, make_question
from players.scanner_questions import RECORDS, make_record

SEED = 20260314
PEERS = 4
ROUND = 100  # connections of a peer between which a scanner asks
MEGABYTE = 1_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    database = open_database("", tmp_path / "data")

    def insert(connection: Connection) -> None:
        for accession in RECORDS:
            insert_record(connection, make_record(accession), accession, 1)

    database.write(insert)
    database.close()
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("count", "first", "most"), [(1_200, 400, 60), pytest.param(40_000, 8_000, 40, marks=pytest.mark.long)]
)
def test_every_connection_ends_and_scanners_are_served(
    start_server: Any, folder: Path, count: int, first: int, most: int
) -> None:
    """And memory is flat: what grows after the `first` is at most so many megabytes, caches that fill up."""
    server = start_server(folder)
    faults: list[str] = []
    before = 0
    for begin in range(0, count, PEERS * ROUND):
        if begin == first:
            before = memory_of(server)
        send_all(server.dicom, range(begin, begin + PEERS * ROUND), faults)
        assert faults == []
        answers = ask(server.dicom, make_question(PatientID="P01", ScheduledStationAETitle="*"))
        assert [answer.AccessionNumber for answer in answers] == ["CT1", "XA1"]
    assert memory_of(server) - before < most * MEGABYTE
    assert server.stop() == 0
    log = server.log.read_text()
    assert re.findall(r".* level=(?:error|critical) .*", log) == []
    assert "Traceback" not in log


def send_all(port: int, numbers: range, faults: list[str]) -> None:
    threads = [
        threading.Thread(target=send_share, args=(port, numbers[peer::PEERS], faults))
        for peer in range(PEERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send_share(port: int, numbers: range, faults: list[str]) -> None:
    saboteur = Saboteur(SEED)
    for number in numbers:
        broken = saboteur.stream(number)
        try:
            send(port, broken.data, number)
        except (OSError, EOFError) as error:
            faults.append(f"stream {number} of seed {SEED} ({', '.join(broken.how)}): {error!r}")
            return


def send(port: int, data: bytes, number: int) -> None:
    """Send it in pieces and hang up; whatever the server says is read until it hangs up too."""
    draw = Random(number)
    at = 0
    with Line(port) as line:
        while at < len(data):
            end = at + draw.choice((1, 10, 1500, 65_536, 500_000))
            if not line.is_sent(data[at:end]):
                return
            at = end
        with suppress(OSError):  # the server may have hung up first
            line.end()
        line.read_rest()


def memory_of(server: Any) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)
