"""A captured stream explained: which bytes frame what, what the HL7 port would do, and the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.ack import explain as answer_to
from openworklist.hl7.charset import declared
from openworklist.hl7.framing import MAX_MESSAGE
from openworklist.hl7.message import parse
from openworklist.hl7.stretches import Kind, Stretch, cut
from openworklist.services.doctor.bytewords import dump
from openworklist.services.doctor.finding import Level, worst
from openworklist.services.doctor.foreign import find_foreign
from openworklist.services.doctor.remarks import (
    Remark,
    find_refusal,
    remark_on_content,
    remark_on_noise,
)

_WHOLE_SHOWN: Final = 256  # bytes; of a longer stretch only the beginning and the end are shown
_HEAD_SHOWN: Final = 64
_TAIL_SHOWN: Final = 32
_SUMMARY: Final = 4096

# What the HL7 port does with a stretch: listeners.mllp_connection, services.reception.
_DOES: Final = {
    Kind.MESSAGE: "takes it as a message and answers it",
    Kind.NO_CARRIAGE_RETURN: "takes it as a message when the next 0x0B comes, the connection ends,"
    " or nothing comes for two seconds, and answers it",
    Kind.HALF: "journals it as broken off (message.broken-off) and answers nothing",
    Kind.OVERSIZE: "skips it to its end and answers AR (message.too-large)",
    Kind.OVERSIZE_HALF: "skips it, journals its beginning (message.too-large) and answers nothing",
    Kind.TOKEN: "answers with tokens, or 0x10 0x0D: unknown",
    Kind.LONG_TOKEN: "answers 0x10 0x0D: unknown",
    Kind.LONE_START: "skips it",
    Kind.HALF_TOKEN: "skips it and answers nothing",
    Kind.NOISE: "skips it, counts it in the log and answers nothing",
}
_WAITS: Final = "waits for the rest, at most hl7_frame_timeout seconds"


@dataclass(frozen=True, slots=True)
class Explained:
    """One stretch: what it is, what the server `does` with it, and what strikes one about it.

    `summary` is the type and control ID of a message. `shown` are the offset and bytes of its beginning and,
    of a long one, of its end.
    """

    stretch: Stretch
    does: str
    remarks: tuple[Remark, ...]
    summary: str = ""
    shown: tuple[tuple[int, bytes], ...] = ()

    @property
    def level(self) -> Level:
        return worst(remark.level for remark in self.remarks)

    def dump(self) -> list[str]:
        """Its bytes in hexadecimal and as letters."""
        lines: list[str] = []
        for offset, data in self.shown:
            if lines:
                lines.append(f"...       {offset - self.shown[0][0] - len(self.shown[0][1])} bytes left out")
            lines += dump(data, offset)
        return lines


@dataclass(frozen=True, slots=True)
class Explanation:
    """A stream from its beginning; `foreign` is what it is if it is no HL7 at all.

    `rest` is the number of bytes at its end that were not looked at, because there are too many stretches.
    """

    size: int
    stretches: tuple[Explained, ...]
    foreign: Remark | None = None
    rest: int = 0

    @property
    def level(self) -> Level:
        if self.foreign or not self.size:
            return Level.PROBLEM
        return worst(each.level for each in self.stretches)

    @property
    def sentence(self) -> str:
        """What the stream is, in a sentence."""
        if not self.size:
            return "There are no bytes."
        if self.foreign:
            return self.foreign.sentence
        counts = Counter(each.stretch.kind for each in self.stretches)
        parts = [f"{kind} ({count})" for kind, count in counts.items()]
        return f"{self.size} bytes: {', '.join(parts)}."


def explain(data: bytes, *, max_message: int = MAX_MESSAGE, most: int = 10_000) -> Explanation:
    """Explain a stream whose sender has ended it, up to `most` stretches. Never raises.

    Every byte stands in one stretch, or in the `rest`.
    """
    foreign = find_foreign(data)
    found = list(islice(cut(data, max_message=max_message), most))
    stretches = tuple(
        explain_stretch(data, stretch, before, is_hl7=foreign is None)
        for before, stretch in zip([None, *found], found, strict=False)
    )
    rest = len(data) - (found[-1].end if found else 0)
    remark = None
    if foreign:
        sentence = f"This is {foreign.name}, not HL7 over MLLP."
        remark = Remark(0, Level.PROBLEM, sentence, foreign.hint)
    return Explanation(len(data), stretches, remark, rest)


def explain_stretch(
    data: bytes | bytearray,
    stretch: Stretch,
    before: Stretch | None = None,
    *,
    is_hl7: bool = True,
    has_ended: bool = True,
) -> Explained:
    """Explain a stretch that follows on `before`. A stream that has not ended may still go on with its last.

    Of bytes that are no HL7 nothing is said but what the server does with them.
    """
    content = bytes(data[stretch.content_start : stretch.content_end])
    refusal = find_refusal(content) if stretch.kind in _ANSWERED else None
    remarks: list[Remark] = []
    if is_hl7:
        remarks = sorted(_REMARKS[stretch.kind](content, stretch, before), key=_place)
        if refusal and all(remark.level is not Level.PROBLEM for remark in remarks):
            remarks.insert(0, _to_remark(refusal, stretch))
    is_waiting = stretch.is_open and not has_ended and stretch.kind in _WAITING
    does = _WAITS if is_waiting else _DOES[stretch.kind]
    if refusal:
        does = f"refuses it and answers {answer_to(refusal)[0]} ({refusal.code})"
    summary = _summarise(content) if stretch.kind in _MESSAGES else ""
    return Explained(stretch, does, tuple(remarks), summary, _show(data, stretch))


def _to_remark(error: OpenWorklistError, stretch: Stretch) -> Remark:
    where = f" [{error.where}]" if error.where else ""
    return Remark(stretch.content_start, Level.PROBLEM, f"{error.sentence}{where}", error.hint)


_ANSWERED: Final = frozenset({Kind.MESSAGE, Kind.NO_CARRIAGE_RETURN})
_MESSAGES: Final = frozenset(
    {Kind.MESSAGE, Kind.NO_CARRIAGE_RETURN, Kind.HALF, Kind.OVERSIZE, Kind.OVERSIZE_HALF}
)
_WAITING: Final = frozenset({Kind.HALF, Kind.OVERSIZE_HALF, Kind.LONE_START, Kind.HALF_TOKEN})


def _place(remark: Remark) -> int:
    return remark.offset


def _show(data: bytes | bytearray, stretch: Stretch) -> tuple[tuple[int, bytes], ...]:
    if stretch.end - stretch.start <= _WHOLE_SHOWN:
        return ((stretch.start, bytes(data[stretch.start : stretch.end])),)
    tail = stretch.end - _TAIL_SHOWN
    return (
        (stretch.start, bytes(data[stretch.start : stretch.start + _HEAD_SHOWN])),
        (tail, bytes(data[tail : stretch.end])),
    )


def _summarise(content: bytes) -> str:
    head = content[:_SUMMARY]
    try:
        message = parse(head.decode("latin_1"))
    except OpenWorklistError:
        return ""
    named = [("type", message.get("MSH-9")), ("control ID", message.get("MSH-10"))]
    named.append(("character set", "~".join(declared(head)).strip()))
    return ", ".join(f"{name} {value[:60]}" for name, value in named if value)


def _on_message(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    yield from remark_on_content(content, stretch.content_start)


def _on_no_carriage_return(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    yield from _on_message(content, stretch, before)
    yield Remark(
        stretch.content_end,
        Level.WARNING,
        "The message ends in 0x1C without 0x0D: its answer is late, and other receivers wait for ever.",
        "set the sender's end of a message to 0x1C 0x0D",
    )


def _on_half(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    yield from remark_on_content(content, stretch.content_start)
    if stretch.is_open:
        sentence = "The stream ends before the message does: 0x1C 0x0D is missing."
    else:
        sentence = f"0x1C 0x0D is missing: the next message begins at 0x{stretch.end:X}."
    yield Remark(stretch.end, Level.PROBLEM, sentence, "set the sender's end of a message to 0x1C 0x0D")


def _on_oversize(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    size = stretch.content_end - stretch.content_start
    yield Remark(
        stretch.start,
        Level.PROBLEM,
        f"The message has {size} bytes, which is more than hl7_max_message.",
        "raise hl7_max_message, if the message is right",
    )


def _on_token(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    yield Remark(
        stretch.start,
        Level.OK,
        "A token query (0x10 … 0x0D): the sender asks for the token of a study, or for those of a patient.",
    )


def _on_long_token(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    yield Remark(
        stretch.start, Level.WARNING, "What stands between 0x10 and 0x0D is too long for a token query."
    )


def _on_lone_start(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    if stretch.is_open:
        yield Remark(stretch.start, Level.PROBLEM, "The stream ends after 0x0B: no message follows.")
    else:
        yield Remark(
            stretch.start,
            Level.WARNING,
            "0x0B stands twice: the first is skipped.",
            "let the sender send it once",
        )


def _on_half_token(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    yield Remark(
        stretch.start,
        Level.PROBLEM,
        "0x10 outside of a message begins a token query, and no 0x0D ends it.",
        "let the sender frame its messages: 0x0B before, 0x1C 0x0D after",
    )


def _on_noise(content: bytes, stretch: Stretch, before: Stretch | None) -> Iterator[Remark]:
    follows = before is not None and before.kind is Kind.MESSAGE
    yield from remark_on_noise(content, stretch.start, follows_message=follows)


_REMARKS: Final[dict[Kind, Callable[[bytes, Stretch, Stretch | None], Iterator[Remark]]]] = {
    Kind.MESSAGE: _on_message,
    Kind.NO_CARRIAGE_RETURN: _on_no_carriage_return,
    Kind.HALF: _on_half,
    Kind.OVERSIZE: _on_oversize,
    Kind.OVERSIZE_HALF: _on_oversize,
    Kind.TOKEN: _on_token,
    Kind.LONG_TOKEN: _on_long_token,
    Kind.LONE_START: _on_lone_start,
    Kind.HALF_TOKEN: _on_half_token,
    Kind.NOISE: _on_noise,
}
