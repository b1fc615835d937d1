"""A real archive: Orthanc with its DICOMweb plugin, on free ports, in a folder of its own."""

import base64
import json
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest

USER, PASSWORD = "openworklist", "made up for tests"
_PLUGINS = (Path("/usr/share/orthanc/plugins"), Path("/usr/lib/orthanc"))
_SECONDS = 60
_ATTEMPTS = 600


@dataclass
class Orthanc:
    """`url` is the root of its DICOMweb services."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/dicom-web"

    def store(self, *files: bytes) -> None:
        """Hand instances over, each a whole file."""
        for each in files:
            assert b'"Success"' in self.ask("/instances", each), "it took no file"

    def ask(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, {"Authorization": f"Basic {pair}", **(headers or {})}
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            found: bytes = answer.read()
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(_SECONDS)


def find_plugin() -> Path:
    """The plugin; the test is skipped where it or Orthanc is not installed."""
    found = [each for folder in _PLUGINS for each in sorted(folder.glob("libOrthancDicomWeb.so*"))]
    if not shutil.which("Orthanc") or not found:
        pytest.skip("Orthanc with DICOMweb not found: apt-get install orthanc orthanc-dicomweb")
    return found[0]


@contextmanager
def run_orthanc(folder: Path, port: int) -> Iterator[Orthanc]:
    """Orthanc on a port of this machine; with UTF-8, since it answers in one character set alone."""
    settings = {
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "TemporaryDirectory": str(folder),
        "HttpPort": port,
        "HttpBindAddresses": ["127.0.0.1"],
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": True,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "DefaultEncoding": "Utf8",
        "Plugins": [str(find_plugin())],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    folder.mkdir(exist_ok=True)
    (folder / "orthanc.json").write_text(json.dumps(settings))
    log = folder / "orthanc.log"
    with log.open("wb") as file:
        process = subprocess.Popen(["Orthanc", str(folder / "orthanc.json")], stdout=file, stderr=file)
    running = Orthanc(process, port, log)
    try:
        _wait(running)
        yield running
    finally:
        running.kill()


def _wait(running: Orthanc) -> None:
    pause = threading.Event()
    for _ in range(_ATTEMPTS):
        try:
            running.ask("/dicom-web/studies?limit=1")
        except (URLError, ConnectionError):
            assert running.process.poll() is None, running.log.read_text()
            pause.wait(0.1)
        else:
            return
    raise AssertionError(running.log.read_text())
