"""`openworklist messages reprocess`: a dry run with what would change, then the same for real."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import typer

from openworklist.cli.console import Progress, print_json, printable
from openworklist.cli.flags import AsJson, find_actor, parse_moment, parse_sender, takes_settings
from openworklist.settings import Loaded

_SHOWN = 10  # numbers of messages in a line


@takes_settings("data", "database", "time_zone", "default_charset")
def reprocess(
    loaded: Loaded,
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="ID…", help="The messages' ids in the list.")
    ] = None,
    last: Annotated[int, typer.Option(min=0, help="The newest so many messages.")] = 0,
    sender: Annotated[str, typer.Option(metavar="APP[|FAC]", help="Those of this sender.")] = "",
    since: Annotated[str, typer.Option(help="Those that arrived since, like 20260314 or 202603141015.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without it, only show what would change.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Process messages again: their records are made anew by the mapping of today, edits put back on top.

    Without --yes nothing is stored.
    """
    from openworklist.app.doors import make_reader, open_shared_store, open_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.journal import Journal
    from openworklist.services.reprocessing import Reprocessing
    from openworklist.store.journal import Filter

    if bool(numbers) == bool(last or sender or since):
        raise typer.BadParameter("name messages by their ids, or by --last, --sender or --since")
    settings = loaded.settings
    moment = parse_moment(since, settings.zone()) if since else 0
    application, facility = parse_sender(sender)
    with (open_shared_store if yes else open_store)(settings) as database:
        if not numbers:
            asked = Filter(since=moment, sending_application=application, sending_facility=facility)
            numbers = Journal(database).find_numbers(asked, last)
        reader = make_reader(settings, Configurations(database).current)
        reprocessing = Reprocessing(database, reader)
        results = reprocessing.run(numbers, find_actor()) if yes else reprocessing.preview(numbers)
        report = Report(is_done=yes)
        with Progress() as progress:
            for result in results:
                progress.clear()
                report.add(result, is_shown=not as_json)
                progress.show(f"{report.messages} of {len(numbers)} messages")
    if as_json:
        print_json(report.to_json())
    else:
        print(report.sum_up())
    raise typer.Exit(1 if report.problems else 0)


class Report:
    """What was found so far, for people and for scripts."""

    def __init__(self, *, is_done: bool) -> None:
        self._is_done = is_done
        self._rows: list[dict[str, Any]] = []
        self.messages = self.problems = self._changed = self._new = self._unchanged = self._refused = 0

    def add(self, result: Any, *, is_shown: bool) -> None:
        self.messages += len(result.messages)
        self.problems += result.problem is not None
        self._new += sum(each.before is None for each in result.records)
        self._changed += sum(each.before is not None for each in result.records)
        self._unchanged += result.unchanged
        self._refused += sum(fate.error is not None for fate in result.fates)
        if is_shown:
            for line in _describe(result):
                print(printable(line))
        else:
            self._rows.append(_to_json(result))

    def sum_up(self, way_on: str = "--yes does it") -> str:
        verb = "" if self._is_done else "would be "
        parts = [
            f"{_count(self._changed, 'record')} {verb}changed",
            f"{self._new} {verb}new",
            f"{self._unchanged} as before",
        ]
        if self._refused:
            parts.append(f"{_count(self._refused, 'message')} still refused")
        if self.problems:
            parts.append(_count(self.problems, "problem"))
        is_over = self._is_done or not (self._changed or self._new)
        return f"{_count(self.messages, 'message')}: {', '.join(parts)}{'' if is_over else f'; {way_on}'}"

    def to_json(self) -> dict[str, Any]:
        return {
            "done": self._is_done,
            "messages": self.messages,
            "changed": self._changed,
            "new": self._new,
            "unchanged": self._unchanged,
            "refused": self._refused,
            "problems": self.problems,
            "results": self._rows,
        }


def _describe(result: Any) -> Iterator[str]:
    for each in result.records:
        number = f"record {each.before.id}" if each.before else f"new record {each.after.id or ''}".rstrip()
        yield f"{number}, from messages {_join(each.messages)}"
        for name, before, after in _label(each.differences):
            yield f"  {name}: {before or '(none)'} → {after or '(none)'}"
        if not each.differences:
            yield "  nothing that scanners see"
    for fate in result.fates:
        if not fate.is_applied:
            yield f"message {fate.number}: {fate.error or fate.reason}"
    for number in result.left:
        yield f"record {number}: no message makes it any more; it stays as it is"
    if result.problem is not None:
        yield f"messages {_join(result.messages)}: {result.problem}"


def _label(differences: Iterable[Any]) -> Iterator[tuple[str, str, str]]:
    from openworklist.domain.extra import find_attribute

    for each in differences:
        attribute = find_attribute(each.name)
        label = attribute.label if attribute else each.name
        yield label, _show(each.before), _show(each.after)


def _show(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "; ".join(", ".join(f"{name}={_show(part)}" for name, part in item.items()) for item in value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _join(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_SHOWN]))
    return f"{shown} and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else shown


def _to_json(result: Any) -> dict[str, Any]:
    return {
        "messages": list(result.messages),
        "records": [
            {
                "id": each.after.id or None,
                "is_new": each.before is None,
                "messages": list(each.messages),
                "differences": [
                    {"name": one.name, "before": one.before, "after": one.after} for one in each.differences
                ],
            }
            for each in result.records
        ],
        "not_applied": [
            {"message": fate.number, "reason": str(fate.error or fate.reason)}
            for fate in result.fates
            if not fate.is_applied
        ],
        "left": list(result.left),
        "problem": str(result.problem) if result.problem else None,
    }
