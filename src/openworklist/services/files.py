"""Files of messages on their way to intake: cut, handed over in order, and what became of each."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from openworklist.domain.errors import MessageError, StoreError
from openworklist.hl7.batch import BOM, Part, Splitter
from openworklist.hl7.framing import MAX_MESSAGE
from openworklist.services.intake import Intake
from openworklist.services.reading import Source, too_large
from openworklist.services.settling import Settled

log = logging.getLogger(__name__)

# Messages, and bytes of them, handed over before the first is answered: they share a commit.
_MOST_WAITING: Final = 64
_MOST_BYTES: Final = 16 * 1024 * 1024
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"M\0S\0H\0", b"\0M\0S\0H")
_GOOD: Final = frozenset({"applied", "ignored", "repeated"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message of a file.

    `number` counts from 1, `offset` is the byte at which it begins, `outcome` as in Settled, `code` the MSA-1
    that its sender would have got, `place` an HL7 path where one is known, `error` a code of domain.errors.
    """

    number: int
    offset: int
    outcome: str
    code: str = ""
    control_id: str = ""
    reason: str = ""
    place: str = ""
    hint: str = ""
    error: str = ""

    @property
    def is_good(self) -> bool:
        """Whether there is nothing left to do about it."""
        return self.outcome in _GOOD

    def __str__(self) -> str:
        control_id = f", control ID {self.control_id}" if self.control_id else ""
        code = f" ({self.code})" if self.code and not self.is_good else ""
        reason = f": {self.reason}" if self.reason else ""
        place = f" [{self.place}]" if self.place else ""
        hint = f" — {self.hint}" if self.hint else ""
        which = f"message {self.number} at byte {self.offset}{control_id}"
        return f"{which}: {self.outcome}{code}{reason}{place}{hint}"


class _Waiting(NamedTuple):
    number: int
    part: Part
    settled: Future[Settled]


class Files:
    """Hands the messages of files to intake, which knows those that it has had: a file may be taken again."""

    def __init__(
        self, intake: Intake, find_problem: Callable[[], str], *, max_message: int = MAX_MESSAGE
    ) -> None:
        """`find_problem` says why the database cannot be used just now."""
        self._intake = intake
        self._find_problem = find_problem
        self._max_message = max_message

    def take(self, pieces: Iterable[bytes], source: Source) -> Iterator[Taken]:
        """Apply the messages of a file that comes in pieces; what became of each, in order.

        Memory stays bounded however long the file is. Waits for the disk: not for the loop's thread.
        StoreError when the database takes nothing just now: what follows was not looked at, and the whole
        file is to be taken again later.
        """
        # A name that is no text (Linux takes any bytes) can be written nowhere.
        source = replace(source, peer=source.peer.encode("utf_8", "backslashreplace").decode("utf_8"))
        waiting: deque[_Waiting] = deque()
        size = 0
        for number, part in enumerate(self._cut(pieces), 1):
            waiting.append(_Waiting(number, part, self._hand_over(part, source)))
            size += len(part.content)
            while waiting and (
                len(waiting) >= _MOST_WAITING or size > _MOST_BYTES or waiting[0].settled.done()
            ):
                first = waiting.popleft()
                size -= len(first.part.content)
                yield self._tell(first)
        while waiting:
            yield self._tell(waiting.popleft())

    def _cut(self, pieces: Iterable[bytes]) -> Iterator[Part]:
        splitter = Splitter(self._max_message)
        for piece in pieces:
            yield from splitter.feed(piece)
        yield from splitter.finish()

    def _hand_over(self, part: Part, source: Source) -> Future[Settled]:
        settled: Future[Settled] = Future()
        raw = BOM + part.content if part.is_utf8 else part.content
        lane = f"{source.channel} {source.peer}"
        try:
            self._intake.settle(raw, source, settled.set_result, lane=lane, error=_find_error(part))
        except Exception as error:
            # The edge: one that we fail at does not take the others along.
            log.error("a message of a file could not be read", extra={"error": type(error).__name__})
            log.debug("the error", exc_info=error)
            settled.set_result(Settled("failed", b"", error=StoreError("The message could not be read.")))
        return settled

    def _tell(self, waiting: _Waiting) -> Taken:
        settled = waiting.settled.result()
        error = settled.error
        # The general code is also that of a single message which the database, or we, cannot cope with.
        if isinstance(error, StoreError) and (error.code != StoreError.code or self._find_problem()):
            raise error
        code, control_id = _read_answer(settled.answer)
        return Taken(
            waiting.number,
            waiting.part.offset,
            settled.disposition,
            code,
            control_id,
            reason=error.sentence if error else settled.reason,
            place=error.where if error else "",
            hint=error.hint if error else "",
            error=error.code if error else "",
        )


def _find_error(part: Part) -> MessageError | None:
    """What is wrong with a message before anybody reads it."""
    if part.content.startswith(_UTF_16):
        return MessageError("The file is in UTF-16.", where="MSH", hint="save it as UTF-8")
    if not part.content.lstrip(b"\r\n\t ").startswith(b"MSH"):
        # Nobody is helped by hearing that a picture has bytes which are no letters.
        return MessageError("What stands here does not begin with an MSH segment.", where="MSH")
    return too_large(part.size) if part.is_cut else None


def _read_answer(answer: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2 of an acknowledgement of ours; "" where there is none."""
    segments = answer.split(b"\r", 2)
    fields = segments[1].split(answer[3:4]) if len(segments) > 1 else []
    code, control_id = [*fields[1:3], b"", b""][:2]
    return code.decode("ascii", "replace"), control_id.decode("utf_8", "replace")
