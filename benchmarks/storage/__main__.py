"""`python -m benchmarks.storage`: CT slices over one and eight associations, server after server."""

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.client import percentile
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


@dataclass(frozen=True, slots=True)
class Result:
    """`rounds` are slices a second; `memory` is the most that was resident, and before, in bytes.

    `questions_ms` are the median and the 99th percentile of what scanners waited for their worklist in one
    round more, None where there is none.
    """

    server: str
    associations: int
    rounds: tuple[float, ...]
    p50_ms: float
    p99_ms: float
    cpu_ms: float  # of the server, for a slice
    memory_before: int
    memory: int
    questions_ms: tuple[float, float] | None


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


def _measure(one: Running, associations: int, slices: int, rounds: int, has_worklist: bool) -> Result:
    studies = count(1)
    before, used = one.process.get_memory(), one.process.get_cpu_seconds()
    speeds, latencies = [], []
    with _Watch(one.process) as watch:
        for _ in range(rounds):
            speed, seen = _send(one, associations, slices, studies)
            speeds.append(speed)
            latencies += seen
    cpu = one.process.get_cpu_seconds() - used
    polls: list[dict[str, Any]] = []
    if has_worklist:
        with poll(one, _SCANNERS, date.today(), polls):
            _send(one, associations, slices, studies)
    return Result(
        one.name,
        associations,
        tuple(speeds),
        percentile(latencies, 0.5),
        percentile(latencies, 0.99),
        cpu / len(latencies) * 1000,
        before,
        watch.most,
        (polls[0]["p50_ms"], polls[0]["p99_ms"]) if polls else None,
    )


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


def _measure_server(server: Server, work: Path, slices: int, rounds: int) -> list[Result]:
    results = []
    has_worklist = "worklist" in server.parts
    for associations in _ASSOCIATIONS:
        folder = work / server.file_name
        server.prepare(folder, _RECORDS, date.today())
        one = server.start(folder, work / f"{server.file_name}.log")
        try:
            result = _measure(one, associations, slices, rounds, has_worklist)
        finally:
            one.stop()
            shutil.rmtree(folder)
        results.append(result)
        print(
            f"{result.server:27} {associations} associations {statistics.median(result.rounds):8.1f} slices/s"
            f"  p50 {result.p50_ms:.1f} ms  p99 {result.p99_ms:.1f} ms  cpu {result.cpu_ms:.2f} ms"
            f"  memory {result.memory_before >> 20} -> {result.memory >> 20} MB"
            f"  questions {result.questions_ms}",
            file=sys.stderr,
            flush=True,
        )
    return results


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage", description=__doc__)
    parser.add_argument("--slices", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", help="names, separated by semicolons; the default is all")
    parser.add_argument("--output", type=Path, default=_PAGE)
    options = parser.parse_args(arguments)
    wanted = options.servers.split(";") if options.servers else None
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-storage-") as work:
        for server in make_servers():
            if (wanted and server.name not in wanted) or server.find_missing():
                continue
            try:
                results += _measure_server(server, Path(work), options.slices, options.rounds)
            except (ServerFailed, OSError) as error:
                print(f"{server.name}: {error}", file=sys.stderr)
        machine = describe_machine(Path(work))
    taken = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    write_page(options.output, [asdict(each) for each in results], machine, taken, options.slices)


if __name__ == "__main__":
    main(sys.argv[1:])
