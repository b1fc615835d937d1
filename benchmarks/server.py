"""What a measured server is: what it stores, how it is started, and what is known of it while it runs."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from benchmarks.process import ServerProcess, find_free_ports


class Ports(NamedTuple):
    """Free ports; a server takes those that it has a use for."""

    dicom: int
    hl7: int
    web: int


@dataclass(frozen=True, slots=True)
class Running:
    """A started server: where it listens and how many seconds it took to be ready."""

    name: str
    called: str
    process: ServerProcess
    ports: Ports
    startup_seconds: float
    is_weighed: bool  # whether its resident memory means anything
    after: ExitStack = field(default_factory=ExitStack)  # ends what it stands on

    def stop(self) -> None:
        """End it, and then what it stands on."""
        with self.after:
            self.process.stop()


class Server(ABC):
    """One kind of server. `prepare` fills a folder once; `start` serves it, any number of times."""

    name = ""
    prepared_as = ""  # variants of one server are given the same folder
    called = "OPENWORKLIST"
    parts: tuple[str, ...] = ("dicom", "idle", "startup")  # what is measured of it
    sizes = range(10_000 + 1)  # records stored
    idle_counts: tuple[int, ...] = (4, 20, 100, 500)  # associations
    connection_counts: tuple[int, ...] = ()  # over HL7
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
        """Store the worklist of `count` records in an empty folder; raises ServerFailed."""

    @abstractmethod
    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """The command that serves the folder."""

    def copy(self, filled: Path, folder: Path) -> None:
        """Make a folder that is as `filled` was after `prepare`."""
        shutil.copytree(filled, folder)

    def wait(self, process: ServerProcess, ports: Ports) -> float:
        """Seconds from exec until it is ready: until it accepts an association, if it does not say so."""
        return process.wait_until_answering(ports.dicom, self.called)

    def start(self, folder: Path, log: Path) -> Running:
        """Start it and wait until it is ready; raises ServerFailed."""
        return self._launch(folder, log)

    def _launch(self, folder: Path, log: Path, beneath: Sequence[int] = ()) -> Running:
        ports = Ports(*find_free_ports(3))
        process = ServerProcess(self.make_command(folder, ports), self.environment, log, beneath)
        seconds = self.wait(process, ports)
        return Running(self.name, self.called, process, ports, seconds, "startup" in self.parts)
