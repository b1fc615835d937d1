"""Backup and restore as people call them, beside a whole server that is at work."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from openworklist.clients.mllp import MllpClient
from openworklist.domain.errors import PeerError
from openworklist.store.database import open_database
from players.archive import SAMPLES, find_sample, list_files, list_stored, make_slice, send, send_files
from players.auditor import read_changes, read_journal, read_records
from players.hospital import make_order
from players.scanner import ask, make_question

COMMAND = Path(sys.executable).with_name("openworklist")
SENDERS = 4
MOST = 3_000  # orders of each sender
ENOUGH = 200
SMALL = 8_000_000


class Rush:
    """Senders that send until they are told to stop."""

    def __init__(self, port: int) -> None:
        self.acknowledged: list[str] = []
        self.is_enough = threading.Event()
        self._is_over = threading.Event()
        self._port = port
        self._threads = [threading.Thread(target=self._send, args=(each,)) for each in range(SENDERS)]

    def __enter__(self) -> Rush:
        for thread in self._threads:
            thread.start()
        assert self.is_enough.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self, sender: int) -> None:
        with suppress(PeerError), MllpClient("127.0.0.1", self._port) as client:
            for turn in range(MOST):
                number = f"{sender}X{turn}"
                assert b"MSA|AA|" in client.send(make_order(number, control_id=number))
                self.acknowledged.append(number)
                if len(self.acknowledged) >= ENOUGH:
                    self.is_enough.set()
                if self._is_over.is_set():
                    return


def audit(data: Path, url: str = "") -> tuple[set[str], set[str]]:
    """The patients that have a record, and the messages; each record with its first change."""
    database = open_database(url, data, read_only=True)
    try:
        records = read_records(database)
        assert {each.record_id for each in read_changes(database)} == {each.id for each in records}
        patients = {each.text("patient_id") for each in records}
        return patients, {each.control_id for each in read_journal(database)}
    finally:
        database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_all_that_was_acknowledged_before_is_in_it_and_nothing_is_half(
    start_server: Any, openworklist: Any, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    urls = [str(request.getfixturevalue("make_postgresql")()) for _ in range(2)] if kind != "sqlite" else []
    flags = ("--database", urls[0]) if urls else ()
    again = ("--database", urls[1]) if urls else ()
    server = start_server(tmp_path / "data", *flags)
    paths = [find_sample(name) for name in SAMPLES]
    assert all(each.Status == 0 for each in send_files(server.dicom, paths))
    with Rush(server.hl7) as rush:
        before = set(rush.acknowledged)
        ended = openworklist("backup", tmp_path / "backup.tar", "--data", server.data, "--json", *flags)
        assert ended.returncode == 0, ended.stderr
    made = json.loads(ended.stdout)
    assert (ended.stderr, made["images"], made["missing"]) == ("", len(SAMPLES), 0)
    assert made["manifest"]["records"] >= len(before) >= ENOUGH
    assert len(rush.acknowledged) > len(before)  # it went on meanwhile
    stored = list_stored(server.data) if not urls else {}
    files = {each.relative_to(server.data): each.read_bytes() for each in list_files(server.data)}
    assert server.stop() == 0

    checked = openworklist("restore", tmp_path / "backup.tar", "--check")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "is whole" in checked.stdout
    restored = openworklist("restore", tmp_path / "backup.tar", "--data", tmp_path / "new", *again)
    assert restored.returncode == 0, restored.stderr
    patients, messages = audit(tmp_path / "new", urls[1] if urls else "")
    assert before <= patients == messages <= set(rush.acknowledged)

    second = start_server(tmp_path / "new", *again)
    for number in sorted(before)[:3]:
        (found,) = ask(second.dicom, make_question(PatientID=number))
        assert found.AccessionNumber == f"A{number}"
    for path in (tmp_path / "new" / "studies").rglob("*.dcm"):
        assert files.pop(path.relative_to(tmp_path / "new")) == path.read_bytes()
    assert files == {}
    if stored:
        assert {uid: path.name for uid, path in list_stored(second.data).items()} == {
            uid: path.name for uid, path in stored.items()
        }
    # It goes on as a server does: what is known already is known, and new orders are taken.
    assert all(each.Status == 0 for each in send_files(second.dicom, paths[:2]))
    with MllpClient("127.0.0.1", second.hl7) as client:
        assert b"MSA|AA|" in client.send(make_order("LATER"))
    assert second.stop() == 0
    assert len(list_files(second.data)) == len(SAMPLES)


def test_dcmtk_finds_what_was_restored(start_server: Any, openworklist: Any, tmp_path: Path) -> None:
    if shutil.which("findscu") is None:
        pytest.skip("apt-get install dcmtk")
    server = start_server(tmp_path / "data")
    with MllpClient("127.0.0.1", server.hl7) as client:
        assert b"MSA|AA|" in client.send(make_order("P1", "Quetzalcoatl^Xochitl"))
    assert openworklist("backup", tmp_path, "--data", server.data).returncode == 0
    server.kill()
    (archive,) = tmp_path.glob("openworklist-*Z.tar")
    assert openworklist("restore", archive, "--data", tmp_path / "new").returncode == 0
    second = start_server(tmp_path / "new")
    keys = [each for key in ("PatientName", "PatientID=P1") for each in ("-k", key)]
    found = subprocess.run(
        ["findscu", "-W", "-aec", "OPENWORKLIST", "127.0.0.1", str(second.dicom), *keys],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "[Quetzalcoatl^Xochitl]" in found.stdout + found.stderr
    assert second.stop() == 0


def test_images_that_came_after_the_backup_are_sent_to_the_server_again(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    """The database comes from a backup without images, the folder of studies was spared."""
    if shutil.which("dcmsend") is None:
        pytest.skip("apt-get install dcmtk")
    server = start_server(tmp_path / "data")
    paths = [find_sample(name) for name in SAMPLES[:7]]
    send_files(server.dicom, paths[:4])
    archive = tmp_path / "backup.tar"
    assert openworklist("backup", archive, "--data", server.data, "--no-studies").returncode == 0
    send_files(server.dicom, paths[4:])
    before, files = list_stored(server.data), {each: each.read_bytes() for each in list_files(server.data)}
    server.kill()
    for left in server.data.glob("openworklist.sqlite3*"):
        left.unlink()  # the disk failed

    assert openworklist("restore", archive, "--data", server.data).returncode == 0
    again = start_server(server.data)
    assert len(list_stored(server.data)) == 4
    sent = subprocess.run(
        ["dcmsend", "-dn", "-aec", "OPENWORKLIST", "+sd", "+r", "127.0.0.1", str(again.dicom),
         str(server.data / "studies")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert sent.returncode == 0, sent.stdout + sent.stderr
    assert list_stored(server.data) == before
    assert again.stop() == 0
    for path in list_files(server.data):
        assert dcmread(path).get("PixelData") == dcmread(BytesIO(files[path])).get("PixelData")


def test_beside_a_running_server_nothing_is_restored(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    assert openworklist("backup", tmp_path / "backup.tar", "--data", server.data).returncode == 0
    ended = openworklist("restore", tmp_path / "backup.tar", "--data", server.data, "--force")
    assert ended.returncode == 1
    assert "(store.data-folder-in-use)" in ended.stderr
    with MllpClient("127.0.0.1", server.hl7) as client:
        assert b"MSA|AA|" in client.send(make_order("P1"))
    trail = openworklist("audit", "--action", "backup.", "--data", server.data, "--json")
    assert [each["action"] for each in json.loads(trail.stdout)] == ["backup.make"]
    assert "The last one was made 0 days ago." in openworklist("doctor", "--data", server.data).stdout
    assert server.stop() == 0


@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9")
def test_killed_in_the_middle_it_leaves_nothing_under_its_name(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    images = [make_slice(number, pixels=os.urandom(4_000_000)) for number in range(12)]
    assert all(each.Status == 0 for each in send(server.dicom, *images))
    place = tmp_path / "backups"
    place.mkdir()
    target = place / "backup.tar"
    process = subprocess.Popen([COMMAND, "backup", target, "--data", server.data])
    while process.poll() is None:
        drafts = list(place.glob(".openworklist-*/archive"))
        with suppress(FileNotFoundError):
            if drafts and drafts[0].stat().st_size > 4_000_000:
                process.send_signal(signal.SIGKILL)
                break
    assert process.wait(60) == -signal.SIGKILL
    assert not target.exists()
    left = list(place.iterdir())
    assert len(left) == 1  # under a name of its own, for this user alone
    assert left[0].stat().st_mode & 0o077 == 0

    ended = openworklist("backup", target, "--data", server.data)
    assert ended.returncode == 0, ended.stderr
    assert list(place.iterdir()) == [target]
    assert server.stop() == 0
    assert openworklist("restore", target, "--data", tmp_path / "new").returncode == 0
    stored = list_stored(tmp_path / "new")
    for image in images:
        assert dcmread(stored[image.SOPInstanceUID]).PixelData == image.PixelData


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small disk can be mounted by root on Linux only: run this test as root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"{mounted.stderr.strip()}: give the container CAP_SYS_ADMIN to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_told_and_nothing_half_is_left(
    small_disk: Path, start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    images = [make_slice(number, pixels=os.urandom(3_000_000)) for number in range(4)]
    assert all(each.Status == 0 for each in send(server.dicom, *images))
    ended = openworklist("backup", small_disk / "backup.tar", "--data", server.data)
    assert ended.returncode == 1
    assert "no room left for the backup" in ended.stderr
    assert "(store.full)" in ended.stderr
    assert list(small_disk.iterdir()) == []

    archive = tmp_path / "backup.tar"
    assert openworklist("backup", archive, "--data", server.data).returncode == 0
    ended = openworklist("restore", archive, "--data", small_disk / "data")
    assert ended.returncode == 1
    assert "(store.full)" in ended.stderr
    assert [each.name for each in (small_disk / "data").iterdir()] == ["openworklist.lock"]
    # So too where there is not even room for the database.
    (small_disk / "ballast").write_bytes(bytes(SMALL - 100_000))
    ended = openworklist("backup", small_disk / "backup.tar", "--data", server.data, "--no-studies")
    assert (ended.returncode, "(store.full)" in ended.stderr) == (1, True), ended.stderr
    assert sorted(each.name for each in small_disk.iterdir()) == ["ballast", "data"]
    assert server.stop() == 0
