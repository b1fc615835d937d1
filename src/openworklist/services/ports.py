"""How the listeners are, for those who show it: pages, the REST interface, metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ListenerStatus:
    """`problem` is a sentence: why it is not as it was asked to be, "" if it is.

    `addresses` are those that it listens on, or the folder. `last_error` is the name of the last error of
    ours, `since` when it came to what it is, in microseconds since 1970.
    """

    name: str
    addresses: tuple[str, ...]
    is_up: bool
    problem: str
    connections: int
    last_error: str
    since: int


class ListenerBoard(Protocol):
    """Where it is known; asked on the loop's thread."""

    def statuses(self) -> tuple[ListenerStatus, ...]:
        """One for each listener, those that are switched off too."""
