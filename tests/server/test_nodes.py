"""Other worklists, real ones: asked, imported twice without doubles, and asked by a server's schedule."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.dicom import Node
from openworklist.clients.mllp import send_message
from players.hospital import make_order

TOOLS = ("wlmscpfs", "dump2dcm")
ORTHANC = Path("/usr/share/orthanc/plugins/libModalityWorklists.so")
PATIENTS = {
    "L1": ("ISO_IR 100", "latin_1", "Müller^Jürgen"),
    "U1": ("ISO_IR 192", "utf_8", "Wang^XiaoDong=王^小東"),
}
CHINESE = "Wang^XiaoDong=王^小东"
# PS3.5 H.3.1, as bytes: dump2dcm takes them as they are.
JAPANESE = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
DUMP = """(0008,0005) CS [{charset}]
(0008,0050) SH [A{number}]
(0008,0090) PN [Referring^Rita]
(0010,0010) PN [{name}]
(0010,0020) LO [{number}]
(0010,0030) DA [19700101]
(0010,0040) CS [F]
(0020,000d) UI [1.2.3.{uid}]
(0032,1032) PN [Referring^Rita]
(0032,1060) LO [CT Head]
(0032,1064) SQ
(fffe,e000) -
(0008,0100) SH [CTH]
(0008,0102) SH [99LOCAL]
(0008,0104) LO [CT Head]
(fffe,e00d) -
(fffe,e0dd) -
(0040,0100) SQ
(fffe,e000) -
(0008,0060) CS [CT]
(0040,0001) AE [CT01]
(0040,0002) DA [{day}]
(0040,0003) TM [101500]
(0040,0006) PN [Performing^Paul]
(0040,0007) LO [CT Head]
(0040,0009) SH [S{number}]
(0040,0010) SH [CT01]
(0040,0011) SH [ROOM 1]
(fffe,e00d) -
(fffe,e0dd) -
(0040,1001) SH [RP{number}]
(0040,1003) SH [ROUTINE]
"""


def write(folder: Path, number: str, charset: str, name: bytes, day: str) -> Path:
    """A worklist file, by DCMTK's own tool."""
    uid = sum(number.encode())
    text = DUMP.format(charset=charset, number=number, name="\x00", uid=uid, day=day)
    dump = folder.parent / f"{number}.dump"
    dump.write_bytes(text.encode("ascii").replace(b"\x00", name))
    file = folder / f"{number}.wl"
    subprocess.run(["dump2dcm", "-q", dump, file], check=True, timeout=60)
    return file


def fill(folder: Path, day: str = "20260314") -> None:
    for number, (charset, codec, name) in PATIENTS.items():
        write(folder, number, charset, name.encode(codec), day)
    write(folder, "J1", "\\ISO 2022 IR 87", JAPANESE, day)


def find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("it does not listen")


@pytest.fixture
def run() -> Iterator[Callable[..., int]]:
    """Starts a worklist that is not ours; its port."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: object, port: int) -> int:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen([str(each) for each in command], stdout=quiet, stderr=quiet)
        started.append(process)
        wait_for(port, process)
        return port

    yield start
    for process in started:
        process.terminate()
        process.wait(60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not all(map(shutil.which, TOOLS)):
        pytest.skip("DCMTK not found: apt-get install dcmtk")
    folder = tmp_path / "worklists" / "NODE"
    folder.mkdir(parents=True)
    (folder / "lockfile").touch()
    return folder


def serve_files(run: Callable[..., int], folder: Path, charset: str = "-csk") -> int:
    """DCMTK's worklist; it keeps the character sets of its files, or with -cs0 it names none."""
    port = find_port()
    return run("wlmscpfs", charset, "-dfp", folder.parent, port, port=port)


