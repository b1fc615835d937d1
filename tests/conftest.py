"""The whole server as people start it: the real command, on free ports, in a folder of its own."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

_COMMAND = Path(sys.executable).with_name("openworklist")


def _find_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@dataclass
class Running:
    process: subprocess.Popen[str]
    hl7: int
    dicom: int
    web: int
    data: Path

    def kill(self) -> None:
        """As the power going off would, for the process."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)
        return self.process.returncode


def _start(data: Path, *more: str) -> Running:
    """A server that said it is ready."""
    hl7, dicom, web = _find_ports(3)
    ports = ["--hl7-port", str(hl7), "--dicom-port", str(dicom), "--web-port", str(web)]
    command = [str(_COMMAND), "serve", "--data", str(data), "--host", "127.0.0.1", *ports, *more]
    with (data.parent / "server.log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready:"), (data.parent / "server.log").read_text()
    return Running(process, hl7, dicom, web, data)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = _start(tmp_path_factory.mktemp("server") / "data")
    yield running
    assert running.stop() == 0


@pytest.fixture
def start_server() -> Callable[..., Running]:
    """Starts a server on a folder; the test ends it."""
    return _start


@pytest.fixture
def serve_in_vain() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs `serve` where it cannot start; the flags that are not given are free ports."""

    def run(data: Path, **ports: int) -> subprocess.CompletedProcess[str]:
        chosen = dict(zip(("hl7", "dicom", "web"), _find_ports(3), strict=True)) | ports
        flags = [text for name, port in chosen.items() for text in (f"--{name}-port", str(port))]
        command = [str(_COMMAND), "serve", "--data", str(data), "--host", "127.0.0.1", *flags]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    return run
