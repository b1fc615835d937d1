"""`openworklist compare`: two HL7 messages side by side, by meaning or by position."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson

if TYPE_CHECKING:
    from openworklist.hl7.compare import SegmentPair
    from openworklist.hl7.grid import Column, Gap, GridSegment
    from openworklist.services.comparison import Comparison, Given, Side

_LONGEST = 48  # letters of a value in a table


class View(StrEnum):
    MEANING = "meaning"
    POSITION = "position"


def compare(
    left: Annotated[Path, typer.Argument(help="File with an HL7 message; - is stdin.")],
    right: Annotated[Path, typer.Argument(help="File with the message to compare it with; - is stdin.")],
    by: Annotated[View, typer.Option(help="Align by meaning, or show every position.")] = View.MEANING,
    every: Annotated[bool, typer.Option("--all", help="By meaning, show what is the same too.")] = False,
    ignore_time: Annotated[bool, typer.Option(help="Leave out MSH-7 and MSH-10.")] = False,
    profile: Annotated[str, typer.Option(help="Mapping profile that says what a path feeds.")] = "classic",
    message: Annotated[
        str, typer.Option(metavar="N[,M]", help="Which message of a file with several; N left, M right.")
    ] = "",
    charset: Annotated[str, typer.Option(help="Character set of messages that name none.")] = "8859/1",
    html: Annotated[Path | None, typer.Option(help="Write the comparison to this HTML file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two HL7 messages; like diff, exit 0 if they are the same, 1 if not, 2 if it cannot tell."""
    from openworklist.domain.errors import OpenWorklistError
    from openworklist.hl7.profile import preset
    from openworklist.services import comparison
    from openworklist.services.comparison_json import grid_to_json, meaning_to_json

    number, other = _read_numbers(message)
    if str(left) == str(right) == "-":
        raise typer.BadParameter("Only one of the messages can come from stdin.")
    try:
        found = comparison.compare(
            _read(left, number),
            _read(right, other),
            preset(profile),
            ignore_time=ignore_time,
            default_charset=charset,
        )
        if html:
            _write_page(found, html)
    except OpenWorklistError as error:
        print(f"openworklist: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    if as_json:
        print_json(grid_to_json(found) if by is View.POSITION else meaning_to_json(found))
    elif by is View.POSITION:
        _print_grid(found)
    else:
        _print_meaning(found, every)
    is_same = found.grid.is_same if by is View.POSITION else found.is_same
    raise typer.Exit(0 if is_same else 1)


def _read_numbers(text: str) -> tuple[int, int]:
    if not text:
        return 0, 0
    parts = text.split(",")
    if len(parts) > 2 or not all(part.isascii() and part.isdecimal() and int(part) for part in parts):
        raise typer.BadParameter(f"--message {text!r} is not N or N,M, like 2 or 1,3")
    return int(parts[0]), int(parts[-1])


def _read(file: Path, number: int) -> Given:
    from openworklist.domain.errors import MessageError
    from openworklist.services.comparison import Given

    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise MessageError(f"{file} cannot be read: {error.strerror}.", where=str(file)) from error
    return Given("stdin" if str(file) == "-" else str(file), raw, number)


def _write_page(found: Comparison, file: Path) -> None:
    from datetime import datetime

    from openworklist.domain.errors import SettingsError
    from openworklist.services.comparison_page import render

    page = render(found, made=f"{datetime.now():%Y-%m-%d %H:%M}")
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.", where="--html") from error


def _print_sides(found: Comparison) -> None:
    rows = [("left", *_tell(found.left)), ("right", *_tell(found.right))]
    print_table(("", "file", "message", "control ID"), rows)
    for side, told in (("left", found.left), ("right", found.right)):
        for note in told.notes:
            print(f"{side}: {note}")
    print()


def _tell(side: Side) -> tuple[str, ...]:
    facts = dict(side.facts)
    name = f"{side.name}, {side.number} of {side.count}" if side.count > 1 else side.name
    return tuple(map(_plain, (name, facts.get("Message type", ""), facts.get("Control ID", ""))))


def _print_meaning(found: Comparison, every: bool) -> None:
    from openworklist.hl7.compare import Status
    from openworklist.services.shown_text import show_both, to_plain

    _print_sides(found)
    rows = []
    for segment in found.meaning.segments:
        place = _place(segment)
        if segment.status in (Status.LEFT, Status.RIGHT):
            rows.append((segment.status.value, place, f"(segment) {segment.title}", "", "", ""))
        for row in segment.leaves():
            if every or row.status is not Status.SAME:
                left, right = show_both(row.left or "", row.right or "", _LONGEST)
                feeds = ", ".join(attribute.label for attribute in row.feeds)
                path = place + str(row.path).removeprefix(segment.name)
                rows.append((row.status.value, path, row.name, to_plain(left), to_plain(right), feeds))
    if rows:
        print_table(("", "path", "name", "left", "right", "feeds"), rows)
        print()
    counts = ", ".join(f"{count} {status}" for status, count in found.meaning.count().items())
    left_out = found.meaning.left_out
    print(counts + (f"; not compared: {', '.join(left_out)}" if left_out else ""))


def _place(segment: SegmentPair) -> str:
    """`OBX`, `OBX[2]` for the second, `OBX[2/3]` where the second left belongs to the third right."""
    numbers = dict.fromkeys(str(number) for number in (segment.left, segment.right) if number)
    return segment.name if list(numbers) == ["1"] else f"{segment.name}[{'/'.join(numbers)}]"


def _print_grid(found: Comparison) -> None:
    _print_sides(found)
    width = shutil.get_terminal_size((120, 24)).columns
    for segment in found.grid.segments:
        title = f"{segment.name}[{segment.occurrence}]" if segment.occurrence > 1 else segment.name
        print(f"{title}  {segment.title}".rstrip())
        for heads, left, right in _bands(segment, width - 12):
            print_table(("", *heads), [("left", *left), ("right", *right)])
        print()


def _bands(segment: GridSegment, width: int) -> Iterator[tuple[list[str], list[str], list[str]]]:
    from openworklist.hl7.grid import bands

    for band in bands(segment.columns, width, _LONGEST):
        cells = [_cell(column) for column in band]
        yield [cell[0] for cell in cells], [cell[1] for cell in cells], [cell[2] for cell in cells]


def _cell(column: Column | Gap) -> tuple[str, str, str]:
    from openworklist.hl7.compare import Status
    from openworklist.hl7.grid import Gap
    from openworklist.services.shown_text import show_both, to_plain

    if isinstance(column, Gap):
        return f"{column.first}-{column.last}", "", ""
    mark = "" if column.status in (None, Status.SAME) else " *"
    left, right = show_both(column.left, column.right, _LONGEST)
    return f"{column.number}{mark}", to_plain(left), to_plain(right)


def _plain(text: str) -> str:
    from openworklist.services.shown_text import show, to_plain

    return to_plain(show(text, 200))
