"""Prior results, which an order message may carry beside its orders: told from them and left out.

HL7 v2.5.1 4.4.4, OMG^O19: after an order, PRIOR_RESULT is [PID] [PV1] [AL1] and then [ORC] OBR with its OBX,
again and again. They are exams of the past, and mostly of the same patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from openworklist.domain.errors import MessageError
from openworklist.hl7.message import Segment
from openworklist.hl7.path import Path

# ORM and OMI have no such group in any version.
_CODES: Final = frozenset({"OMG", "OML"})
_CONTROL: Final = Path("ORC", 1, 1)
_PRIOR: Final = "PR"  # HL7 table 0119: previous results with new order
_STATUS: Final = Path("OBR", 25, 1)
_DONE: Final = frozenset("ACFPR")  # HL7 table 0123: there are results


def leave_out_prior_results(segments: Sequence[Segment], code: str) -> Sequence[Segment]:
    """The segments without those of prior results; `code` is that of the message, MSH-9.1.

    An ORC with the code PR leads one in any message; in an OMG, so may what follows a PID or PV1 behind an
    order. MessageError where that may as well be a new order.
    """
    if code not in _CODES:
        for segment in segments:
            if segment.name == "ORC" and _is_marked(segment):
                break
        else:
            return segments
    kept: list[Segment] = []
    first: Segment | None = None  # of the orders
    announced = -1  # the place of a PID or PV1 behind an order, whose own order has not come yet
    is_prior = False
    for place, segment in enumerate(segments):
        name = segment.name
        if first is not None and name in ("PID", "PV1"):
            announced = place if announced < 0 else announced
        elif name == "ORC" or (name == "OBR" and announced >= 0):
            is_announced = announced >= 0
            is_prior = (name == "ORC" and _is_marked(segment)) or (
                (is_announced or is_prior) and _is_of_the_past(segments, place, first)
            )
            if is_announced and not is_prior:
                raise _is_unclear(segments[announced])
            announced = -1
        if not is_prior and announced < 0:
            kept.append(segment)
            if first is None and name in ("ORC", "OBR"):
                first = segment
    return kept if announced < 0 else [*kept, *segments[announced:]]


def _is_marked(orc: Segment) -> bool:
    # Of a hundred thousand orders hardly one: the two letters are looked for before the component.
    return _PRIOR in orc.field(1).upper() and orc.part(_CONTROL).strip().upper() == _PRIOR


def _is_of_the_past(segments: Sequence[Segment], place: int, first: Segment | None) -> bool:
    """Whether an ORC or OBR that may lead a prior result does."""
    if segments[place].name == "OBR":
        # An order of an OMG has an ORC: only a prior result may lack it.
        return _has_results(segments[place]) or (first is not None and first.name == "ORC")
    for at in range(place + 1, len(segments)):
        if segments[at].name in ("ORC", "OBR"):
            return segments[at].name == "OBR" and _has_results(segments[at])
    return False


def _has_results(obr: Segment) -> bool:
    return obr.part(_STATUS).strip().upper() in _DONE


def _is_unclear(segment: Segment) -> MessageError:
    return MessageError(
        f"It is not clear whether the {segment.name} behind an order leads prior results or another order.",
        where=segment.name,
        hint="mark prior results with PR in ORC-1, and send the orders of each patient in its own message",
        code="message.segment-order",
    )
