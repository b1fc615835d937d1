"""Counters: a name and a number each, without lock, since only the loop's thread counts."""

from __future__ import annotations

from collections import Counter


class Metrics:
    """What happened since the start. Names are `noun_verb`, as in `messages_applied`."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, name: str, amount: int = 1) -> None:
        self._counts[name] += amount

    def get(self, name: str) -> int:
        return self._counts[name]

    def snapshot(self) -> dict[str, int]:
        return dict(sorted(self._counts.items()))
