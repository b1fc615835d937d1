"""Words of the pages about messages: what became of one, and what an acknowledgement means."""

from __future__ import annotations

from typing import Final, NamedTuple

from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.receipt import Answer, read_answer
from openworklist.ui.language import mark


class Word(NamedTuple):
    """An English word, to be translated by the template, and the class of its badge."""

    text: str
    kind: str


RESULTS: Final = {
    "applied": Word(mark("applied"), "good"),
    "ignored": Word(mark("ignored"), ""),
    "refused": Word(mark("refused"), "bad"),
    "waiting": Word(mark("waiting"), "info"),
    "sent": Word(mark("sent"), "good"),
    "dead": Word(mark("given up"), "bad"),
    "dropped": Word(mark("dropped"), ""),
}
# HL7 table 0008.
_CODES: Final = {
    "AA": Word(mark("The receiver took the message."), "good"),
    "CA": Word(mark("The receiver has the message and will process it."), "good"),
    "AE": Word(mark("The receiver found an error in the message."), "bad"),
    "CE": Word(mark("The receiver cannot take a message like this one."), "bad"),
    "AR": Word(mark("The receiver rejected the message: it may take it another time."), "bad"),
    "CR": Word(mark("The receiver rejected the message: it may take it another time."), "bad"),
}
# What we said to a sender.
_OURS: Final = {
    "AA": Word(mark("The sender was told: taken."), "good"),
    "CA": Word(mark("The sender was told: it is safe here."), "good"),
    "AE": Word(mark("The sender was told: there is an error in the message."), "bad"),
    "CE": Word(mark("The sender was told: a message like this one cannot be taken."), "bad"),
    "AR": Word(mark("The sender was told: rejected, it may send it again."), "bad"),
    "CR": Word(mark("The sender was told: rejected, it may send it again."), "bad"),
}
_UNKNOWN: Final = Word(mark("Its code is none of HL7 table 0008."), "warn")


class Told(NamedTuple):
    """An acknowledgement in words: its code, what that means, and its own text."""

    code: str
    meaning: Word
    text: str


def tell_answer(answer: Answer, *, is_ours: bool = False) -> Told:
    """What a receiver said to us, or what we said."""
    return Told(answer.code, (_OURS if is_ours else _CODES).get(answer.code, _UNKNOWN), answer.text)


def tell_bytes(content: bytes, *, is_ours: bool = False) -> Told | None:
    """The same of an acknowledgement's bytes; None for what is none."""
    if not content:
        return None
    try:
        return tell_answer(read_answer(content), is_ours=is_ours)
    except OpenWorklistError:
        return None
