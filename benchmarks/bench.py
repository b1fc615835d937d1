"""Where a run takes place: servers with their filled folders, started and suspended, and the questions."""

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path

from benchmarks.client import Callers, Mode
from benchmarks.pdus import Question, encode_associate, encode_question
from benchmarks.process import ServerFailed
from benchmarks.results import Gap, Result, Run
from benchmarks.server import Running, Server
from benchmarks.worklists import TEN_STATION, THOUSAND_STATION

LONGEST = 20.0  # seconds a slow server gets for its first answer of a round


@dataclass(slots=True)
class Bench:
    """What every measurement needs: where, how long, how often, and the run it adds to."""

    run: Run
    folder: Path
    servers: Sequence[Server]
    day: date
    seconds: float
    rounds: int
    part: str = ""  # which is being measured
    began: float = field(default_factory=time.perf_counter)
    failed: bool = False
    batches: Iterator[int] = field(default_factory=lambda: count(10))

    def say(self, text: str) -> None:
        """Progress on stderr."""
        print(f"{time.perf_counter() - self.began:7.1f} s  {text}", file=sys.stderr, flush=True)

    def add(self, result: Result) -> None:
        """Keep a result and show it."""
        self.run.results.append(replace(result, taken=self.run.sessions[-1].began))
        notes = [
            f"p99 {result.p99_ms:,.1f} ms" * bool(result.p99_ms),
            f"cpu {result.client_cpu:.0%} client {result.server_cpu:.0%} server" * bool(result.client_cpu),
            f"{result.failures} failures" * bool(result.failures),
            f"{result.wrong} wrong" * bool(result.wrong),
            "no answer" * (not result.is_answered),
        ]
        self.say(
            f"{result.measure:21} {result.stored:>9,} stored  load {result.load:<5} {result.server:24}"
            f"{result.value:>12,.2f} {result.unit}  {'  '.join(filter(None, notes))}"
        )

    def ask_ten(self) -> Question:
        """The question with ten answers, whatever is stored."""
        return encode_question(TEN_STATION, self.day.strftime("%Y%m%d"), 10)

    def ask_thousand(self, stored: int) -> Question:
        """The question with a thousand answers, where at least so many are stored."""
        station = "" if stored <= 1000 else THOUSAND_STATION
        return encode_question(station, self.day.strftime("%Y%m%d"), 1000)

    def find_servers(self, stored: int) -> list[Server]:
        """Those that this part is measured of with so many records."""
        return [server for server in self.servers if self.part in server.parts and stored in server.sizes]

    def prepare(self, server: Server, stored: int) -> Path:
        """The filled folder of a server; variants of one server share it."""
        folder = self.folder / f"{server.prepared_as}-{stored}-{self.day:%Y%m%d}"
        if not (folder / "prepared").exists():
            self.say(f"storing {stored:,} records for {server.prepared_as}")
            shutil.rmtree(folder, ignore_errors=True)  # what an interrupted run left
            server.prepare(folder, stored, self.day)
            (folder / "prepared").touch()
        return folder

    @contextmanager
    def serve(self, stored: int) -> Iterator[list[Running]]:
        """Every server that is meant for so many records, started and suspended."""
        running: list[Running] = []
        try:
            for server in self.find_servers(stored):
                with self.guard(server):
                    one = self.start(server, self.prepare(server, stored))
                    running.append(one)
                    one.process.suspend()
            yield running
        finally:
            for one in running:
                one.stop()

    @contextmanager
    def serve_alone(self, server: Server, stored: int) -> Iterator[Running]:
        """One server on a copy of its folder that may be written to."""
        folder = self.folder / f"{server.file_name}-copy"
        filled = self.prepare(server, stored)
        shutil.rmtree(folder, ignore_errors=True)
        server.copy(filled, folder)
        one = self.start(server, folder)
        try:
            yield one
        finally:
            one.stop()

    def start(self, server: Server, folder: Path) -> Running:
        """Started, at rest, and giving the ten answers; raises ServerFailed."""
        one = server.start(folder, self.folder / f"{server.file_name}.log")
        try:
            self._check(one)
        except ServerFailed:
            one.stop()
            raise
        one.process.settle(3)
        return one

    @contextmanager
    def guard(self, server: Server) -> Iterator[None]:
        """Note a server that fails in this part, and go on with the others."""
        try:
            yield
        except (ServerFailed, OSError) as error:
            self.failed = True
            self.run.gaps.append(Gap(server.name, self.part, str(error)))
            self.say(f"{server.name} failed: {error}")

    def _check(self, one: Running) -> None:
        """A server that does not give exactly the ten answers is not measured."""
        callers = make_callers(one, self.ask_ten(), 1, Mode.CYCLE)
        outcome = callers.run(0.0, 60.0, stop_at=1)
        callers.close()
        if len(outcome.latencies) != 1 or outcome.wrong:
            raise ServerFailed(
                f"{one.name} did not give ten answers: {outcome.failures} failures, wrong {outcome.wrong}"
            )


def make_callers(one: Running, question: Question, count: int, mode: Mode, interval: float = 0.0) -> Callers:
    """Callers of a running server."""
    address = ("127.0.0.1", one.ports.dicom)
    return Callers(address, encode_associate(one.called), question, count, mode, interval)
