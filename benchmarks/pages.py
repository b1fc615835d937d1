"""`python -m benchmarks.pages`: how long what people do on the pages takes, by HTTP; writes its page.

A server is started as people start it, on a database that is filled before.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.machine import describe_machine
from benchmarks.ours import OpenWorklist, OpenWorklistPostgresql
from benchmarks.server import Ports, Running
from benchmarks.visits.beside import measure_beside
from benchmarks.visits.deeds import list_deeds
from benchmarks.visits.page import Column, write_page
from benchmarks.visits.painted import measure_painted
from benchmarks.visits.visitor import Visitor

_PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "pages.md"
_SIZES = "10,10000,1000000"
_KEPT_FOR = 10  # days: the filled worklist spans a month, its searches for today find as much
_ENOUGH = 8.0  # seconds: what is slow is asked less often, but thrice
_FEWEST = 3


class Pages(OpenWorklist):
    """Without login, so that nothing but the pages is measured."""

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        return [*super().make_command(folder, ports), "--no-login"]


class PagesPostgresql(OpenWorklistPostgresql):
    """The same on PostgreSQL."""

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        return [*super().make_command(folder, ports), "--no-login"]


Measured = tuple[str, list[float], int, float]  # what, milliseconds, failures, processor time for each


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured: `parts` of "http", "chromium", "beside"."""

    rounds: int
    parts: Sequence[str]


def measure(server: OpenWorklist, count: int, work: Path, options: Options) -> Column:
    """One column of the page; raises ServerFailed, or Unexpected where a page is not as it is for people."""
    folder, day = _prepare(server, count, work)
    column = Column(server.name, count, {})
    one = server.start(folder, work / f"{server.file_name}-{count}.log")
    try:
        for name, times, failures, processor in _measure(one, day, options):
            column.add(name, times, failures, processor)
            print(
                f"{count:>9,}  {name:64}{median(times):9,.1f} ms {processor:6,.0f}",
                file=sys.stderr,
                flush=True,
            )
    finally:
        one.stop()
    return column


def _measure(one: Running, day: date, options: Options) -> Iterator[Measured]:
    if "chromium" in options.parts:
        for name, times in measure_painted(one.ports.web):
            yield name, times, 0, 0.0
    if "http" in options.parts:
        visitor = Visitor(one.ports.web)
        visitor.get("/worklist")  # the pages may still be made when the server is ready
        for name, do in list_deeds(visitor):
            used = one.process.get_cpu_seconds()
            times = _time(do, options.rounds)
            yield name, times, 0, (one.process.get_cpu_seconds() - used) * 1000 / len(times)
        visitor.close()
    if "beside" in options.parts:
        for name, times, failures in measure_beside(one, day):
            yield name, times, failures, 0.0


def _time(do: Callable[[], object], rounds: int) -> list[float]:
    times: list[float] = []
    while len(times) < rounds and (len(times) < _FEWEST or sum(times) < _ENOUGH * 1000):
        begin = time.perf_counter()
        do()
        times.append((time.perf_counter() - begin) * 1000)
    return times


def _prepare(server: OpenWorklist, count: int, work: Path) -> tuple[Path, date]:
    """The filled folder, one of the days before if there is one, and the day its worklist is around."""
    today = date.today()
    for day in (today - timedelta(days) for days in range(_KEPT_FOR)):
        folder = work / f"{server.prepared_as}-{count}-{day:%Y%m%d}"
        if (folder / "prepared").exists():
            return folder, day
    folder = work / f"{server.prepared_as}-{count}-{today:%Y%m%d}"
    print(f"storing {count:,} records for {server.name}", file=sys.stderr, flush=True)
    server.prepare(folder, count, today)
    (folder / "prepared").touch()
    return folder, today


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--records", default=_SIZES, help=f"records stored (default {_SIZES})")
    parser.add_argument("--postgresql", default="", help="records stored in a PostgreSQL of its own, too")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=("http", "chromium", "beside"), action="append")
    parser.add_argument("--work", type=Path, help="keep the filled folders here and use them again")
    parser.add_argument("--output", type=Path, default=_PAGE, help="the page to write")
    given = parser.parse_args()
    options = Options(given.rounds, given.only or ("http", "chromium", "beside"))
    wanted: list[tuple[OpenWorklist, int]] = [(Pages(), int(each)) for each in given.records.split(",")]
    wanted += [(PagesPostgresql(), int(each)) for each in given.postgresql.split(",") if each]
    with ExitStack() as stack:
        work = given.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.mkdir(parents=True, exist_ok=True)
        work.chmod(0o755)  # PostgreSQL runs as another user
        machine = describe_machine(work)
        columns = [measure(server, count, work, options) for server, count in wanted]
    write_page(given.output, columns, machine, options.rounds, f"{datetime.now(UTC):%Y-%m-%d}")


if __name__ == "__main__":
    main()
