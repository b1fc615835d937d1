"""The disk runs full under a whole server: nothing is acknowledged in vain, and there is a way back."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from openworklist.clients.mllp import MllpClient
from openworklist.store.database import open_database
from players.archive import list_files, list_stored, make_slice, send
from players.auditor import read_journal, read_records
from players.hospital import make_order
from players.scanner import ask, make_question

SIZE = 12_000_000
BALLAST = 4_000_000
SENDERS = 4
REFUSALS = 5  # that each sender hears before it gives up
LENGTH = 4_000  # of the comment that makes an order large
_TRIES = 50
NAME = "Quetzalcoatl^Xochitl"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small disk can be mounted by root on Linux only: run this test as root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"{mounted.stderr.strip()}: give the container CAP_SYS_ADMIN to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_large(number: str) -> bytes:
    return make_order(number, NAME, comment="x" * LENGTH)


class Flood:
    """Senders that each send until they were refused a few times."""

    def __init__(self, port: int) -> None:
        self.acknowledged: list[str] = []
        self.refused: dict[str, bytes] = {}
        self._port = port
        threads = [threading.Thread(target=self._send, args=(sender,)) for sender in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    def _send(self, sender: int) -> None:
        refusals = 0
        with MllpClient("127.0.0.1", self._port) as client:
            for turn in range(10_000):
                number = f"{sender}X{turn}"
                answer = client.send(make_large(number))
                if b"MSA|AA|" in answer:
                    self.acknowledged.append(number)
                else:
                    self.refused[number] = answer
                    refusals += 1
                if refusals == REFUSALS:
                    return


def ready(port: int) -> tuple[int, dict[str, Any]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def stored(folder: Path) -> list[str]:
    """The patients that are there, as another process sees them."""
    database = open_database("", folder, read_only=True)
    try:
        return sorted(record.text("patient_id") for record in read_records(database))
    finally:
        database.close()


def test_on_a_full_disk_nothing_is_acknowledged_in_vain_and_all_goes_on_when_there_is_room(
    small_disk: Path, start_server: Any
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    server = start_server(small_disk)
    assert ready(server.web)[0] == 200
    assert ask(server.dicom, make_question(PatientID="1")) == []  # a scanner that is known by now
    flood = Flood(server.hl7)
    assert len(flood.acknowledged) > 100
    assert len(flood.refused) >= SENDERS
    assert all(b"MSA|AR|" in answer and b"207&" in answer for answer in flood.refused.values())
    assert all(b"no room left" in answer for answer in flood.refused.values())

    # While it is full: what was refused is not there, scanners are served, and everybody is told why.
    assert stored(small_disk) == sorted(flood.acknowledged)
    (found,) = ask(server.dicom, make_question(PatientID=flood.acknowledged[-1]))
    assert found.PatientName == NAME
    assert len(ask(server.dicom, make_question(Modality="CT"))) == len(flood.acknowledged)
    status, said = ready(server.web)
    assert status == 503
    assert "no room left" in said["problems"]["database"]

    ballast.unlink()
    with MllpClient("127.0.0.1", server.hl7) as client:
        assert all(b"MSA|AA|" in client.send(make_large(number)) for number in flood.refused)
        # Nor is anything taken twice that was there before.
        assert all(b"MSA|AA|" in client.send(make_large(number)) for number in flood.acknowledged[-50:])
    assert ready(server.web) == (200, {"status": "ready", "problems": {}})
    assert server.stop() == 0

    sent = sorted([*flood.acknowledged, *flood.refused])
    assert stored(small_disk) == sent
    database = open_database("", small_disk, read_only=True)
    journal = read_journal(database)
    database.close()
    assert len(journal) == len(sent)
    assert sum(entry.repeats for entry in journal) == min(50, len(flood.acknowledged))
    assert NAME.partition("^")[0] not in server.log.read_text()


def test_a_server_that_is_killed_on_a_full_disk_starts_again_with_all_it_acknowledged(
    small_disk: Path, start_server: Any
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    server = start_server(small_disk)
    flood = Flood(server.hl7)
    server.kill()
    again = start_server(small_disk)  # the disk is still full: scanners need no room
    assert len(ask(again.dicom, make_question(Modality="CT"))) == len(flood.acknowledged)
    assert stored(small_disk) == sorted(flood.acknowledged)
    ballast.unlink()
    with MllpClient("127.0.0.1", again.hl7) as client:
        assert all(b"MSA|AA|" in client.send(make_large(number)) for number in flood.refused)
    assert again.stop() == 0
    assert stored(small_disk) == sorted([*flood.acknowledged, *flood.refused])


def test_images_are_answered_a700_until_there_is_room_again(
    small_disk: Path, start_server: Any, openworklist: Any
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    server = start_server(small_disk)
    assert openworklist("options", "set", "storage_keep_free", "0", "--data", small_disk).returncode == 0
    images = [make_slice(number, pixels=os.urandom(600_000)) for number in range(20)]

    def send_all() -> list[int]:
        return [int(each.Status) for each in send(server.dicom, *images)]

    # The option counts within a second, and orders are taken as long as anything fits.
    for _ in range(_TRIES):
        statuses = send_all()
        if 0 in statuses:
            break
    assert set(statuses) == {0, 0xA700}
    answered = [image for image, status in zip(images, statuses, strict=True) if not status]
    ballast.unlink()
    assert send(server.dicom, make_slice())[0].Status == 0
    assert server.stop() == 0
    stored = list_stored(small_disk)
    for image in answered:
        assert dcmread(stored[image.SOPInstanceUID]).PixelData == image.PixelData
    assert set(list_files(small_disk)) == set(stored.values())
