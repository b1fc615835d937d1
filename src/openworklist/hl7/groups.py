"""The order groups of a message: which segments belong to one scheduled step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from typing import Final

from openworklist.domain.errors import OrderError
from openworklist.hl7.message import Message, Segment
from openworklist.hl7.path import Path

MAX_STEPS: Final = 1000

Index = dict[str, list[Segment]]

# Before the first order, a note is about the patient or the visit, never about a step.
_PATIENT_NOTE: Final = "NTE"
_PATIENT_ID: Final = Path("PID", 3, 1)


class Group:
    """One step's view of a message: its own segments, then those it shares with ever more other steps."""

    __slots__ = ("_layers",)

    def __init__(self, *layers: Index) -> None:
        self._layers = layers

    def all(self, name: str) -> list[Segment]:
        """The segments of that name in the nearest layer that has any."""
        for layer in self._layers:
            found = layer.get(name)
            if found is not None:
                return found
        return []

    def find(self, name: str, occurrence: int = 1) -> Segment | None:
        found = self.all(name)
        return found[occurrence - 1 if occurrence else 0] if len(found) >= max(occurrence, 1) else None


def index(segments: Sequence[Segment]) -> Index:
    found: Index = {}
    for segment in segments:
        if segment.name in found:
            found[segment.name].append(segment)
        else:
            found[segment.name] = [segment]
    return found


def order_groups(message: Message) -> list[Group]:
    """One group a scheduled step, in the order of the message; none if it has neither ORC, OBR nor IPC.

    An ORC begins an order; a second OBR begins one that shares the ORC before it; each IPC is a step of its
    own (OMI^O23). A ZDS stands for the orders before it that have none (IHE RAD TF-2 4.4.4.1.2.2).
    OrderError when there are more steps than MAX_STEPS, or when it is not clear whose they are.
    """
    shared, orders = _cut(message.segments)
    _spread_study(orders)
    common = index(shared)
    common.pop(_PATIENT_NOTE, None)
    groups: list[Group] = []
    for order in orders:
        for group in _steps(order, common):
            _check_count(groups)
            groups.append(group)
    return groups


def _check_count(steps: Sized) -> None:
    """Before one is added."""
    if len(steps) >= MAX_STEPS:
        raise OrderError(
            f"The message orders more than {MAX_STEPS} steps.",
            where="ORC",
            code="order.too-many-steps",
        )


class _Order:
    """An order under way: its own segments, and those that a common ORC leads, up to its first OBR."""

    __slots__ = ("ahead", "has_request", "segments", "study")

    def __init__(self, segment: Segment, ahead: Index | None = None) -> None:
        self.segments = [segment]
        self.ahead = ahead
        self.has_request = segment.name == "OBR"
        self.study: Segment | None = None


def _cut(segments: Sequence[Segment]) -> tuple[list[Segment], list[_Order]]:
    shared: list[Segment] = []
    orders: list[_Order] = []
    ahead: Index = {}
    for segment in segments:
        name = segment.name
        if name == "ORC" or (name in ("OBR", "IPC") and not orders):
            _check_count(orders)
            orders.append(_Order(segment))
            ahead = {"ORC": [segment]} if name == "ORC" else {}
        elif not orders:
            shared.append(segment)
        elif name == "OBR" and orders[-1].has_request:
            _check_count(orders)
            orders.append(_Order(segment, ahead))
        else:
            order = orders[-1]
            if name == "OBR":
                order.has_request = True
            elif name == "ZDS":
                order.study = segment
            elif name in ("TQ1", "TQ2") and not order.has_request:
                ahead.setdefault(name, []).append(segment)
            elif name == "PID" and _is_repeated(segment, shared):
                continue
            order.segments.append(segment)
    return shared, orders


def _is_repeated(patient: Segment, shared: Sequence[Segment]) -> bool:
    """Whether a PID among the orders names the patient before them again; OrderError if it names another.

    It would be that of the next order, or of an older result (OMG^O19): nobody can tell.
    """
    first = next((segment for segment in shared if segment.name == "PID"), None)
    if first is not None and first.part(_PATIENT_ID) != patient.part(_PATIENT_ID):
        raise OrderError(
            "The message speaks of two patients, and does not say which order is whose.",
            where="PID[2]-3",
            hint="send a message for each patient",
            code="order.two-patients",
        )
    return first is not None


def _steps(order: _Order, common: Index) -> Iterator[Group]:
    """A group for each IPC of the order; one for all of it if it has none."""
    own = index(order.segments)
    outer = (order.ahead, common) if order.ahead else (common,)
    steps = own.pop("IPC", None)
    if steps is None:
        yield Group(own, *outer)
        return
    for step in steps:
        yield Group({"IPC": [step]}, own, *outer)


def _spread_study(orders: list[_Order]) -> None:
    study: Segment | None = None
    for order in reversed(orders):
        if order.study is not None:
            study = order.study
        elif study is not None:
            order.segments.append(study)
