"""A server of its own for the pictures, with the made-up hospital of the demo or with nothing."""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

_PORTS = ("hl7", "dicom", "web")
_LAST = "XA2"  # the stranger asks when the hospital is filled
_PATIENCE = 120.0
_EVERY = 0.2
_READY = re.compile(r"^ready: .* web ([\d.]+:\d+)")


@dataclass(frozen=True, slots=True)
class Hospital:
    """A running server; `url` is where its pages are, `dicom` the port that images are sent to."""

    url: str
    dicom: int

    def ask(self, path: str) -> Any:
        """The answer of REST, None where there is none."""
        try:
            with urlopen(f"{self.url}/api/v1/{path}") as answer:
                return json.load(answer)
        except HTTPError as error:
            if error.code == 404:
                return None
            raise

    def tell(self, path: str) -> Any:
        """The answer of REST to what is done."""
        with urlopen(Request(f"{self.url}/api/v1/{path}", b"", method="POST")) as answer:
            return json.load(answer)

    def find_record(self, search: str) -> int:
        """The number of the first record that a search finds."""
        return int(self.ask(f"records?limit=1&text={quote(search)}")["records"][0]["number"])

    def wait_until_filled(self) -> None:
        """Until every exam of the days around today is there, and what became of it."""
        end = time.monotonic() + _PATIENCE
        while self.ask(f"scanners/{_LAST}") is None:
            if time.monotonic() > end:
                raise TimeoutError(f"{_LAST} has not asked within {_PATIENCE:.0f} seconds")
            time.sleep(_EVERY)


@contextmanager
def open_hospital(*flags: str) -> Iterator[Hospital]:
    """Starts the installed command on free ports and a folder of its own, and ends it."""
    command = str(Path(sys.executable).with_name("openworklist"))
    free = {name: _find_free_port() for name in _PORTS}
    ports = [word for name, port in free.items() for word in (f"--{name}-port", str(port))]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [command, "serve", "--data", folder, "--host", "127.0.0.1", *ports, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield Hospital(f"http://{_read_address(process)}", free["dicom"])
        finally:
            process.terminate()
            process.communicate()


def _find_free_port() -> int:
    """The demo plays through its ports, and must know them before."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read_address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := _READY.match(line):
            return found[1]
    raise RuntimeError("the server did not start")
