"""Acknowledgements (HL7 v2.9 2.9): what a sender is told of its message. Which it wants is in hl7.modes.

They are written from the header alone, so that a message that cannot be read is answered too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from openworklist.domain.errors import (
    CharsetError,
    MessageError,
    OpenWorklistError,
    OrderError,
    UnsupportedMessage,
)
from openworklist.hl7.delimiters import STANDARD, Delimiters, read_delimiters
from openworklist.hl7.escapes import escape
from openworklist.hl7.lines import first
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path, parse_path

ACCEPTED: Final = "AA"
ERROR: Final = "AE"
REJECTED: Final = "AR"

# HL7 table 0357.
CONDITIONS: Final = {
    0: "Message accepted",
    100: "Segment sequence error",
    101: "Required field missing",
    102: "Data type error",
    103: "Table value not found",
    104: "Value too long",
    198: "Non-Conformant Cardinality",
    199: "Other HL7 Error",
    200: "Unsupported message type",
    201: "Unsupported event code",
    202: "Unsupported processing id",
    203: "Unsupported version id",
    204: "Unknown key identifier",
    205: "Duplicate key identifier",
    206: "Application record locked",
    207: "Application internal error",
}
_HEADER_LENGTH: Final = 2048
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One ERR segment: a condition of table 0357, a sentence, and where known the place and our code.

    `severity` is of table 0516: E an error, W a warning about a message that was accepted.
    """

    condition: int
    sentence: str
    where: str = ""  # PID-3.1
    code: str = ""  # order.field-missing
    severity: str = "E"


@dataclass(frozen=True, slots=True)
class Header:
    """What an answer takes from the message it answers: the fields of its MSH, as they came."""

    fields: tuple[str, ...]  # fields[0] is "MSH", fields[1] the separator, so that the index is HL7's number
    delimiters: Delimiters
    codec: str

    def field(self, number: int) -> str:
        return self.fields[number] if number < len(self.fields) else ""

    @property
    def control_id(self) -> str:
        return self.field(10)

    @property
    def sender(self) -> str:
        """MSH-3|MSH-4."""
        return f"{self.field(3)}|{self.field(4)}"

    @property
    def version(self) -> tuple[int, int]:
        """(2, 5) for 2.5 and 2.5.1; (2, 3) where the message does not say."""
        match = _VERSION.match(self.field(12))
        return (int(match[1][:3]), int((match[2] or "0")[:3])) if match else (2, 3)


NO_HEADER: Final = Header(("MSH", "|", "^~\\&"), STANDARD, "ascii")


def header_of(message: Message, codec: str) -> Header:
    """The header of a message that was read."""
    segment = message.header
    if len(segment.text) > _HEADER_LENGTH:
        return read_header(segment.text, codec)
    return Header(tuple(segment.fields), message.delimiters, codec)


def read_header(text: str, codec: str) -> Header:
    """The header of a message that was decoded, or of the first bytes of one that was not (as latin_1).

    NO_HEADER where there is no MSH: even then the sender gets an answer.
    """
    text = text[: _HEADER_LENGTH * 2].lstrip("\ufeff\r\n\t ")
    try:
        if text[:3] != "MSH" or len(text) < 5:
            return NO_HEADER
        separator = text[3]
        read_delimiters(separator, "")
        _, *fields = first(text, separator)[:_HEADER_LENGTH].split(separator, 25)
        return Header(("MSH", separator, *fields), read_delimiters(separator, fields[0]), codec)
    except MessageError:
        return NO_HEADER


def acknowledge(
    header: Header, code: str, *, now: str, control_id: str, problems: Sequence[Problem] = ()
) -> bytes:
    """The bytes of an ACK. `code` is its MSA-1, `now` the time for MSH-7, `control_id` the ACK's own.

    Letters that the sender's character set lacks become `?`.
    """
    separator = header.delimiters.field
    lines = [
        separator.join(_msh(header, now, control_id)).rstrip(separator),
        separator.join(_msa(header, code, problems)).rstrip(separator),
    ]
    is_new = header.version >= (2, 5)
    if not is_new:
        # An ERR of old has no severity: whoever reads it reads an error. MSA-3 has to do for a warning.
        problems = [problem for problem in problems if problem.severity == "E"]
    write = _err_since_2_5 if is_new else _err_before_2_5
    lines += [separator.join(write(header, problem)).rstrip(separator) for problem in problems]
    return ("\r".join(lines) + "\r").encode(header.codec, "replace")


def split_answers(answer: bytes) -> list[bytes]:
    """The acknowledgements that stand one after the other in `answer`, none in an empty one."""
    # What a sender gave us is escaped in them: there is no CR but at the end of a segment.
    if answer.find(b"\rMSH") < 0:
        return [answer] if answer else []
    first, *others = answer.split(b"\rMSH")
    *between, last = [first, *(b"MSH" + other for other in others)]
    return [*(each + b"\r" for each in between), last]


