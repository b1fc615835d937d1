"""What became of a whole file, for its sender's people: counted, and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from openworklist.services.files import Taken

MOST_KEPT: Final = 1000  # of each kind: a file may hold millions
EMPTY: Final = "The file holds no message."


class Report:
    """The messages of one file, added one after the other."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.stored: list[Taken] = []
        self.failures: list[Taken] = []
        self.failed = 0

    def add(self, taken: Taken) -> None:
        self.counts[taken.outcome] += 1
        self.failed += not taken.is_good
        kept = self.stored if taken.is_good else self.failures
        if len(kept) < MOST_KEPT:
            kept.append(taken)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def is_good(self) -> bool:
        """Whether there is nothing left to do about the file; one without a message is not good."""
        return self.total > 0 and not self.failed

    def format(self, name: str) -> str:
        """The text that is put beside a file that failed: what is wrong, and what of it was stored."""
        if not self.total:
            return f"{name}: {EMPTY}\n"
        lines = [
            f"{name}: {self.failed} of {self.total} messages failed.",
            "",
            *_list(self.failures, self.failed),
        ]
        if self.stored:
            lines += ["", "What was taken:", *_list(self.stored, self.total - self.failed)]
        return "\n".join(lines) + "\n"


def _list(kept: Sequence[Taken], count: int) -> list[str]:
    lines = [str(taken) for taken in kept]
    return [*lines, f"and {count - len(kept)} more"] if count > len(kept) else lines
