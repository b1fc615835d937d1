"""A message that a person writes: checked as it is typed, and given its addresses before it goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from openworklist.domain.charset import from_hl7
from openworklist.domain.errors import CharsetError, MessageError, OpenWorklistError
from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.dictionary import segments
from openworklist.hl7.escapes import escape
from openworklist.hl7.events import Kind, find_event
from openworklist.hl7.message import Message, parse

_SECOND: Final = 1_000_000
_UTF8: Final = "UNICODE UTF-8"


class Remark(NamedTuple):
    """What is odd about a text, and where: an HL7 path, "" for all of it. With an error it cannot be sent."""

    sentence: str
    where: str = ""
    is_error: bool = False


class Addresses(NamedTuple):
    """MSH-3 to MSH-6; "" leaves what is written."""

    sending_application: str = ""
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""


def check(text: str) -> tuple[Remark, ...]:
    """What is wrong with a message, and what its receiver may stumble over; nothing of its values."""
    try:
        message = _read(text)
    except OpenWorklistError as error:
        return (Remark(error.sentence, error.where, is_error=True),)
    header = message.header
    remarks = [
        Remark(sentence, where)
        for where, sentence in (
            ("MSH-9", "The message type is empty."),
            ("MSH-10", "The control ID is empty: one is made when it is sent."),
            ("MSH-12", "The version is empty."),
        )
        if not header.field(int(where.partition("-")[2]))
    ]
    unknown = dict.fromkeys(
        segment.name
        for segment in message.segments
        if not segment.name.startswith("Z") and segment.name not in segments()
    )
    remarks += [Remark("No version of HL7 that radiology uses has this segment.", name) for name in unknown]
    return (*remarks, *_check_content(message), *_check_charset(message, text))


def _check_content(message: Message) -> Iterator[Remark]:
    """Whether we would take the message ourselves, and what an order cannot do without."""
    if not message.header.field(9):
        return
    try:
        event = find_event(message)
    except OpenWorklistError as error:
        yield Remark(error.sentence, error.where)
        return
    wanted = {Kind.ORDER: ("PID", "ORC"), Kind.APPOINTMENT: ("SCH", "PID"), Kind.PATIENT: ("PID",)}
    names = {segment.name for segment in message.segments}
    for name in wanted.get(event.kind, ()):
        if name not in names:
            yield Remark(f"A message of this type should have the segment {name}.", name)
        elif name == "PID" and not any(message.get(path) for path in ("PID-3", "PID-2")):
            yield Remark("The patient has no ID.", "PID-3")


def _check_charset(message: Message, text: str) -> Iterator[Remark]:
    name = message.get("MSH-18.1").strip()
    if name and from_hl7(name) is None:
        yield Remark("HL7 table 0211 has no character set of this name.", "MSH-18")
    elif not text.isascii() and not name.startswith("UNICODE"):
        yield Remark("It has other letters than ASCII: it goes out in UTF-8, and MSH-18 says so.", "MSH-18")


def encode_as_is(text: str) -> bytes:
    """The message as it is written, in the character set that its MSH-18 names, else in UTF-8.

    MessageError if it is no message, CharsetError if the set is unknown or lacks a letter.
    """
    message = _read(text)
    name = message.get("MSH-18.1").strip()
    charset = from_hl7(name) if name else None
    if name and charset is None:
        raise CharsetError(f"{name!r} is no character set of HL7 table 0211.", where="MSH-18")
    lines = text.strip("\r\n\ufeff").replace("\r\n", "\r").replace("\n", "\r")
    try:
        return f"{lines}\r".encode(charset.python if charset else "utf_8")
    except UnicodeEncodeError as error:
        raise CharsetError(
            f"{name} has no letter for U+{ord(error.object[error.start]):04X}.",
            where="MSH-18",
            hint="let it be written in UTF-8: do not send it as it is",
        ) from None


def address(
    text: str, addresses: Addresses, *, control_id: str, now: int, zone: tzinfo | None = None
) -> bytes:
    """The message as it goes out: addresses set, MSH-7 and MSH-10 where they are empty, UTF-8 where needed.

    `now` is microseconds since 1970. MessageError if it is no message.
    """
    message = _read(text)
    delimiters = message.delimiters
    fields = list(message.header.fields)
    fields += [""] * (13 - len(fields))
    for number, value in enumerate(addresses, start=3):
        if value:
            fields[number] = escape(value, delimiters)
    fields[7] = fields[7] or f"{datetime.fromtimestamp(now / _SECOND, zone):%Y%m%d%H%M%S}"
    fields[10] = fields[10] or control_id
    body = [segment.text for segment in message.segments[1:]]
    whole = "".join(f"{line}\r" for line in (_join(fields, delimiters), *body))
    if not whole.isascii():
        fields += [""] * (19 - len(fields))
        fields[18] = _UTF8
        whole = "".join(f"{line}\r" for line in (_join(fields, delimiters), *body))
    return whole.encode()


def _join(fields: list[str], delimiters: Delimiters) -> str:
    # fields[1] is the separator itself, so that the index is HL7's number.
    return delimiters.field.join((fields[0], *fields[2:])).rstrip(delimiters.field)


def _read(text: str) -> Message:
    text = text.strip("\r\n\t \ufeff")
    if not text:
        raise MessageError("There is no text.", hint="write a message, or load a file")
    return parse(text)
