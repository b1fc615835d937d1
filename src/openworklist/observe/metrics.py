"""Counters and durations: a name and numbers each, without lock, since only the loop's thread counts."""

from __future__ import annotations

from collections import Counter

from openworklist.observe.durations import Durations


class Metrics:
    """What happened since the start. Names are `noun_verb`, as in `messages_applied`.

    `acknowledgements` is the time from a message of the HL7 port to its answer, `questions` that from a
    scanner's question to its last answer.
    """

    __slots__ = ("_counts", "acknowledgements", "questions")

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.acknowledgements = Durations()
        self.questions = Durations()

    def count(self, name: str, amount: int = 1) -> None:
        self._counts[name] += amount

    def get(self, name: str) -> int:
        return self._counts[name]

    def snapshot(self) -> dict[str, int]:
        return dict(sorted(self._counts.items()))
