"""`openworklist import`: the messages of files and folders, straight into the database."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import Progress, print_json, printable
from openworklist.cli.flags import takes_settings
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.services.file_report import Report
    from openworklist.services.files import Files

_PIECE = 64 * 1024
_WATCHED = (".txt", ".hl7")
_OUTCOMES = ("applied", "ignored", "repeated", "refused", "failed")


@takes_settings("data", "database", "time_zone", "default_charset", "hl7_max_message", "commit_group")
def import_files(
    loaded: Loaded,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files, and folders of *.hl7 and *.txt; - is stdin."),
    ],
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders in folders, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, at the end.")] = False,
) -> None:
    """Take the HL7 messages of files into the database, beside a running server or without one.

    Exit 1 if a message was refused or a file could not be read. The same files again change nothing.
    """
    from openworklist.app.doors import open_files

    found = [file for path in paths for file in _find(path, recursive)]
    run = _Run(len(found), is_silent=as_json)
    is_whole = False
    with open_files(loaded.settings) as files:
        try:
            for file in found:
                run.take(file, files)
            is_whole = True
        except KeyboardInterrupt:
            pass
        finally:
            run.end()
            if not as_json:
                print(run.sum_up())
    if as_json:
        print_json(run.to_json())
    raise typer.Exit(0 if is_whole and run.is_good else 1)


def _find(path: Path, recursive: bool) -> Iterator[Path]:
    """The files of a folder, in the order of their names; a path that is none stands for itself."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(folders) if recursive else []
        for name in sorted(names):
            file = Path(folder, name)
            if name.lower().endswith(_WATCHED) and not name.startswith(".") and file.is_file():
                yield file


class _Run:
    """One import: what it shows while it goes on, and what came of it."""

    def __init__(self, count: int, *, is_silent: bool) -> None:
        self._count = count
        self._is_silent = is_silent
        self._progress = Progress()
        self._messages = 0
        self._read = self._size = 0  # bytes of the file
        self._reports: list[tuple[str, Report, str]] = []  # of each file: its name, and what is wrong with it

    @property
    def is_good(self) -> bool:
        return all(report.is_good and not problem for _, report, problem in self._reports)

    def take(self, file: Path, files: Files) -> None:
        from openworklist.services.file_report import EMPTY, Report
        from openworklist.services.reading import Source

        report = Report()
        name = printable(str(file))
        problem = ""
        self._reports.append((name, report, problem))
        try:
            for taken in files.take(self._pieces(file), Source("import", str(file))):
                report.add(taken)
                self._messages += 1
                self._show()
                if not taken.is_good:
                    self._say(f"{name}: {taken}")
        except OSError as error:
            problem = f"The file cannot be read: {error.strerror}."
        else:
            problem = "" if report.total else EMPTY
        if problem:
            self._reports[-1] = (name, report, problem)
            self._say(f"{name}: {problem}")

    def end(self) -> None:
        self._progress.clear()

    def sum_up(self) -> str:
        counts = self._total()
        outcomes = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in _OUTCOMES if counts[outcome])
        files = _plural(len(self._reports), "file")
        return f"{files}, {_plural(counts.total(), 'message')}{': ' * bool(outcomes)}{outcomes}"

    def to_json(self) -> dict[str, Any]:
        return {
            **_count(self._total()),
            "files": [
                {
                    "file": name,
                    **_count(report.counts),
                    "problem": problem,
                    "failures": [asdict(taken) for taken in report.failures],
                    "failures_left_out": report.failed - len(report.failures),
                }
                for name, report, problem in self._reports
            ],
        }

    def _total(self) -> Counter[str]:
        return sum((report.counts for _, report, _ in self._reports), Counter())

    def _pieces(self, file: Path) -> Iterator[bytes]:
        self._read = 0
        is_stdin = str(file) == "-"
        with open(sys.stdin.fileno() if is_stdin else file, "rb", 0, closefd=not is_stdin) as opened:
            self._size = os.fstat(opened.fileno()).st_size
            while piece := opened.read(_PIECE):
                self._read += len(piece)
                yield piece

    def _show(self) -> None:
        share = f" ({100 * self._read // self._size} %)" if self._size else ""
        which = f"file {len(self._reports)} of {self._count}{share}"
        self._progress.show(f"{which}, {_plural(self._messages, 'message')}")

    def _say(self, line: str) -> None:
        if not self._is_silent:
            self._progress.clear()
            print(printable(line), flush=True)


def _count(counts: Counter[str]) -> dict[str, int]:
    return {"messages": counts.total(), **{outcome: counts[outcome] for outcome in _OUTCOMES}}


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
