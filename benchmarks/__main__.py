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
from benchmarks.process import ServerFailed
from benchmarks.report import OURS, write_report
from benchmarks.results import Run, load_run, merge_runs
from benchmarks.servers import make_servers

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
        folder = bench.folder / f"{server.file_name}-orders"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(bench.prepare(server, _COMPARED), folder)
        one = server.start(folder, bench.folder / f"{server.file_name}-orders.log")
        try:
            for connections in (1, 32):
                for scanners in (0, POLLING_SCANNERS):
                    measure_hl7(bench, one, connections, scanners, _COMPARED)
        finally:
            one.process.stop()


def _raise_file_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _measure(options: argparse.Namespace, folder: Path) -> Run:
    servers, run = [], Run(describe_machine(folder), " ".join(sys.argv[1:]))
    wanted = options.servers.split(";") if options.servers else None
    for server in make_servers():
        if wanted is not None and server.name not in wanted:
            continue
        if missing := server.find_missing():
            run.missing[server.name] = missing
            print(f"{server.name} is left out: {missing}", file=sys.stderr)
        else:
            servers.append(server)
    bench = Bench(run, folder, servers, date.today(), options.seconds, options.rounds)
    try:
        if "dicom" in options.only:
            _measure_dicom(bench, options.sizes)
        if "idle" in options.only:
            _measure_idle(bench, options.quick)
        if "hl7" in options.only:
            _measure_hl7(bench)
        if "startup" in options.only:
            measure_startup(bench, _COMPARED)
    except ServerFailed as error:
        run.missing[OURS] = str(error)
        print(f"stopped: {error}", file=sys.stderr)
    return run


def main() -> int:
    """Measure and write; 0 when something was measured."""
    options = _parse(sys.argv[1:])
    page = options.output or (None if options.quick else _PAGE)
    kept = page.with_suffix("") / "results.json" if page else None
    if options.draw:
        assert page is not None
        assert kept is not None
        write_report(load_run(kept), page)
        return 0
    _raise_file_limit()
    folder = options.work or Path(tempfile.mkdtemp(prefix="openworklist-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        run = _measure(options, folder)
    finally:
        if options.work is None:
            shutil.rmtree(folder, ignore_errors=True)
    if page is not None and kept is not None:
        if kept.exists():
            run = merge_runs(load_run(kept), run)
        run.save(kept)
        write_report(run, page)
        print(f"written: {page}")
    return 0 if run.results else 1


if __name__ == "__main__":
    sys.exit(main())
