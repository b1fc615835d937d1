"""What messages are for: orders, appointments, patients, or nothing that is wanted here, with the reason."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, NamedTuple

from openworklist.domain.errors import UnsupportedMessage
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path

_TRIGGER: Final = Path("MSH", 9, 2)
_EVENT: Final = Path("EVN", 1, 1)


class Kind(Enum):
    ORDER = auto()
    APPOINTMENT = auto()
    PATIENT = auto()
    IGNORED = auto()


class Event(NamedTuple):
    """What a message is for. `trigger` is its event (A08), `reason` why it is of no use."""

    kind: Kind
    trigger: str = ""
    reason: str = ""


# Taken by message code with any trigger: OMI^Z23 exists.
_ORDERS: Final = frozenset({"ORM", "OMI", "OMG"})
MERGES: Final = frozenset({"A40", "A47"})
PATIENTS: Final = frozenset({"A01", "A04", "A05", "A08", "A31"}) | MERGES
# About the person, whatever PV1 they bring for the sake of form.
PERSONS: Final = frozenset({"A31"}) | MERGES
APPOINTMENTS: Final = frozenset({"S12", "S13", "S14", "S15", "S17", "S26"})

# HL7 v2.9 3.3 and 10.4: what the others tell, in the words of the standard.
_MOVES: Final = "it tells where the patient is, which changes no exam"
_CANCELS: Final = "it takes an event back, which changes no exam"
_OLD_MERGE: Final = "merges are taken as A40 or A47"
_VISITS: Final = "it is about visits and accounts, which no exam goes by"
_LINKS: Final = "it is about links between identifiers, which are not kept here"
_RESOURCES: Final = "it is about a resource of the appointment: S14 tells what the appointment is now"
_SLOTS: Final = "it is about free time, not about an appointment"
_REASONS: Final = {
    "ADT": {
        **dict.fromkeys(("A02", "A03", "A06", "A07", "A09", "A10", "A17", "A20", "A21", "A22"), _MOVES),
        **dict.fromkeys(
            ("A11", "A12", "A13", "A23", "A25", "A26", "A27", "A38", "A52", "A53", "A55"), _CANCELS
        ),
        **dict.fromkeys(("A18", "A30", "A34", "A35", "A36", "A39", "A46", "A48"), _OLD_MERGE),
        **dict.fromkeys(("A41", "A42", "A44", "A45", "A49", "A50", "A51"), _VISITS),
        **dict.fromkeys(("A24", "A37", "A43"), _LINKS),
        **dict.fromkeys(("A28",), "a person who was added has no exams yet"),
        **dict.fromkeys(("A29",), "a person who was deleted keeps the exams that were ordered"),
        **dict.fromkeys(("A14", "A15", "A16"), "what is only expected changes no exam"),
    },
    "SIU": {
        **dict.fromkeys(("S18", "S19", "S20", "S21", "S22"), _RESOURCES),
        **dict.fromkeys(("S23", "S24"), _SLOTS),
        "S16": "it tells that an appointment was broken off: MPPS or ORC-1 DC tell that of an exam",
    },
    "ACK": {},
}
_OF_NO_USE: Final = "it changes no orders here"


def find_event(message: Message) -> Event:
    """What a message is for, by MSH-9; UnsupportedMessage if its code is none that is taken."""
    header = message.header
    code = header.field(9)[:3].upper()
    if code in _ORDERS:
        return Event(Kind.ORDER)
    trigger = header.part(_TRIGGER).strip().upper()
    if code == "ADT" and not trigger and (event := message.find("EVN")) is not None:
        trigger = event.part(_EVENT).strip().upper()  # until v2.2 MSH-9 might be the code alone
    if code == "ADT" and trigger in PATIENTS:
        return Event(Kind.PATIENT, trigger)
    if code == "SIU" and trigger in APPOINTMENTS:
        return Event(Kind.APPOINTMENT, trigger)
    # HL7 table 0357 knows no "we have no use for it": a queue must not stall, so these are accepted.
    if code in _REASONS:
        reason = _REASONS[code].get(trigger, _OF_NO_USE)
        return Event(Kind.IGNORED, trigger, f"{header.field(9)} is ignored: {reason}.")
    raise UnsupportedMessage(
        f"Messages of type {header.field(9) or '(none)'} are not taken.",
        where="MSH-9",
        hint="send ORM, OMI or OMG orders, SIU appointments, or ADT",
    )
