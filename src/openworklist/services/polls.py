"""What scanners ask, folded: a scanner polls every few seconds, and a line says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from openworklist.services.configuration import Configuration
from openworklist.services.why import Why
from openworklist.store.database import Database
from openworklist.store.questions import Kept, find_asking


@dataclass(frozen=True, slots=True)
class Question:
    """Questions that are the same: what they ask for, by keyword; nothing asks for everything."""

    kept: Kept
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Poll:
    """A scanner: its questions, and how it was turned away, the newest first."""

    ae_title: str
    questions: tuple[Question, ...]
    refusals: tuple[Kept, ...]
    times: int
    first: int
    last: int

    @property
    def answers(self) -> int | None:
        """Rows of the last answer; None where it was only turned away."""
        return self.questions[0].kept.answers if self.questions else None


def find_polls(database: Database, configuration: Configuration, zone: tzinfo) -> list[Poll]:
    """All scanners of which questions are kept, the one that asked last first."""
    why = Why(database, configuration, zone=zone)
    found = [poll for title in database.read(find_asking) for poll in _find(why, title)]
    return sorted(found, key=lambda poll: poll.last, reverse=True)


def _find(why: Why, ae_title: str) -> Iterator[Poll]:
    kept, refusals = why.find_questions(ae_title)
    both = [*kept, *refusals]
    if both:
        yield Poll(
            ae_title,
            tuple(Question(each, tuple(why.describe(each))) for each in kept),
            tuple(refusals),
            sum(each.times for each in kept),
            min(each.first_asked for each in both),
            max(each.last_asked for each in both),
        )
