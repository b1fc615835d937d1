"""The servers that store: ours, DCMTK's storescp, Orthanc, and pynetdicom as its documentation shows it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import MappingProxyType

from benchmarks.ours import OpenWorklist
from benchmarks.process import ServerProcess
from benchmarks.server import Ports, Running, Server

_NO_DELAY = MappingProxyType({"TCP_NODELAY": "1"})  # read by DCMTK, on which Orthanc is built too


class Ours(OpenWorklist):
    """Each instance is on disk and in the index before it is answered."""

    parts = (*OpenWorklist.parts, "worklist")

    def wait(self, process: ServerProcess, ports: Ports) -> float:
        """Until its pages are made, too: a thread does that after the start."""
        seconds = super().wait(process, ports)
        for _ in process.look(120):
            with suppress(OSError, HTTPException):
                connection = HTTPConnection("127.0.0.1", ports.web, timeout=60)
                connection.request("GET", "/readyz")
                if connection.getresponse().read():
                    break
        return seconds


class Storescp(Server):
    """DCMTK's storescp: a file per instance, no index, not synced; a process per association."""

    name = "storescp, no delay"
    environment = _NO_DELAY

    def find_missing(self) -> str:
        """Empty when the program is on the path."""
        return "" if shutil.which("storescp") else "apt-get install dcmtk"

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """Nothing is stored."""
        folder.mkdir()

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """Bit preserving, as ours is, and without the parsing that this saves."""
        return ["storescp", "--quiet", "--fork", "--bit-preserving", "-od", str(folder), str(ports.dicom)]


class SyncedStorescp(Storescp):
    """The same, with each file synced before it is closed, which DCMTK has no option for."""

    name = "storescp, no delay, synced"

    def find_missing(self) -> str:
        """A compiler is needed, too."""
        return super().find_missing() or ("" if shutil.which("cc") else "apt-get install gcc libc6-dev")

    def start(self, folder: Path, log: Path) -> Running:
        """Compile what syncs, and start it with that."""
        library = log.with_suffix(".so")
        source = Path(__file__).with_name("sync_at_close.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source], check=True)
        self.environment = MappingProxyType({**_NO_DELAY, "LD_PRELOAD": str(library)})
        return super().start(folder, log)


class Orthanc(Server):
    """Orthanc: files, which it syncs by default, and an index in SQLite, which it does not."""

    name = "Orthanc, no delay"
    environment = _NO_DELAY

    def find_missing(self) -> str:
        """Empty when the program is here."""
        return "" if shutil.which("Orthanc") else "apt-get install orthanc"

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """Nothing is stored."""
        folder.mkdir()

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """Its defaults."""
        settings = {
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "storage"),
            "DicomAet": self.called,
            "DicomPort": ports.dicom,
            "HttpPort": ports.web,
        }
        path = folder / "orthanc.json"
        path.write_text(json.dumps(settings))
        return ["Orthanc", str(path)]


class Pynetdicom(Server):
    """pynetdicom's example of a storage provider: the dataset whole in memory, then a file."""

    name = "pynetdicom"

    def find_missing(self) -> str:
        """Empty: it is here where the benchmarks are."""
        return ""

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """Nothing is stored."""
        folder.mkdir()

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """The program beside this one."""
        return [sys.executable, "-m", "benchmarks.storage.pynetdicom_server", str(folder), str(ports.dicom)]


def make_servers() -> list[Server]:
    """Ours first."""
    return [Ours(), Storescp(), SyncedStorescp(), Orthanc(), Pynetdicom()]
