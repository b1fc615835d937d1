"""`python -m benchmarks`: measures the servers side by side, prints and writes what was found."""

import argparse
import resource
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.client import Mode
from benchmarks.machine import describe_machine
from benchmarks.measure_dicom import CALLERS, measure_load, measure_memory, measure_startup
from benchmarks.measure_hl7 import POLLING_SCANNERS, measure_hl7
from benchmarks.measure_idle import measure_idle
from benchmarks.report import write_report
from benchmarks.results import Run, load_run, merge_runs
from benchmarks.servers import Server, make_servers

_PARTS = ("dicom", "idle", "hl7", "startup")
_PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_SIZES = (10, 100, 1000, 10_000, 100_000, 1_000_000)
_COMPARED = 1000  # records stored where servers are compared under many callers


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a short smoke run that writes only where --output says"
    )
    parser.add_argument(
        "--only", choices=_PARTS, action="append", help="measure this part; may be given again"
    )
    parser.add_argument("--servers", help="names to measure, separated by semicolons; the default is all")
    parser.add_argument("--sizes", help="records stored, separated by commas")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="length of a round")
    parser.add_argument("--output", type=Path, help=f"the page to write (default {_PAGE.name} in docs)")
    parser.add_argument("--work", type=Path, help="keep the filled folders here and use them again")
    parser.add_argument(
        "--draw", action="store_true", help="measure nothing, write the page again from its results"
    )
    options = parser.parse_args(arguments)
    options.sizes = [int(size) for size in options.sizes.split(",")] if options.sizes else [*_SIZES]
    if options.quick:
        options.sizes = [size for size in options.sizes if size in (10, _COMPARED)] or options.sizes[:1]
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (0.5 if options.quick else 2.0)
    options.only = options.only or [*_PARTS]
    return options


def _measure_dicom(bench: Bench, sizes: Sequence[int]) -> None:
    for stored in sizes:
        with bench.serve(stored) as running:
            measure_memory(bench, running, "memory", stored)
            measure_load(bench, running, "cycle", stored, 1, Mode.CYCLE, bench.ask_ten())
            if stored == _COMPARED:
                for callers in CALLERS[1:]:
                    measure_load(bench, running, "cycle", stored, callers, Mode.CYCLE, bench.ask_ten())
                for associations in (1, 8):
                    measure_load(bench, running, "open", stored, associations, Mode.OPEN, bench.ask_ten())
            if stored == _COMPARED or stored > 10_000:
                measure_load(bench, running, "thousand", stored, 1, Mode.CYCLE, bench.ask_thousand(stored))
            measure_memory(bench, running, "memory-used", stored)


def _measure_idle(bench: Bench, is_quick: bool) -> None:
    counts = {server.name: server.idle_counts[: 1 if is_quick else None] for server in bench.servers}
    with bench.serve(_COMPARED) as running:
        measure_idle(bench, running, counts, _COMPARED)


def _measure_hl7(bench: Bench) -> None:
    for server in bench.servers:
        if not server.takes_orders:
            continue
        with bench.guard(server), bench.serve_alone(server, _COMPARED) as one:
            for connections in (1, 32):
                for scanners in (0, POLLING_SCANNERS):
                    measure_hl7(bench, one, connections, scanners, _COMPARED)


def _raise_file_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _find_servers(run: Run, wanted: str | None) -> list[Server]:
    servers = []
    for server in make_servers():
        if wanted is not None and server.name not in wanted.split(";"):
            continue
        if missing := server.find_missing():
            run.missing[server.name] = missing
            print(f"{server.name} is left out: {missing}", file=sys.stderr)
        else:
            servers.append(server)
    return servers


def _measure(bench: Bench, options: argparse.Namespace) -> None:
    if "dicom" in options.only:
        _measure_dicom(bench, options.sizes)
    if "idle" in options.only:
        _measure_idle(bench, options.quick)
    if "hl7" in options.only:
        _measure_hl7(bench)
    if "startup" in options.only:
        for stored in (0, _COMPARED):
            measure_startup(bench, stored)


def _write(run: Run, page: Path) -> None:
    """The page and its results; a part that this run did not measure keeps what an earlier one found."""
    kept = page.with_suffix("") / "results.json"
    if kept.exists():
        run = merge_runs(load_run(kept), run)
    run.save(kept)
    write_report(run, page)
    print(f"written: {page}")


def main() -> int:
    """Measure and write; 0 when nothing went wrong."""
    options = _parse(sys.argv[1:])
    page: Path | None = options.output or (None if options.quick else _PAGE)
    if options.draw:
        page = page or _PAGE
        write_report(load_run(page.with_suffix("") / "results.json"), page)
        return 0
    _raise_file_limit()
    folder = options.work or Path(tempfile.mkdtemp(prefix="openworklist-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(describe_machine(folder), " ".join(sys.argv[1:]))
    servers = _find_servers(run, options.servers)
    bench = Bench(run, folder, servers, date.today(), options.seconds, options.rounds)
    try:
        _measure(bench, options)
    finally:  # what was found before an interruption is not lost
        if options.work is None:
            shutil.rmtree(folder, ignore_errors=True)
        if page is not None and run.results:
            _write(run, page)
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
