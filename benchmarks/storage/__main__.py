"""`python -m benchmarks.storage`: CT slices over one and eight associations, server after server."""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.process import ServerFailed, ServerProcess
from benchmarks.scanners import poll
from benchmarks.server import Running, Server
from benchmarks.storage.page import write_page
from benchmarks.storage.sender import Sender
from benchmarks.storage.servers import make_servers
from benchmarks.storage.slices import make_slices

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "storage.md"
_ASSOCIATIONS = (1, 8)
_SCANNERS = 50
_RECORDS = 1_000


@dataclass(slots=True)
class Result:
    """`rounds` are slices a second; `memory` is the most that was resident, and before, in bytes.

    `questions` are the medians and the 99th percentiles, in milliseconds, of what scanners waited for their
    worklist, each in a round more; none where there is no worklist.
    """

    server: str
    associations: int
    rounds: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)  # seconds
    cpu_seconds: float = 0.0  # of the server
    memory_before: int = 0
    memory: int = 0
    questions: list[tuple[float, float]] = field(default_factory=list)


class _Watch:
    """The most memory that a server has resident while it is watched."""

    def __init__(self, process: ServerProcess) -> None:
        self._process = process
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most = process.get_memory()

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(0.05):
            self.most = max(self.most, self._process.get_memory())


def _measure(one: Running, slices: int, has_worklist: bool, result: Result) -> None:
    studies = count(1)
    before, used = one.process.get_memory(), one.process.get_cpu_seconds()
    with _Watch(one.process) as watch:
        speed, latencies = _send(one, result.associations, slices, studies)
    result.rounds.append(speed)
    result.latencies += latencies
    result.cpu_seconds += one.process.get_cpu_seconds() - used
    result.memory_before, result.memory = max(result.memory_before, before), max(result.memory, watch.most)
    if has_worklist:
        polls: list[dict[str, Any]] = []
        with poll(one, _SCANNERS, date.today(), polls):
            _send(one, result.associations, slices, studies)
        result.questions.append((polls[0]["p50_ms"], polls[0]["p99_ms"]))


def _send(one: Running, associations: int, slices: int, studies: "count[int]") -> tuple[float, list[float]]:
    """Slices a second of one round, and the seconds that each took."""
    per = slices // associations
    senders = [Sender(one.ports.dicom, one.called, f"CT{each}") for each in range(associations)]
    began = time.perf_counter()
    with ThreadPoolExecutor(associations) as threads:
        found = threads.map(lambda sender: sender.send(make_slices(per, next(studies))), senders)
        latencies = [seconds for each in found for seconds in each]
    speed = per * associations / (time.perf_counter() - began)
    for sender in senders:
        sender.close()
    one.process.settle(5)
    return speed, latencies


def _take_round(server: Server, work: Path, slices: int, result: Result) -> None:
    """One round on a server that was just started, on an empty folder."""
    folder = work / server.file_name
    server.prepare(folder, _RECORDS, date.today())
    one = server.start(folder, work / f"{server.file_name}.log")
    try:
        _measure(one, slices, "worklist" in server.parts, result)
    finally:
        one.stop()
        shutil.rmtree(folder)
    print(f"{result.server:27} {result.associations} {result.rounds[-1]:8.1f} slices/s", file=sys.stderr)


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage", description=__doc__)
    parser.add_argument("--slices", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", help="names, separated by semicolons; the default is all")
    parser.add_argument("--output", type=Path, default=_PAGE)
    options = parser.parse_args(arguments)
    wanted = options.servers.split(";") if options.servers else None
    servers = [each for each in make_servers() if not wanted or each.name in wanted]
    results = [Result(each.name, count) for count in _ASSOCIATIONS for each in servers]
    with tempfile.TemporaryDirectory(prefix="benchmark-storage-") as work:
        # Server after server in each round: what a machine does otherwise in the meantime is shared.
        for _ in range(options.rounds):
            for result, server in zip(results, servers * len(_ASSOCIATIONS), strict=True):
                if reason := server.find_missing():
                    print(f"{server.name}: {reason}", file=sys.stderr)
                    continue
                try:
                    _take_round(server, Path(work), options.slices, result)
                except (ServerFailed, OSError) as error:
                    print(f"{server.name}: {error}", file=sys.stderr)
        machine = describe_machine(Path(work))
    taken = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    measured = [asdict(each) for each in results if each.rounds]
    write_page(options.output, measured, machine, taken, options.slices)


if __name__ == "__main__":
    main(sys.argv[1:])
