"""What a person wrote over values of a record: it stands until a newer message changes that value."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

from openworklist.domain.completion import assigned_stations, complete_again
from openworklist.domain.errors import OrderError
from openworklist.domain.record import Record, Value

_REQUIRED = ("patient_id", "patient_name")


@dataclass(frozen=True, slots=True)
class Edit:
    """A value of None deletes what was there."""

    record_id: int
    name: str  # of the attribute
    value: Value | None
    at: int  # microseconds since 1970, UTC
    actor: str


def apply_edits(before: Record, values: Mapping[str, Value], *, uid_root: str) -> Record:
    """The record with these values, "" for one that is deleted; what was sent stays known beside them.

    OrderError if it would be without patient.
    """
    after = dict(before.values)
    edited = dict(before.edited)
    for name, value in values.items():
        edited.setdefault(name, before.values.get(name, ""))
        if value:
            after[name] = value
        else:
            after.pop(name, None)
    for name in _REQUIRED:
        if not after.get(name):
            raise OrderError("A record without patient is nobody's.", where=name, code="order.field-missing")
    completed = complete_again(after, before.completed, uid_root=uid_root, stations=assigned_stations(before))
    return replace(before, values=after, completed=completed, edited=edited)


def find_standing(
    edited: Mapping[str, Value], sent: Mapping[str, Value], nullified: Set[str]
) -> Mapping[str, Value]:
    """The edits that stand beside what is sent now, with what was sent before each: the same, or nothing."""
    return {
        name: was for name, was in edited.items() if ("" if name in nullified else sent.get(name, was)) == was
    }
