"""Batches over MLLP: the messages of one frame, handed over in order, answered each in its frame."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from typing import Final, Protocol

from openworklist.domain.errors import MessageError
from openworklist.hl7.ack import split_answers
from openworklist.hl7.batch import BOM, Part, Splitter, find_faults
from openworklist.hl7.message import MAX_SEGMENTS
from openworklist.services.intake import Intake
from openworklist.services.reading import Source

log = logging.getLogger(__name__)

# Messages handed over before the first is answered: they share a commit.
_MOST_WAITING: Final = 64
_PIECE: Final = 65_536


class Reply(Protocol):
    """Called once with the acknowledgements of a frame, each for a frame of its own, or with none."""

    def __call__(self, *answers: bytes) -> None: ...


def find_problem(raw: bytes) -> MessageError | None:
    """Why a batch cannot be taken at all."""
    if raw.count(b"\r") + raw.count(b"\n") > MAX_SEGMENTS:
        return MessageError(
            f"The batch has more than {MAX_SEGMENTS} segments.",
            hint="send it in several",
            code="message.too-many-segments",
        )
    if next(_cut(raw), None) is None:
        return MessageError("The batch holds no message.", where="MSH", code="message.batch-empty")
    return None


class Batch:
    """The messages of a frame on their way through intake; a bad one takes no other along.

    All is called on the loop's thread. What is wrong with the envelope is a warning of the last message:
    each message is whole in itself, and its sender sees which were answered.
    """

    def __init__(self, intake: Intake, raw: bytes, source: Source, reply: Reply) -> None:
        self._intake = intake
        self._source = source
        self._reply = reply
        self._faults = find_faults(raw)
        self._parts = _cut(raw)
        self._next = next(self._parts, None)
        self._answers: list[bytes] = []
        self._waiting = 0
        self._is_busy = False
        if self._faults:
            log.warning("a batch is not what it says", extra={"peer": source.peer, "faults": self._faults})

    def hand_on(self) -> None:
        """Hand over as many as may wait, and answer when all are settled."""
        if self._is_busy:
            return
        self._is_busy = True
        while self._next is not None and self._waiting < _MOST_WAITING:
            part, self._next = self._next, next(self._parts, None)
            place = len(self._answers)
            self._answers.append(b"")
            self._waiting += 1
            content = BOM + part.content if part.is_utf8 else part.content
            warnings = () if self._next else self._faults
            self._intake.receive(content, self._source, partial(self._take, place), warnings=warnings)
        self._is_busy = False
        if not self._waiting and self._next is None:
            self._reply(*(each for answer in self._answers for each in split_answers(answer)))

    def _take(self, place: int, answer: bytes) -> None:
        self._answers[place] = answer
        self._waiting -= 1
        self.hand_on()


def _cut(raw: bytes) -> Iterator[Part]:
    """The messages, cut as they are asked for."""
    splitter = Splitter()
    for start in range(0, len(raw), _PIECE):
        yield from splitter.feed(raw[start : start + _PIECE])
    yield from splitter.finish()
