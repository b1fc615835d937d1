"""What a message says, whatever it is for: orders, or news of patients."""

from __future__ import annotations

from datetime import tzinfo
from typing import NamedTuple

from openworklist.domain.change import Order
from openworklist.domain.errors import MessageError
from openworklist.domain.patient import PatientChange
from openworklist.hl7 import mapping
from openworklist.hl7.appointments import read_appointments
from openworklist.hl7.events import Kind
from openworklist.hl7.message import Message
from openworklist.hl7.patients import read_patients
from openworklist.hl7.profile import Profile
from openworklist.hl7.replacements import link_replacements


class Contents(NamedTuple):
    orders: tuple[Order, ...] = ()
    patients: tuple[PatientChange, ...] = ()


def read_contents(
    message: Message, kind: Kind, profile: Profile, *, zone: tzinfo | None, codec: str, received_at: int
) -> Contents:
    """Read a message of a kind that is taken; errors are those of hl7.mapping.apply.

    MessageError if it has no order.
    """
    if kind is Kind.PATIENT:
        found = read_patients(message, profile, zone=zone, codec=codec, received_at=received_at)
        return Contents(patients=found)
    if kind is Kind.APPOINTMENT:
        return Contents(read_appointments(message, profile, zone=zone, codec=codec, received_at=received_at))
    orders = mapping.apply(message, profile, zone=zone, codec=codec, received_at=received_at)
    if not orders:
        raise MessageError("The message has no order: neither ORC nor OBR.", where="OBR")
    return Contents(link_replacements(message, orders))