def import_all(openworklist: Any, data: Path, peer: str, *more: object) -> dict[str, Any]:
    ended = openworklist("import-worklist", peer, "--data", data, "--json", *more)
    assert (ended.returncode, ended.stderr) == (0, "")
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def names(openworklist: Any, data: Path) -> dict[str, str]:
    records = json.loads(openworklist("records", "list", "--json", "--data", data).stdout)
    found = [record.get("values", record) for record in records]
    return {each["patient_id"]: each["patient_name"] for each in found}


NAMES = {number: name for number, (_, _, name) in PATIENTS.items()} | {
    "J1": "Yamada^Tarou=山田^太郎=やまだ^たろう"
}


def test_files_of_dcmtk_in_three_character_sets_twice(
    run: Callable[..., int], openworklist: Any, folder: Path, tmp_path: Path
) -> None:
    fill(folder)
    peer = f"127.0.0.1:{serve_files(run, folder)}"
    data = tmp_path / "data"
    called = ("--called", "NODE")
    first = import_all(openworklist, data, peer, *called)
    assert first["counts"] == {"create": 3}
    assert [each["warnings"] for each in first["entries"]] == [[]] * 3
    assert names(openworklist, data) == NAMES
    assert import_all(openworklist, data, peer, *called)["counts"] == {"unchanged": 3}
    # Known under another name it is the same exams.
    host = peer.replace("127.0.0.1", "localhost")
    assert import_all(openworklist, data, host, *called)["counts"] == {"ignored": 3}
    assert len(names(openworklist, data)) == 3
    for keys, count in ((("--name", "Müller*"), 1), (("--station", "CT02"), 0), (("--date", "20260314"), 3)):
        found = openworklist("find", peer, *called, "--json", *keys)
        assert len(json.loads(found.stdout)) == count


def test_a_worklist_that_does_not_name_its_set_is_read_by_the_one_that_is_set(
    run: Callable[..., int], openworklist: Any, folder: Path, tmp_path: Path
) -> None:
    write(folder, "G1", "GB18030", CHINESE.encode("gb18030"), "20260314")
    peer, data = f"127.0.0.1:{serve_files(run, folder, '-cs0')}", tmp_path / "data"
    where = ("--address", peer, "--ae-title", "NODE", "--data", data)
    openworklist("nodes", "set", "files", *where)
    (entry,) = import_all(openworklist, data, "files")["entries"]
    assert entry["warnings"] == ["Patient name: (0008,0005) does not name the set of its letters."]
    openworklist("nodes", "set", "files", *where, "--assumed-charset", "GB18030")
    assert import_all(openworklist, data, "files")["counts"] == {"update": 1}
    assert names(openworklist, data) == {"G1": CHINESE}


def test_orthanc_is_asked_as_any_other(
    run: Callable[..., int], openworklist: Any, folder: Path, tmp_path: Path
) -> None:
    if not shutil.which("Orthanc") or not ORTHANC.exists():
        pytest.skip("Orthanc not found: apt-get install orthanc")
    fill(folder)
    port = find_port()
    file = tmp_path / "orthanc.json"
    settings = {
        "Name": "Test",
        "StorageDirectory": str(tmp_path / "storage"),
        "IndexDirectory": str(tmp_path / "storage"),
        "DicomAet": "ORTHANC",
        "DefaultEncoding": "Utf8",
        "DicomPort": port,
        "DicomAlwaysAllowFindWorklist": True,
        "HttpServerEnabled": False,
        "Plugins": [str(ORTHANC)],
        "Worklists": {"Enable": True, "Database": str(folder)},
    }
    file.write_text(json.dumps(settings))
    run("Orthanc", file, port=port)
    data = tmp_path / "data"
    peer, called = f"127.0.0.1:{port}", ("--called", "ORTHANC")
    assert import_all(openworklist, data, peer, *called)["counts"] == {"create": 3}
    assert names(openworklist, data) == NAMES
    assert import_all(openworklist, data, peer, *called)["counts"] == {"unchanged": 3}


