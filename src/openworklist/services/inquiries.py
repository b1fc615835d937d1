"""Questions that people put to other worklists, beside the loop: how far each is, and what came of it.

They hold patients' data: in memory, for a while, and for who asked alone.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Final

from openworklist.clients.dicom_question import Found
from openworklist.domain.errors import NotFound, OpenWorklistError, PeerError
from openworklist.domain.node import SavedNode
from openworklist.services.asking import Asker
from openworklist.services.clock import Clock, read_clock
from openworklist.services.importing import Asked, Importer, Taken, to_scope

log = logging.getLogger(__name__)

MOST_ANSWERS: Final = 1_000  # a page cannot show more; a schedule takes them all
_MOST: Final = 64
_MOST_OF_ONE: Final = 8
_KEPT: Final = 1_800_000_000  # microseconds that nobody looks at it


class Stage(StrEnum):
    ASKING = "asking"
    LOOKING = "looking"  # what would become of each entry
    FOUND = "found"
    IMPORTING = "importing"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Inquiry:
    """One question. `taken` says of each entry what would become of it, or of those in `imported` what did.

    `count` is how far it has come. The loop writes it, the stage last of all; others read a `snapshot`.
    """

    id: str
    actor: str
    node: SavedNode
    keys: Mapping[str, str]
    typed: Mapping[str, str]  # as it was typed, for the form
    asked: Asked
    used_at: int
    stage: Stage = Stage.ASKING
    count: int = 0
    total: int = 0
    error: OpenWorklistError | None = None
    found: Found | None = None
    taken: tuple[Taken, ...] = ()
    imported: frozenset[int] = frozenset()  # numbers in `taken`
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_running(self) -> bool:
        return self.stage in (Stage.ASKING, Stage.LOOKING, Stage.IMPORTING)

    def snapshot(self) -> Inquiry:
        """How it is at this moment. The stage is read first: what it says is done is in the rest."""
        stage = self.stage
        return replace(self, stage=stage)


class Inquiries:
    """Its coroutines and what begins one belong to the loop's thread; `get` to any."""

    def __init__(self, asker: Asker, importer: Importer, *, clock: Clock = read_clock) -> None:
        self._asker = asker
        self._importer = importer
        self._clock = clock
        self._kept: dict[str, Inquiry] = {}

    def get(self, number: str, actor: str) -> Inquiry:
        """NotFound if there is none such, it is too old, or somebody else asked it."""
        inquiry = self._kept.get(number)
        now = self._clock()
        if inquiry is None or inquiry.actor != actor or self._is_old(inquiry, now):
            raise NotFound(
                "This question is kept no more.",
                hint="questions to other worklists are kept for half an hour: ask again",
                code="question.not-found",
            )
        inquiry.used_at = now
        return inquiry

    def ask(self, actor: str, node: SavedNode, keys: Mapping[str, str], typed: Mapping[str, str]) -> Inquiry:
        """Begin to ask."""
        now = self._clock()
        self._make_room(actor, now)
        given = {name: text for name, text in keys.items() if text}
        asked = Asked(node.name, node.address, now, to_scope(given))
        inquiry = Inquiry(secrets.token_urlsafe(8), actor, node, given, typed, asked, now)
        self._kept[inquiry.id] = inquiry
        self._begin(inquiry, self._find)
        return inquiry

    def take(self, inquiry: Inquiry, chosen: Collection[int]) -> None:
        """Begin to import entries, by their numbers in `taken`; nothing while something is under way."""
        numbers = sorted(number for number in set(chosen) if 0 <= number < len(inquiry.taken))
        if inquiry.is_running or not numbers:
            return
        inquiry.stage, inquiry.count, inquiry.total = Stage.IMPORTING, 0, len(numbers)
        self._begin(inquiry, partial(self._import, numbers=numbers))

    def cancel(self, inquiry: Inquiry) -> None:
        """End a question that is under way; what is being stored is stored."""
        if inquiry.stage is Stage.ASKING and inquiry.task is not None:
            inquiry.task.cancel()

    def _begin(self, inquiry: Inquiry, work: Callable[..., object]) -> None:
        inquiry.error = None
        inquiry.task = asyncio.get_running_loop().create_task(self._run(inquiry, work))

    async def _run(self, inquiry: Inquiry, work: Callable[..., object]) -> None:
        try:
            await work(inquiry)  # type: ignore[misc]
        except asyncio.CancelledError:
            inquiry.stage = Stage.CANCELLED
        except OpenWorklistError as error:
            _fail(inquiry, error)
        except Exception as error:
            # The edge: nobody else hears of it, and who asked would wait for ever.
            log.error("a question to a worklist failed", extra={"error": type(error).__name__})
            log.debug("the error", exc_info=error)
            _fail(inquiry, PeerError("What it answered could not be worked on.", code="peer.protocol"))
        finally:
            inquiry.task = None

    async def _find(self, inquiry: Inquiry) -> None:
        found = await self._asker.find(
            inquiry.node, inquiry.keys, limit=MOST_ANSWERS, on_answer=partial(_count, inquiry)
        )
        inquiry.found, inquiry.stage = found, Stage.LOOKING
        taken = await asyncio.to_thread(self._importer.preview, inquiry.asked, found.entries)
        inquiry.taken, inquiry.stage = tuple(taken), Stage.FOUND

    async def _import(self, inquiry: Inquiry, numbers: list[int]) -> None:
        entries = [inquiry.taken[number].entry for number in numbers]
        work = partial(
            self._importer.take, inquiry.asked, entries, by_hand=True, on_entry=partial(_count, inquiry)
        )
        stored = await asyncio.to_thread(work)
        results = dict(zip(numbers, stored, strict=True))
        inquiry.taken = tuple(results.get(number, each) for number, each in enumerate(inquiry.taken))
        inquiry.imported |= frozenset(numbers)
        inquiry.stage = Stage.FOUND

    def _make_room(self, actor: str, now: int) -> None:
        for each in [each for each in self._kept.values() if self._is_old(each, now)]:
            self._forget(each)
        own = [each for each in self._kept.values() if each.actor == actor]
        for each in own[: max(0, len(own) - _MOST_OF_ONE + 1)]:
            self._forget(each)
        while len(self._kept) >= _MOST:
            self._forget(next(iter(self._kept.values())))

    def _forget(self, inquiry: Inquiry) -> None:
        self.cancel(inquiry)
        self._kept.pop(inquiry.id, None)

    def _is_old(self, inquiry: Inquiry, now: int) -> bool:
        return not inquiry.is_running and now - inquiry.used_at > _KEPT


def _fail(inquiry: Inquiry, error: OpenWorklistError) -> None:
    inquiry.error = error.to_value()
    inquiry.stage = Stage.FOUND if inquiry.taken else Stage.FAILED


def _count(inquiry: Inquiry, number: int) -> None:
    inquiry.count = number
