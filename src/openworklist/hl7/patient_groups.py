"""The groups of an ADT message: a part for each PID, and the former IDs of a merge (MRG) written like PID."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from openworklist.hl7.events import MERGES, find_event
from openworklist.hl7.group import Group, Index, add
from openworklist.hl7.message import Message, Segment, split

# HL7 v2.9 3.4.10: the field of MRG that has what stood in a field of PID before.
_BEFORE: Final = {2: 4, 3: 1, 4: 2, 5: 7, 18: 3}
_ID: Final = 3
_NOTE: Final = "NTE"


class Part:
    """A patient of a message: the segments from PID to the next, and for each MRG who it was before."""

    __slots__ = ("merges", "shared")

    def __init__(self, header: Segment) -> None:
        self.shared: Index = {"MSH": [header]}
        self.merges: list[list[Segment]] = []  # PID as a whole, then with each of several IDs alone

    def groups(self) -> Iterator[Group]:
        yield Group(self.shared)
        for merge in self.merges:
            for former in merge:
                yield Group({"PID": [former]}, {"MSH": self.shared["MSH"]})


def patient_groups(message: Message) -> list[Group]:
    """A group for each patient of an ADT message, and behind it one for each PID that its MRG stand for."""
    return [group for part in cut_patients(message) for group in part.groups()]


def cut_patients(message: Message) -> list[Part]:
    """The patients of a message; one without PID where it names none."""
    is_merge = find_event(message).trigger in MERGES
    part = Part(message.header)
    parts = [part]
    for segment in message.segments[1:]:
        name = segment.name
        if name == "PID" and "PID" in part.shared:
            part = Part(message.header)
            parts.append(part)
        if name == "MRG":
            if is_merge:
                part.merges.append(_to_former(segment))
        elif name != _NOTE:
            add(part.shared, segment)
    return parts


def _to_former(merge: Segment) -> list[Segment]:
    """PID as it was before, as a whole and with each of several IDs alone: any of them may be in use."""
    identifiers = split(merge.field(1), merge.delimiters.repetition)
    whole = _make_pid(merge, merge.field(1))
    return [whole, *(_make_pid(merge, each) for each in identifiers if each)] if identifiers[1:] else [whole]


def _make_pid(merge: Segment, identifier: str) -> Segment:
    fields = ["PID"] + [""] * max(_BEFORE)
    for number, before in _BEFORE.items():
        fields[number] = merge.field(before)
    fields[_ID] = identifier
    return Segment(merge.delimiters.field.join(fields), merge.delimiters)
