"""The sender's side of acknowledging: which answers a message asks for, and what an answer says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.hl7.ack import read_header
from openworklist.hl7.charset import decode
from openworklist.hl7.escapes import unescape
from openworklist.hl7.framing import END, START
from openworklist.hl7.message import Message, parse

_HEAD: Final = 4096  # bytes that hold every header
_WANTED: Final = frozenset(("AL", "ER", "SU"))  # HL7 table 0155; NE is never


class Verdict(Enum):
    """What an acknowledgement means to who sent the message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # its content is wrong: the same again is refused again
    REJECTED = "rejected"  # not now, or not so: another try may be taken


# HL7 table 0008.
_VERDICTS: Final = {
    "AA": Verdict.ACCEPTED,
    "CA": Verdict.ACCEPTED,
    "AE": Verdict.REFUSED,
    "CE": Verdict.REFUSED,
    "AR": Verdict.REJECTED,
    "CR": Verdict.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the header of a message asks of its receiver (HL7 v2.9 2.9.2 and 2.9.3).

    `is_answered`: an acknowledgement of some kind is due. `is_told_the_result`: after one that says CA
    another follows, with what became of the message.
    """

    control_id: str
    is_answered: bool
    is_told_the_result: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What an acknowledgement says: MSA-1, MSA-2, and the text for a person, "" where there is none."""

    code: str
    control_id: str
    text: str
    content: bytes

    @property
    def verdict(self) -> Verdict | None:
        """None where MSA-1 is none of HL7 table 0008."""
        return _VERDICTS.get(self.code)

    @property
    def is_commit(self) -> bool:
        """Whether it only says that the message is safe there, not what became of it."""
        return self.code == "CA"


def read_asked(content: bytes) -> Asked:
    """What a message asks for; MessageError if it does not begin with a header."""
    header = read_header(content[:_HEAD].decode("latin_1"), "latin_1")
    if len(header.fields) <= 3:
        raise MessageError(
            "The message does not begin with an MSH segment.", where="MSH", hint="check what is to be sent"
        )
    modes = header.field(15).strip().upper(), header.field(16).strip().upper()
    # Both empty is the original mode: one answer, with the result.
    is_answered = not any(modes) or any(mode in _WANTED for mode in modes)
    return Asked(header.control_id.strip(), is_answered, modes[1] == "AL")


def check_sendable(content: bytes) -> Asked:
    """As `read_asked`; MessageError if the message cannot be framed, or sent again without doing harm."""
    asked = read_asked(content)
    if bytes((START,)) in content or END in content:
        raise MessageError(
            "The message holds the bytes that frame messages.",
            hint="take the framing away, or send each message by itself",
        )
    if not asked.control_id:
        raise MessageError(
            "The message has no control ID: its receiver could not tell that it comes again.",
            where="MSH-10",
            hint="give each message a control ID of its own",
            code="message.no-control-id",
        )
    return asked


def read_answer(content: bytes) -> Answer:
    """What an acknowledgement says; MessageError if it is none."""
    text, codec = _to_text(content)
    message = parse(text)
    code = message.get("MSA-1").strip().upper()
    if not code:
        raise MessageError("The answer is no acknowledgement: it has no MSA-1.", where="MSA-1")
    return Answer(code, message.get("MSA-2").strip(), _find_text(message, codec), content)


def _to_text(content: bytes) -> tuple[str, str]:
    try:
        decoded = decode(content)
    except OpenWorklistError:
        return content.decode("latin_1"), "latin_1"  # what is looked for in it are letters of ASCII
    return decoded.text, decoded.codec


def _find_text(message: Message, codec: str) -> str:
    # MSA-3 is of old; ERR-8 is for people, and where it is missing ERR-3 or ERR-1.4 name the condition.
    for path in ("ERR-8", "MSA-3", "ERR-3.2", "ERR-1.4.2"):
        text = message.get(path).strip()
        if text:
            return unescape(text, message.delimiters, codec, [])
    return ""