def explain(error: OpenWorklistError) -> tuple[str, Problem]:
    """How an error is told to the sender: AE if the content is wrong and sending again is no use, else AR."""
    for kind, code, condition in _ANSWERS:
        if isinstance(error, kind):
            condition = _CONDITIONS.get(error.code, condition)
            return code, Problem(condition, str(error.sentence), error.where, error.code)
    return REJECTED, Problem(207, str(error.sentence), error.where, error.code)


def warn(error: OrderError) -> Problem:
    """How a sender is told, beside AA, of what its message asked for in vain."""
    return replace(explain(error)[1], severity="W")


_ANSWERS: tuple[tuple[type[OpenWorklistError], str, int], ...] = (
    (UnsupportedMessage, REJECTED, 200),
    (MessageError, REJECTED, 100),
    (CharsetError, ERROR, 102),
    (OrderError, ERROR, 101),
)
# Of errors whose code says more than their kind. 0 is for what only stands beside AA.
_CONDITIONS: Final = {
    "message.not-for-production": 202,
    "message.unsupported-version": 203,
    "order.too-many-steps": 100,
    "order.identity-conflict": 205,
    "order.unknown": 204,
    "order.older": 0,
    "order.ended": 0,
    "order.no-procedure": 0,
    "order.step-added": 0,
    "order.other-patient": 0,
    "patient.ambiguous": 204,
    "patient.same-order": 205,
}


def _msh(header: Header, now: str, control_id: str) -> tuple[str, ...]:
    # Nobody is to acknowledge an acknowledgement. In original mode that goes without saying.
    mode = "NE" if header.field(15) or header.field(16) else ""
    return (
        "MSH",
        header.field(2) or "^~\\&",
        header.field(5),
        header.field(6),
        header.field(3),
        header.field(4),
        now,
        "",
        _message_type(header),
        control_id,
        header.field(11) or "P",
        header.field(12) or "2.3",
        *("", "", mode, mode, ""),
        header.field(18).strip(),
    )


def _message_type(header: Header) -> str:
    component = header.delimiters.component
    parts = header.field(9).split(component) if component else []
    # The third component of MSH-9 came with v2.3.1.
    is_old = header.version <= (2, 3) and not header.field(12).startswith("2.3.")
    if is_old or len(parts) < 2 or not parts[1]:
        return "ACK"
    return component.join(("ACK", parts[1], "ACK"))


def _msa(header: Header, code: str, problems: Sequence[Problem]) -> tuple[str, ...]:
    # MSA-3 was deprecated in v2.4 and withdrawn in v2.7, but older receivers show nothing else.
    text = problems[0].sentence if problems and header.version < (2, 7) else ""
    return ("MSA", code, header.control_id, _short(text, header))


def _err_since_2_5(header: Header, problem: Problem) -> tuple[str, ...]:
    component = header.delimiters.component or " "
    place = _place(problem.where)
    location = ""
    if place is not None:
        numbers = (
            place.occurrence or 1,
            place.field,
            place.repetition or 1,
            place.component,
            place.subcomponent,
        )
        parts = [place.segment, *(str(number or "") for number in numbers)]
        location = component.join(parts).rstrip(component)
    elif problem.where[:3].isupper() and len(problem.where) == 3:
        location = component.join((problem.where, "1"))
    condition = component.join(_condition(header, problem))
    # Table 0533 is the site's to fill; what the code means to a person stands in ERR-8.
    ours = component.join((escape(problem.code, header.delimiters), "", "HL70533")) if problem.code else ""
    return ("ERR", "", location, condition, problem.severity, ours, "", "", _short(problem.sentence, header))


def _err_before_2_5(header: Header, problem: Problem) -> tuple[str, ...]:
    component = header.delimiters.component or " "
    subcomponent = header.delimiters.subcomponent or " "
    place = _place(problem.where)
    # A CE: ours is its alternate identifier, of a local coding system.
    ours = (escape(problem.code, header.delimiters), "", "L") if problem.code else ()
    code = subcomponent.join((*_condition(header, problem), *ours))
    if place is None:
        return ("ERR", component.join(("", "", "", code)))
    return ("ERR", component.join((place.segment, str(place.occurrence or 1), str(place.field), code)))


def _condition(header: Header, problem: Problem) -> tuple[str, str, str]:
    text = CONDITIONS.get(problem.condition, "")
    return str(problem.condition), escape(text, header.delimiters), "HL70357"


def _place(where: str) -> Path | None:
    try:
        return parse_path(where)
    except MessageError:
        return None


def _short(text: str, header: Header) -> str:
    return escape(text[:250], header.delimiters)
