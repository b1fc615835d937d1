"""What processing messages again changes, or would change, counted and listed for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openworklist.domain.extra import name_of
from openworklist.services.reprocessing import Rebuild, Result
from openworklist.ui.language import mark
from openworklist.ui.reprocess_view import spell

_MOST = 50  # records that a page lists


@dataclass(frozen=True, slots=True)
class Change:
    """One record: its number (0: new), the messages it is made of, and each value before and after."""

    number: int
    messages: tuple[int, ...]
    values: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`left` are records that no message makes any more; `sentences` say what is not applied, and why."""

    messages: int
    changed: int
    new: int
    unchanged: int
    refused: int
    changes: tuple[Change, ...]
    sentences: tuple[str, ...]
    left: tuple[int, ...]

    @property
    def more(self) -> int:
        """Records that are not listed."""
        return self.changed + self.new - len(self.changes)


def make_report(results: Iterable[Result]) -> Report:
    """All of the results are gone through; only the first are kept."""
    messages = changed = new = unchanged = refused = 0
    changes: list[Change] = []
    sentences: list[str] = []
    left: list[int] = []
    for result in results:
        messages += len(result.messages)
        changed += sum(each.before is not None for each in result.records)
        new += sum(each.before is None for each in result.records)
        unchanged += result.unchanged
        refused += sum(fate.error is not None for fate in result.fates)
        changes += [_to_change(each) for each in result.records[: _MOST - len(changes)]]
        left += result.left
        sentences += _to_sentences(result)
    return Report(
        messages,
        changed,
        new,
        unchanged,
        refused,
        tuple(changes),
        tuple(sentences[:_MOST]),
        tuple(left[:_MOST]),
    )


def _to_change(rebuild: Rebuild) -> Change:
    values = tuple(
        (
            mark("Status") if each.name == "status" else name_of(each.name),
            spell(each.before),
            spell(each.after),
        )
        for each in rebuild.differences
    )
    return Change(rebuild.before.id if rebuild.before else 0, rebuild.messages, values)


def _to_sentences(result: Result) -> list[str]:
    told = [
        f"{fate.number}: {fate.error.sentence if fate.error else fate.reason}"
        for fate in result.fates
        if not fate.is_applied
    ]
    if result.problem is not None:
        numbers = ", ".join(map(str, result.messages[:10]))
        told.append(f"{numbers}: {result.problem.sentence}")
    return told
