"""The servers that are measured, a class each: what they store and how they are started."""

import importlib.util
import json
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from benchmarks.process import ServerProcess, find_free_port
from benchmarks.pynetdicom_server import fill_database
from benchmarks.seed import make_serve_command, seed
from benchmarks.worklists import make_worklist, write_worklist_file

_ORTHANC_PLUGIN = Path("/usr/share/orthanc/plugins/libModalityWorklists.so")

_NO_DELAY = MappingProxyType({"TCP_NODELAY": "1"})  # read by DCMTK, on which Orthanc is built too


@dataclass(slots=True)
class Running:
    """A started server: where it listens and how long it took to accept an association."""

    name: str
    process: ServerProcess
    dicom_port: int
    called: str
    startup_seconds: float
    hl7_port: int = 0
    data: Path = field(default_factory=Path)


class Server(ABC):
    """One kind of server. `prepare` fills a folder once; `start` serves it, any number of times."""

    name = ""
    prepared_as = ""  # variants of one server are given the same folder
    called = "OPENWORKLIST"
    largest = 10_000  # records stored
    idle_counts: tuple[int, ...] = (4, 20, 100, 500)
    takes_orders = False  # over HL7
    environment: Mapping[str, str] = MappingProxyType({})

    @property
    def file_name(self) -> str:
        """The name without blanks and commas."""
        return self.name.lower().replace(", ", "-").replace(" ", "-")

    @abstractmethod
    def find_missing(self) -> str:
        """Empty if the server can run here, else how to get it."""

    @abstractmethod
    def prepare(self, folder: Path, count: int, day: date) -> None:
        """Store the worklist of `count` records in an empty folder."""

    @abstractmethod
    def make_command(self, folder: Path, dicom_port: int, hl7_port: int) -> Sequence[str]:
        """The command that serves the folder."""

    def start(self, folder: Path, log: Path) -> Running:
        """Start it and wait until it accepts an association; raises ServerFailed."""
        dicom_port, hl7_port = find_free_port(), find_free_port()
        process = ServerProcess(self.make_command(folder, dicom_port, hl7_port), self.environment, log)
        seconds = process.wait_until_answering(dicom_port, self.called)
        return Running(self.name, process, dicom_port, self.called, seconds, hl7_port, folder)


class OpenWorklist(Server):
    """This project, as `openworklist serve` starts it, on the embedded database."""

    name = "OpenWorklist"
    prepared_as = "openworklist"
    largest = 1_000_000
    idle_counts = (100, 500, 5000)
    takes_orders = True

    def find_missing(self) -> str:
        """Empty when the package and its command can be found."""
        return "" if importlib.util.find_spec("openworklist.app") else "run `make setup`"

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """Store the records through the project's own way in."""
        seed(folder, make_worklist(count, day))

    def make_command(self, folder: Path, dicom_port: int, hl7_port: int) -> Sequence[str]:
        """The installed command beside this interpreter."""
        return make_serve_command(folder, dicom_port, hl7_port)


class Wlmscpfs(Server):
    """DCMTK's wlmscpfs: a folder of files, read again for every question, a process per association."""

    name = "wlmscpfs"
    prepared_as = "wlmscpfs"

    def find_missing(self) -> str:
        """Empty when the program is on the path."""
        return "" if shutil.which("wlmscpfs") else "apt-get install dcmtk"

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """A file per record under the AE title's folder, which must hold a lockfile."""
        area = folder / self.called
        area.mkdir(parents=True)
        (area / "lockfile").touch()
        for order in make_worklist(count, day):
            write_worklist_file(order, str(area / f"{order.number:06d}.wl"))

    def make_command(self, folder: Path, dicom_port: int, hl7_port: int) -> Sequence[str]:
        """Its defaults, quiet."""
        return ["wlmscpfs", "--quiet", "--data-files-path", str(folder), str(dicom_port)]


class WlmscpfsNoDelay(Wlmscpfs):
    """The same with Nagle's algorithm off, through DCMTK's environment variable."""

    name = "wlmscpfs, no delay"
    environment = _NO_DELAY


class Orthanc(Server):
    """Orthanc with its sample worklist plugin: a folder of files, read again for every question."""

    name = "Orthanc"
    prepared_as = "orthanc"

    def find_missing(self) -> str:
        """Empty when the program and the plugin are here."""
        return "" if shutil.which("Orthanc") and _ORTHANC_PLUGIN.exists() else "apt-get install orthanc"

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """A file per record in one folder."""
        area = folder / "worklists"
        area.mkdir(parents=True)
        for order in make_worklist(count, day):
            write_worklist_file(order, str(area / f"{order.number:06d}.wl"))

    def make_command(self, folder: Path, dicom_port: int, hl7_port: int) -> Sequence[str]:
        """Its defaults with the plugin on, any scanner let in and no REST server."""
        storage = folder / f"storage-{dicom_port}"
        settings = {
            "Name": "Benchmark",
            "StorageDirectory": str(storage),
            "IndexDirectory": str(storage),
            "DicomAet": self.called,
            "DicomPort": dicom_port,
            "DicomAlwaysAllowFindWorklist": True,
            "HttpServerEnabled": False,
            "Plugins": [str(_ORTHANC_PLUGIN)],
            "Worklists": {"Enable": True, "Database": str(folder / "worklists")},
        }
        file = folder / f"orthanc-{dicom_port}.json"
        file.write_text(json.dumps(settings))
        return ["Orthanc", str(file)]


class OrthancNoDelay(Orthanc):
    """The same with Nagle's algorithm off: it is built on DCMTK and heeds the same environment variable."""

    name = "Orthanc, no delay"
    environment = _NO_DELAY


class Pynetdicom(Server):
    """What one writes in an afternoon: pynetdicom over an indexed SQLite table."""

    name = "pynetdicom"
    prepared_as = "pynetdicom"
    _options: tuple[str, ...] = ()

    def find_missing(self) -> str:
        """Empty when pynetdicom can be imported."""
        return "" if importlib.util.find_spec("pynetdicom") else "pip install pynetdicom"

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """One table, one row a record, an index over station and day."""
        folder.mkdir(parents=True)
        fill_database(folder / "worklist.sqlite", make_worklist(count, day))

    def make_command(self, folder: Path, dicom_port: int, hl7_port: int) -> Sequence[str]:
        """benchmarks.pynetdicom_server in this interpreter."""
        module = "benchmarks.pynetdicom_server"
        return [
            sys.executable,
            "-m",
            module,
            str(folder / "worklist.sqlite"),
            str(dicom_port),
            *self._options,
        ]


class PynetdicomNoDelay(Pynetdicom):
    """The same with TCP_NODELAY set on every accepted connection."""

    name = "pynetdicom, no delay"
    _options = ("--no-delay",)


def make_servers() -> list[Server]:
    """Ours first; the order is that of the tables."""
    return [
        OpenWorklist(),
        WlmscpfsNoDelay(),
        Wlmscpfs(),
        OrthancNoDelay(),
        Orthanc(),
        PynetdicomNoDelay(),
        Pynetdicom(),
    ]
