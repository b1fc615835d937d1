"""Which segments of its message are an order's own, and which of them says what is ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from openworklist.hl7.groups import Group
from openworklist.hl7.message import Segment

_ALONE: Final[Sequence[Mapping[str, int]]] = ({},)
_NUMBERED: Final = ("ORC", "OBR", "IPC", "AIS")
# HL7 v2.9 4.2 to 4.16. An imaging order may bring its contrast agent as RXO.
_DETAILS: Final = (
    *("OBR", "IPC", "RXO", "RXE", "RXD", "RXG", "RXA", "RXV"),
    *("ODS", "ODT", "RQD", "RQ1", "BPO"),
)


def find_detail(group: Group) -> str:
    """The name of the segment that says what is ordered; "" if there is none."""
    for name in _DETAILS:
        if group.find(name) is not None:
            return name
    return ""


def number_groups(groups: Sequence[Group]) -> Sequence[Mapping[str, int]]:
    """Of each group which ORC, OBR, IPC and AIS of the message are its own, from 1; none if it is alone."""
    if len(groups) == 1:
        return _ALONE
    counts = dict.fromkeys(_NUMBERED, 0)
    latest: dict[str, Segment] = {}
    numbers: list[dict[str, int]] = []
    for group in groups:
        own = {name: segment for name in _NUMBERED if (segment := group.find(name)) is not None}
        for name, segment in own.items():
            if segment is not latest.get(name):
                latest[name] = segment
                counts[name] += 1
        numbers.append({name: counts[name] for name in own})
    return numbers