def test_our_own_server_shows_all_where_no_station_is_asked_for(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "one")
    send_message("127.0.0.1", server.hl7, make_order("1", "Müller^Jürgen", charset="UNICODE UTF-8"))
    data = tmp_path / "two"
    openworklist("nodes", "set", "one", "--address", f"127.0.0.1:{server.dicom}", "--data", data)
    assert openworklist("nodes", "echo", "one", "--data", data).returncode == 0
    found = json.loads(openworklist("find", "one", "--json", "--data", data).stdout)
    assert [each["patient_name"] for each in found] == ["Müller^Jürgen"]
    dry = import_all(openworklist, data, "one", "--dry-run")
    assert (dry["counts"], dry["is_dry_run"]) == ({"create": 1}, True)
    assert import_all(openworklist, data, "one")["counts"] == {"create": 1}
    # An order that comes by the other way too is the same record.
    other = start_server(data)
    send_message("127.0.0.1", other.hl7, make_order("1", "Müller^Jürgen", charset="UNICODE UTF-8"))
    assert import_all(openworklist, data, "one")["counts"] == {"unchanged": 1}
    assert names(openworklist, data) == {"1": "Müller^Jürgen"}
    shown = openworklist("messages", "show", 1, "--data", data).stdout
    assert "by worklist from" in shown
    assert "Müller^Jürgen" in shown


def test_who_has_thousands_of_files_open_can_ask_too(server: Any) -> None:
    files = [os.dup(0)]
    try:
        while files[-1] < 1_100:  # select knows 1,024
            files.append(os.dup(0))
        assert Node("127.0.0.1", server.dicom).echo() > 0
        assert Node("127.0.0.1", server.dicom).find({"patient_id": "NOBODY"}) == []
    finally:
        for each in files:
            os.close(each)


def test_a_server_asks_by_its_schedule(
    run: Callable[..., int], start_server: Any, openworklist: Any, folder: Path, tmp_path: Path
) -> None:
    day = time.strftime("%Y%m%d", time.gmtime())
    fill(folder, day)
    data = tmp_path / "data"
    server = start_server(data, "--time-zone", "UTC")
    port = serve_files(run, folder)
    where = ("--address", f"127.0.0.1:{port}", "--ae-title", "NODE", "--days-before", 1)
    ended = openworklist("nodes", "set", "files", *where, "--interval", 10, "--data", data)
    assert (ended.returncode, ended.stderr) == (0, "")
    is_over = threading.Event()
    timer = threading.Timer(60, is_over.set)
    timer.start()
    state: dict[str, Any] = {}
    while not state.get("result"):
        assert not is_over.is_set()
        state = json.loads(openworklist("nodes", "list", "--json", "--data", data).stdout)["files"]
    timer.cancel()
    assert state["result"] == {"answers": 3, "create": 3, "ended": 0, "missing": 0}
    assert names(openworklist, data) == NAMES
    assert server.stop() == 0
    log = server.log.read_text()
    assert 'event="a node was asked" node=files' in log
    assert "Müller" not in log


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("find", "nobody"), "node.not-found"),
        (("nodes", "echo", "nobody"), "node.not-found"),
        (("nodes", "delete", "nobody"), "node.not-found"),
        (("nodes", "set", "a:b", "--address", "localhost:104"), "node.invalid"),
        (("nodes", "set", "a", "--address", "localhost:104", "--interval", "1"), "node.invalid"),
        (("nodes", "set", "a", "--address", "localhost:104", "--charset", "EBCDIC"), "node.invalid"),
        (("find", "127.0.0.1:1", "--timeout", "5"), "peer.unreachable"),
    ],
)
def test_what_cannot_be_done_is_said(
    openworklist: Any, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    openworklist("nodes", "set", "one", "--address", "127.0.0.1:104", "--data", tmp_path)
    ended = openworklist(*arguments, "--data", tmp_path)
    assert ended.returncode != 0
    assert f"({code})" in ended.stderr
