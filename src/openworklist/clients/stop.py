"""How a question that is under way is ended, from any thread."""

from __future__ import annotations

import threading


class Stop:
    """Once and for good: a question is cancelled, and broken off if the node does not heed that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: list[threading.Event] = []
        self.is_set = False
        self.is_abrupt = False

    def cancel(self) -> None:
        """Ask the node to stop (C-CANCEL)."""
        self._set()

    def abort(self) -> None:
        """Do not wait for what it says to that."""
        self.is_abrupt = True
        self._set()

    def watch(self, event: threading.Event) -> None:
        """Set an event too, once this is set."""
        with self._lock:
            self._watched.append(event)
            if self.is_set:
                event.set()

    def _set(self) -> None:
        with self._lock:
            self.is_set = True
            for event in self._watched:
                event.set()
