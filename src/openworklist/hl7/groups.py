"""The order groups of a message: which segments belong to one scheduled step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from openworklist.domain.errors import MessageError, OrderError
from openworklist.hl7.appointment_groups import appointment_groups
from openworklist.hl7.group import Group as Group
from openworklist.hl7.group import Index, add
from openworklist.hl7.message import Message, Segment
from openworklist.hl7.patient_groups import patient_groups
from openworklist.hl7.prior import leave_out_prior_results

MAX_STEPS: Final = 200  # each is held against the others of its order

# Before the first order, a note is about the patient or the visit, never about a step.
_PATIENT_NOTE: Final = "NTE"


def order_groups(message: Message) -> list[Group]:
    """One group a scheduled step, in the order of the message; none if it has neither ORC, OBR nor IPC.

    An ORC begins an order; a second OBR begins one that shares the ORC before it; each IPC is a step of its
    own (OMI^O23). A PID behind an order begins the part of another patient, a second PV1 that of another
    visit. A ZDS stands for the orders before it that have none, back to the last PID or PV1 (IHE RAD TF-2
    4.4.4.1.2.2). Prior results are left out. What a group of other messages is, hl7.appointment_groups
    (SIU) and hl7.patient_groups (ADT) say.

    OrderError when there are more steps than MAX_STEPS, MessageError when it is not clear whose an order is.
    """
    code = message.header.field(9)[:3].upper()
    if code in _OTHERS:
        return _check_number(_OTHERS[code](message), "MSH-9")
    groups: list[Group] = []
    for part in _cut(message, code):
        _spread_study(part.orders)
        for order in part.orders:
            groups += _steps(order, part.layers)
            _check_number(groups, "ORC")
    return groups


_OTHERS: Final[Mapping[str, Callable[[Message], list[Group]]]] = {
    "ADT": patient_groups,
    "SIU": appointment_groups,
}


def _check_number(groups: list[Group], where: str) -> list[Group]:
    if len(groups) > MAX_STEPS:
        raise OrderError(
            f"The message orders more than {MAX_STEPS} steps.", where=where, code="order.too-many-steps"
        )
    return groups


class _Order:
    """An order under way: its own segments, and those that a common ORC leads, up to its first OBR."""

    __slots__ = ("ahead", "has_request", "own", "study")

    def __init__(self, segment: Segment, ahead: Index | None = None) -> None:
        name = segment.name
        self.own: Index = {name: [segment]}
        self.ahead = ahead
        self.has_request = name == "OBR"
        self.study: Segment | None = None


class _Part:
    """The part of a message that is about one visit of one patient: what its orders share, and they."""

    __slots__ = ("_ahead", "layers", "orders", "patient", "shared", "visit")

    def __init__(self, shared: Index, patient: Segment | None = None, *outer: Index) -> None:
        self.shared = shared
        self.layers = (shared, *outer)
        self.patient = patient
        self.visit: Segment | None = None
        self.orders: list[_Order] = []
        self._ahead: Index = {}

    def take(self, segment: Segment) -> None:
        name = segment.name
        orders = self.orders
        if name == "ORC" or (not orders and name in ("OBR", "IPC")):
            self._ahead = {"ORC": [segment]} if name == "ORC" else {}
            orders.append(_Order(segment))
        elif not orders:
            if name != _PATIENT_NOTE:
                add(self.shared, segment)
        elif name == "OBR" and orders[-1].has_request:
            orders.append(_Order(segment, self._ahead))
        else:
            order = orders[-1]
            if name == "OBR":
                order.has_request = True
            elif name == "ZDS":
                order.study = segment
            elif not order.has_request and name in ("TQ1", "TQ2"):
                add(self._ahead, segment)
            add(order.own, segment)


def _cut(message: Message, code: str) -> list[_Part]:
    part = _Part({})
    parts = [part]
    for segment in leave_out_prior_results(message.segments, code):
        if segment.name == "PID":
            if part.orders and part.patient is not None:
                part = _Part({"MSH": [message.header]})
                parts.append(part)
            elif part.orders or part.patient is not None:
                raise _is_unclear(segment)
            part.patient = segment
            add(part.shared, segment)
        elif segment.name == "PV1":
            if part.orders and part.visit is not None:
                # The PV2 of another visit is not shared; the patient's own layer is the last.
                part = _Part({"PV2": []}, part.patient, part.layers[-1])
                parts.append(part)
            part.visit = part.visit or segment
            add(part.shared, segment)
        else:
            part.take(segment)
    if not part.orders and len(parts) > 1:
        raise _is_unclear(part.visit or part.patient or message.header)
    return parts


def _is_unclear(segment: Segment) -> MessageError:
    return MessageError(
        f"It is not clear which orders a {segment.name} in this place is about.",
        where=segment.name,
        hint="send the patient and the visit before their orders",
        code="message.segment-order",
    )


def _steps(order: _Order, common: tuple[Index, ...]) -> list[Group]:
    """A group for each IPC of the order; one for all of it if it has none."""
    own = order.own
    outer = (order.ahead, *common) if order.ahead else common
    steps = own.pop("IPC", None)
    if steps is None:
        return [Group(own, *outer)]
    return [Group({"IPC": [step]}, own, *outer) for step in steps]


def _spread_study(orders: list[_Order]) -> None:
    study: Segment | None = None
    for order in reversed(orders):
        if order.study is not None:
            study = order.study
        elif study is not None:
            add(order.own, study)
