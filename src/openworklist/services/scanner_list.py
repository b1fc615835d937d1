"""The scanners, as people look at them: what is decided about each, and what it did last."""

from __future__ import annotations

from dataclasses import dataclass

from openworklist.domain.scanner import Scanner
from openworklist.services.configuration import Configuration
from openworklist.store.database import Database
from openworklist.store.questions import Newest, find_newest


@dataclass(frozen=True, slots=True)
class Listed:
    """A scanner. `is_refused` is what counts for it now; `newest` is None for one that has not come."""

    scanner: Scanner
    is_refused: bool
    newest: Newest | None

    @property
    def is_stranger(self) -> bool:
        return not self.scanner.is_confirmed


def find_scanners(database: Database, configuration: Configuration) -> list[Listed]:
    """Strangers first, then by AE title."""
    newest = database.read(find_newest)
    found = [
        Listed(each, configuration.find_serving(title).is_refused, newest.get(title))
        for title, each in configuration.scanners.items()
    ]
    return sorted(found, key=lambda each: (not each.is_stranger, each.scanner.ae_title))
