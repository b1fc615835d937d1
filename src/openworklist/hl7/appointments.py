"""What an SIU message asks for: an order for each service, whose code is the trigger event."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Final

from openworklist.domain.change import Order
from openworklist.hl7 import mapping
from openworklist.hl7.appointment_groups import WHOLE, appointment_groups
from openworklist.hl7.events import find_event
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path
from openworklist.hl7.profile import Profile

_STATUS: Final = Path("SCH", 25, 1)
_SERVICE_STATUS: Final = Path("AIS", 10, 1)
_ACTION: Final = Path("AIS", 2, 1)
_DELETED: Final = "D"  # HL7 table 0206


def read_appointments(
    message: Message,
    profile: Profile,
    *,
    zone: tzinfo | None = None,
    codec: str = "utf_8",
    received_at: int = 0,
) -> tuple[Order, ...]:
    """The steps of an appointment; errors are those of hl7.mapping.apply."""
    trigger = find_event(message).trigger
    groups = appointment_groups(message)
    orders = mapping.apply(message, profile, zone=zone, codec=codec, received_at=received_at)
    steps: list[Order] = []
    for group, order in zip(groups, orders, strict=True):
        schedule, service = group.find("SCH"), group.find("AIS")
        status = schedule.part(_STATUS) if schedule else ""
        if service is not None:
            deleted = service.part(_ACTION).strip().upper() == _DELETED
            status = "DELETED" if deleted else service.part(_SERVICE_STATUS) or status
        is_one = service is not None and trigger not in WHOLE
        step = replace(
            order, control=trigger, status_code=status.strip().upper(), detail="AIS" if is_one else "SCH"
        )
        steps.append(step)
    return tuple(steps)
