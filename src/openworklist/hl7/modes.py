"""Original and enhanced mode (HL7 v2.9 2.9.2, 2.9.3): which acknowledgements a message asks for.

An accept acknowledgement says that a message is in safe storage, an application acknowledgement what became
of it. What stands in them is in hl7.ack.
"""

from __future__ import annotations

from typing import Final

from openworklist.hl7.ack import ACCEPTED, ERROR, REJECTED, Header

COMMITTED: Final = "CA"
COMMIT_ERROR: Final = "CE"
COMMIT_REJECTED: Final = "CR"

_ALWAYS: Final = "AL"
_NEVER: Final = "NE"
# HL7 table 0155: whether each condition asks for an acknowledgement of success, and of an error.
_CONDITIONS: Final = {
    _ALWAYS: (True, True),
    _NEVER: (False, False),
    "ER": (False, True),
    "SU": (True, False),
}
# Conditions of table 0357 about MSH-9, MSH-11 and MSH-12: HL7 v2.9 2.9.3.2 rejects for these alone.
_OF_THE_HEADER: Final = frozenset({200, 201, 202, 203})


def is_enhanced(header: Header) -> bool:
    return bool(header.field(15) or header.field(16))


def wanted(header: Header, code: str, condition: int = 0) -> tuple[str, ...]:
    """The MSA-1 of each acknowledgement that a message asks for, in the order in which they are sent.

    `code` is what original mode would say: AA, AE or AR; `condition` the reason, of table 0357. What is
    wrong is told once: by the application acknowledgement, or, where that is not wanted, by the other one.
    """
    if not is_enhanced(header):
        return (code,)
    accept, application = _conditions(header)
    if code == ACCEPTED:
        return (COMMITTED,) * accept[0] + (ACCEPTED,) * application[0]
    if code == ERROR and application[1]:
        return (COMMITTED,) * accept[0] + (ERROR,)
    if accept[1]:
        is_rejected = code == REJECTED and condition in _OF_THE_HEADER
        return (COMMIT_REJECTED if is_rejected else COMMIT_ERROR,)
    return (code,) * application[1]


def check(header: Header) -> tuple[str, ...]:
    """Warnings about values of MSH-15 and MSH-16 that are none of table 0155."""
    if not is_enhanced(header):
        return ()
    return tuple(
        f"MSH-{number} is {header.field(number)[:40]!r}, which is none of AL, NE, ER, SU: it was read as AL."
        for number in (15, 16)
        if header.field(number) and _condition(header, number) not in _CONDITIONS
    )


def _conditions(header: Header) -> tuple[tuple[bool, bool], tuple[bool, bool]]:
    """Of the accept and of the application acknowledgement.

    HL7 does not say what one of the two means where the other is empty. No sender is to wait in vain: an
    empty MSH-16 asks for what original mode has, unless MSH-15 asks for an answer to everything already.
    """
    accept = _condition(header, 15) or _NEVER
    application = _condition(header, 16) or (_NEVER if accept == _ALWAYS else _ALWAYS)
    always = _CONDITIONS[_ALWAYS]
    return _CONDITIONS.get(accept, always), _CONDITIONS.get(application, always)


def _condition(header: Header, number: int) -> str:
    return header.field(number).strip().upper()
