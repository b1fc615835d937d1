"""`python -m benchmarks`: measures the servers side by side, prints and writes what was found."""

import argparse
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.machine import describe_machine
from benchmarks.merge import merge_runs
from benchmarks.page.report import write_report
from benchmarks.plan import SIZES, measure
from benchmarks.results import COMPARED, PARTS, Gap, OtherFormat, Run, Session, load_run
from benchmarks.server import Server
from benchmarks.servers import make_servers

_PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_NAMED = ("quick", "only", "servers", "sizes", "rounds", "seconds")  # options that say what was measured


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a short smoke run that writes only where --output says"
    )
    parser.add_argument(
        "--only", choices=tuple(PARTS), action="append", help="measure this part; may be given again"
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
    options.command = _name_command(options)
    options.sizes = [int(size) for size in options.sizes.split(",")] if options.sizes else [*SIZES]
    if options.quick:
        options.sizes = [size for size in options.sizes if size in (10, COMPARED)] or options.sizes[:1]
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (0.5 if options.quick else 2.0)
    options.only = options.only or [*PARTS]
    return options


def _name_command(options: argparse.Namespace) -> str:
    """The command without the places where it kept and wrote its files."""
    words = []
    for name in _NAMED:
        value = getattr(options, name)
        if value is True:
            words.append(f"--{name}")
        elif value:
            values = value if isinstance(value, list) else [value]
            words += [f'--{name} "{one}"' if " " in str(one) else f"--{name} {one}" for one in values]
    return " ".join(["python -m benchmarks", *words]) if words else "make bench"


def _raise_file_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _find_servers(wanted: str | None) -> tuple[list[Server], list[Gap]]:
    """Those that can run here, and why the others cannot."""
    known = {server.name: server for server in make_servers()}
    names = [*known] if wanted is None else wanted.split(";")
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"There is no server {unknown[0]!r}; there are: {'; '.join(known)}")
    servers, gaps = [], []
    for server in (known[name] for name in names):
        if missing := server.find_missing():
            gaps.append(Gap(server.name, "", missing))
            print(f"{server.name} is left out: {missing}", file=sys.stderr)
        else:
            servers.append(server)
    return servers, gaps


def _write(run: Run, page: Path) -> None:
    """The page and its results; a cell that this run did not measure keeps what an earlier one found."""
    kept = page.with_suffix("") / "results.json"
    if kept.exists():
        try:
            run = merge_runs(load_run(kept), run)
        except OtherFormat as error:
            print(f"what was found before is not kept: {error}", file=sys.stderr)
    run.save(kept)
    write_report(run, page)
    print(f"written: {page}")


def _draw(page: Path) -> int:
    try:
        write_report(load_run(page.with_suffix("") / "results.json"), page)
    except (OtherFormat, FileNotFoundError) as error:
        print(f"nothing to draw: {error}", file=sys.stderr)
        return 1
    return 0


def _make_folder(options: argparse.Namespace) -> Path:
    if options.work is not None:
        work: Path = options.work.resolve()
        work.mkdir(parents=True, exist_ok=True)
        return work
    folder = Path(tempfile.mkdtemp(prefix="openworklist-bench-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user
    return folder


def main() -> int:
    """Measure and write; 0 when nothing went wrong."""
    options = _parse(sys.argv[1:])
    page: Path | None = options.output or (None if options.quick else _PAGE)
    if options.draw:
        return _draw(page or _PAGE)
    _raise_file_limit()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    servers, gaps = _find_servers(options.servers)
    folder = _make_folder(options)
    began = datetime.now(UTC).isoformat(timespec="seconds")
    session = Session(began, options.command, options.rounds, options.seconds, describe_machine(folder))
    run = Run([session], gaps=gaps)
    bench = Bench(run, folder, servers, date.today(), options.seconds, options.rounds)
    try:
        measure(bench, options.only, options.sizes, options.quick)
    finally:  # what was found before an interruption is not lost
        if options.work is None:
            shutil.rmtree(folder, ignore_errors=True)
        if page is not None and run.results:
            _write(run, page)
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
