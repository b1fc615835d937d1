"""When to try again what failed, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_DOUBLINGS: Final = 60  # beyond which no number of seconds is below any cap


@dataclass(frozen=True, slots=True)
class Retry:
    """Times in seconds. The pause doubles from `first` up to `cap`; `most_tries` of 0 counts none.

    What is older than `longest` is given up, as is what has failed `most_tries` times.
    """

    first: float = 1.0
    cap: float = 300.0
    longest: float = 3 * 86_400.0
    most_tries: int = 0

    def pause(self, tries: int, jitter: float) -> float:
        """How long to wait after so many failed tries; `jitter` from 0 to 1 is drawn by the caller.

        It shortens the pause by up to a half, so that many who failed together do not come back together.
        """
        longest = min(self.cap, self.first * 2.0 ** min(max(tries - 1, 0), _DOUBLINGS))
        return longest * (1 - jitter / 2)

    def is_over(self, tries: int, age: float) -> bool:
        """Whether to give up after so many failed tries, `age` since the first was due."""
        return age >= self.longest or 0 < self.most_tries <= tries
