"""Batches over MLLP: the messages of one frame, handed over in order, answered each in its frame."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import Final, Protocol

from openworklist.domain.errors import MessageError
from openworklist.hl7.ack import split_answers
from openworklist.hl7.batch import BOM, Part, Splitter
from openworklist.hl7.message import MAX_SEGMENTS
from openworklist.observe.peer_log import PeerLog
from openworklist.services.intake import Intake
from openworklist.services.reading import Source

# Messages handed over before the first is answered: they share a commit.
_MOST_WAITING: Final = 64
# What is done in a turn of the loop, on which others wait: bytes that are cut, messages handed over, and
# bytes of them after which no further one is.
_PIECE: Final = 4096
_SLICE: Final = 16
_MOST_BYTES: Final = 65_536


class Reply(Protocol):
    """Called once with the acknowledgements of a frame, each for a frame of its own, or with none."""

    def __call__(self, *answers: bytes) -> None: ...


class Batch:
    """The messages of a frame on their way through intake; a bad one takes no other along.

    All is called on the loop's thread, and a frame with a hundred thousand messages leaves the loop to others
    after each few of them. What is wrong with the envelope is a warning of the last message: each message is
    whole in itself, and its sender sees which were answered.
    """

    def __init__(self, intake: Intake, raw: bytes, source: Source, reply: Reply, log: PeerLog) -> None:
        self._intake = intake
        self._raw = raw
        self._source = source
        self._reply = reply
        self._log = log
        self._splitter = Splitter()
        self._cut = 0  # bytes of the frame that were cut
        self._is_cut = False  # to its end
        self._parts: deque[Part] = deque()  # cut, and not handed over
        self._answers: list[bytes] = []
        self._waiting = 0
        self._is_planned = False

    def start(self) -> None:
        if self._raw.count(b"\r") + self._raw.count(b"\n") > MAX_SEGMENTS:
            self._refuse(
                MessageError(
                    f"The batch has more than {MAX_SEGMENTS} segments.",
                    hint="send it in several",
                    code="message.too-many-segments",
                )
            )
        else:
            self._plan()

    def _plan(self) -> None:
        if not self._is_planned:
            self._is_planned = True
            asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._is_planned = False
        # The last message is told from the others, so one is kept until the next has come.
        if len(self._parts) < 2 and not self._is_cut:
            self._cut_piece()
        self._hand_over()
        if self._parts or not self._is_cut:
            if self._waiting < _MOST_WAITING:
                self._plan()
        elif not self._answers:
            self._refuse(MessageError("The batch holds no message.", where="MSH", code="message.batch-empty"))
        elif not self._waiting:
            self._reply(*(each for answer in self._answers for each in split_answers(answer)))

    def _cut_piece(self) -> None:
        self._parts += self._splitter.feed(self._raw[self._cut : self._cut + _PIECE])
        self._cut += _PIECE
        if self._cut >= len(self._raw):
            self._parts += self._splitter.finish()
            self._is_cut = True
            if faults := self._splitter.tally.faults:
                self._log.write(
                    logging.WARNING, "a batch is not what it says", self._source.peer, faults=faults
                )

    def _hand_over(self) -> None:
        handed = size = 0
        while self._waiting < _MOST_WAITING and handed < _SLICE and size < _MOST_BYTES:
            if len(self._parts) < (1 if self._is_cut else 2):
                return
            part = self._parts.popleft()
            handed, size = handed + 1, size + part.size
            place = len(self._answers)
            self._answers.append(b"")
            self._waiting += 1
            content = BOM + part.content if part.is_utf8 else part.content
            warnings = () if self._parts else self._splitter.tally.faults
            self._intake.receive(content, self._source, partial(self._take, place), warnings=warnings)

    def _take(self, place: int, answer: bytes) -> None:
        self._answers[place] = answer
        self._waiting -= 1
        self._plan()

    def _refuse(self, error: MessageError) -> None:
        self._intake.refuse(
            self._raw, self._source, error, lambda answer: self._reply(*split_answers(answer))
        )
