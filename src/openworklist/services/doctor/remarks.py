"""What strikes one about the bytes of a stretch: each remark with its place, and the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from openworklist.domain.errors import OpenWorklistError, UnsupportedMessage
from openworklist.hl7.charset import decode
from openworklist.hl7.message import parse
from openworklist.services.doctor.bytewords import describe_byte, describe_bytes
from openworklist.services.doctor.finding import Level
from openworklist.services.doctor.foreign import find_foreign

_FRAMING_HINT: Final = "set the sender to MLLP: 0x0B before each message, 0x1C 0x0D after it"
_END_HINT: Final = "set the sender's end of a message to 0x1C 0x0D"
_HEAD: Final = 4096
_MOST_PLACES: Final = 3

_BLANK = re.compile(rb"[\x00\t\n\r ]+")
_MSH = re.compile(rb"MSH[^A-Za-z0-9\s]")
_BATCH = re.compile(rb"(?:FHS|BHS)[^A-Za-z0-9\s]")
_BOM: Final = b"\xef\xbb\xbf"
_UTF_16 = re.compile(rb"\A(?:\xff\xfe|\xfe\xff)|M\x00S\x00H\x00|\x00M\x00S\x00H")
# Framing characters that somebody typed into a form as text.
_WRITTEN_OUT = re.compile(rb"<(?:VT|SB|0B)>|\\x0[bB]|\\v|\\013|\^K|0[xX]0[bB]|&#(?:11|x0?[bB]);")
# The hybrid lower layer protocol: block type, version, 0x0D (HL7 v2 appendix C.3).
_HYBRID = re.compile(rb"[DN]\d\d\r")
_SECOND_MSH = re.compile(rb"(?<=[\r\n])MSH[^A-Za-z0-9\s]")
_END_IN_LINE_FEED = re.compile(rb"\x1c\n")
_LONE_SEPARATOR = re.compile(rb"\x1c(?!\n)")
_LINE_FEED = re.compile(rb"(?<!\x1c)\n")
_UNBROKEN = re.compile(rb"[^\r\n](?:PID|PV1|ORC|OBR)\|")
# Not those of lines, columns, framing, and ISO 2022's ESC, SO and SI.
_CONTROL = re.compile(rb"[\x00-\x08\x0c\x11-\x1a\x1d-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Remark:
    """What strikes one at `offset` of the stream."""

    offset: int
    level: Level
    sentence: str
    hint: str = ""


def remark_on_noise(noise: bytes, offset: int, *, follows_message: bool) -> Iterator[Remark]:
    """What bytes outside of any message may have been meant to be."""
    if _BLANK.fullmatch(noise):
        sentence = f"Outside of any message: {describe_bytes(noise)}. It is skipped and does no harm."
        if follows_message and noise.startswith(b"\n"):
            sentence = "The sender ends its messages in 0x1C 0x0D 0x0A. The 0x0A is skipped and does no harm."
        yield Remark(offset, Level.OK, sentence)
        return
    head = noise[:_HEAD]
    for pattern, sentence, hint in _MEANT:
        found = pattern.search(head)
        if found:
            yield Remark(offset + found.start(), Level.PROBLEM, sentence, hint)
            return
    found = _MSH.search(head)
    if found:
        before = noise[: found.start()]
        what = f"{describe_bytes(before)} stands before it instead" if before else "it begins with MSH"
        yield Remark(offset, Level.PROBLEM, f"A message without 0x0B before it: {what}.", _FRAMING_HINT)
        if b"\x1c\r" not in noise:
            yield Remark(offset + len(noise), Level.PROBLEM, "It has no 0x1C 0x0D after it.", _FRAMING_HINT)
    elif noise.startswith(b"\x1c\r"):
        yield Remark(offset, Level.PROBLEM, "An end, 0x1C 0x0D, without a beginning.", _FRAMING_HINT)
    else:
        yield Remark(
            offset, Level.PROBLEM, f"Outside of any message: {describe_bytes(noise)}.", _FRAMING_HINT
        )


_UTF_16_SENTENCE: Final = "The text is UTF-16: each letter has two bytes. MLLP cannot carry that."
_UTF_16_HINT: Final = "let the sender write UTF-8 and name it in MSH-18: UNICODE UTF-8"
_MEANT: Final = (
    (_UTF_16, _UTF_16_SENTENCE, _UTF_16_HINT),
    (
        _WRITTEN_OUT,
        "The framing characters are written out as text: the byte 0x0B was meant.",
        "enter them at the sender as hexadecimal or decimal numbers: 0B (11), 1C (28), 0D (13)",
    ),
    (
        re.compile(rb"\x02\s*MSH"),
        "The message is framed by 0x02 and 0x03, as on a serial line.",
        _FRAMING_HINT,
    ),
    (re.compile(_BATCH.pattern), "A batch file without frames: 0x0B was meant to stand before each message.",
     "let the sender frame its messages, or send the file with `openworklist send`"),
)  # fmt: skip


def remark_on_content(content: bytes, offset: int) -> Iterator[Remark]:
    """What strikes one about what stands between the framing bytes."""
    if not content:
        yield Remark(offset, Level.PROBLEM, "There is nothing between the framing bytes.")
        return
    if _UTF_16.match(content):
        yield Remark(offset, Level.PROBLEM, _UTF_16_SENTENCE, _UTF_16_HINT)
        return
    for look in (_look_at_beginning, _look_at_lines, _look_at_second, _look_at_separators, _look_at_controls):
        yield from look(content, offset)


def find_refusal(content: bytes) -> OpenWorklistError | None:
    """Why the server cannot read these bytes as a message."""
    try:
        message = parse(decode(content).text)
    except OpenWorklistError as error:
        return error
    if not message.get("MSH-9"):
        return UnsupportedMessage("The message does not say of which type it is.", where="MSH-9")
    return None


def _look_at_beginning(content: bytes, offset: int) -> Iterator[Remark]:
    bare = content.removeprefix(_BOM)
    if bare != content:
        yield Remark(offset, Level.OK, "A byte order mark (0xEF 0xBB 0xBF) stands before MSH. It is skipped.")
    text = bare.lstrip(b"\r\n\t ")
    place = offset + len(content) - len(text)
    if text != bare:
        yield Remark(
            offset, Level.OK, f"Before MSH: {describe_bytes(bare[: len(bare) - len(text)])}. It is skipped."
        )
    foreign = find_foreign(text)
    if _BATCH.match(text):
        yield Remark(
            place,
            Level.PROBLEM,
            "A batch: it begins with FHS or BHS.",
            "let the sender frame each message by itself",
        )
    elif _HYBRID.match(text):
        yield Remark(
            place,
            Level.PROBLEM,
            "The sender uses the hybrid lower layer protocol: a block type and a version precede MSH.",
            "set it to the minimal one, MLLP",
        )
    elif foreign:
        yield Remark(place, Level.PROBLEM, f"Between the framing bytes is {foreign.name}.", foreign.hint)
    elif not _MSH.match(text):
        found = _MSH.search(content[:_HEAD])
        if found:
            before = describe_bytes(content[: found.start()])
            yield Remark(offset, Level.PROBLEM, f"Before MSH: {before}.", "let the sender begin with MSH")


def _look_at_lines(content: bytes, offset: int) -> Iterator[Remark]:
    # HL7 v2.9 2.4: the segment terminator is always a carriage return.
    both = content.count(b"\r\n")
    returns = content.count(b"\r") - both
    feeds = content.count(b"\n") - both - content.count(b"\x1c\n")
    kinds = [f"{count} {name}" for count, name in ((returns, "CR"), (both, "CR LF"), (feeds, "LF")) if count]
    first = _LINE_FEED.search(content)
    if first:
        yield Remark(
            offset + first.start(),
            Level.OK,
            f"Segments should end in CR (0x0D) alone. There are: {', '.join(kinds)}. Such a message is read.",
        )
    elif not returns:
        found = _UNBROKEN.search(content)
        if found:
            yield Remark(
                offset + found.start() + 1,
                Level.PROBLEM,
                "Nothing separates the segments: there is no CR (0x0D) in the message.",
                "let the sender end each segment in 0x0D",
            )


def _look_at_second(content: bytes, offset: int) -> Iterator[Remark]:
    beginning = len(content) - len(content.removeprefix(_BOM).lstrip(b"\r\n\t "))
    count, places = _find(_SECOND_MSH, content, beginning + 1)
    if count:
        yield Remark(
            offset + places[0],
            Level.PROBLEM,
            f"{count + 1} messages stand in one frame: MSH comes again at {_show(places, count, offset)}.",
            "let the sender put 0x0B before and 0x1C 0x0D after each of them",
        )


def _look_at_separators(content: bytes, offset: int) -> Iterator[Remark]:
    count, places = _find(_END_IN_LINE_FEED, content)
    if count:
        yield Remark(
            offset + places[0],
            Level.PROBLEM,
            "0x1C is followed by 0x0A (LF) instead of 0x0D (CR) at"
            f" {_show(places, count, offset)}: that ends no message.",
            _END_HINT,
        )
    count, places = _find(_LONE_SEPARATOR, content)
    if count:
        yield Remark(
            offset + places[0],
            Level.WARNING,
            f"0x1C without 0x0D after it stands inside the message at {_show(places, count, offset)}:"
            " it counts as content.",
            _END_HINT,
        )


def _look_at_controls(content: bytes, offset: int) -> Iterator[Remark]:
    count, places = _find(_CONTROL, content)
    if count:
        what = describe_byte(content[places[0]])
        yield Remark(
            offset + places[0],
            Level.WARNING,
            f"Control characters in the text: {count}. The first is {what}, at 0x{offset + places[0]:X}.",
            "look for text that was written in another character set, or cut in the middle of a letter",
        )


def _find(pattern: re.Pattern[bytes], content: bytes, start: int = 0) -> tuple[int, list[int]]:
    """How often it is there, and the first few places: a stream of binary data has millions."""
    matches = pattern.finditer(content, start)
    places = [match.start() for match in islice(matches, _MOST_PLACES)]
    return len(places) + sum(1 for _ in matches), places


def _show(places: list[int], count: int, offset: int) -> str:
    more = ", …" if count > len(places) else ""
    return ", ".join(f"0x{offset + place:X}" for place in places) + more
