"""The servers to compare with: how they are filled and started, and each with Nagle's algorithm off too."""

import importlib.util
import json
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

from benchmarks.pynetdicom_server import fill_database
from benchmarks.server import Ports, Server
from benchmarks.worklists import make_worklist, write_worklist_file

_ORTHANC_PLUGIN = Path("/usr/share/orthanc/plugins/libModalityWorklists.so")

_NO_DELAY = MappingProxyType({"TCP_NODELAY": "1"})  # read by DCMTK, on which Orthanc is built too


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

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """Its defaults, quiet."""
        return ["wlmscpfs", "--quiet", "--data-files-path", str(folder), str(ports.dicom)]


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

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """Its defaults, its web server among them, with the plugin on and any scanner let in."""
        storage = folder / f"storage-{ports.dicom}"
        settings = {
            "Name": "Benchmark",
            "StorageDirectory": str(storage),
            "IndexDirectory": str(storage),
            "DicomAet": self.called,
            "DicomPort": ports.dicom,
            "DicomAlwaysAllowFindWorklist": True,
            "HttpPort": ports.web,
            "Plugins": [str(_ORTHANC_PLUGIN)],
            "Worklists": {"Enable": True, "Database": str(folder / "worklists")},
        }
        file = folder / f"orthanc-{ports.dicom}.json"
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

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """benchmarks.pynetdicom_server in this interpreter."""
        module = "benchmarks.pynetdicom_server"
        return [
            sys.executable,
            "-m",
            module,
            str(folder / "worklist.sqlite"),
            str(ports.dicom),
            *self._options,
        ]


class PynetdicomNoDelay(Pynetdicom):
    """The same with TCP_NODELAY set on every accepted connection."""

    name = "pynetdicom, no delay"
    _options = ("--no-delay",)
