"""A record as a page shows it: its values in groups, what is odd about it, what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openworklist.domain.attribute import Attribute, Level
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.extra import find_attribute, is_extra
from openworklist.domain.record import Item, Record, Value
from openworklist.domain.study import Study
from openworklist.services.history import Event
from openworklist.services.remarks import find_remarks
from openworklist.services.study_finding import find_study_of
from openworklist.ui.language import mark
from openworklist.web.desk import Desk

GROUPS: Final = (
    (Level.PATIENT, mark("Patient")),
    (Level.REQUEST, mark("Imaging service request")),
    (Level.PROCEDURE, mark("Requested procedure")),
    (Level.STEP, mark("Scheduled procedure step")),
)
_SHOWS: Final = {"PN": "person", "DA": "day", "TM": "clock"}


@dataclass(frozen=True, slots=True)
class Line:
    """A value with its name. `depth` is how far within sequences it stands."""

    label: str
    keyword: str
    tag: str
    text: str
    shows: str = "text"
    is_completed: bool = False  # made here, where the sender gave none
    is_edited: bool = False  # a person wrote it over what was sent
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RecordView:
    record: Record
    groups: tuple[Group, ...]
    remarks: tuple[str, ...]
    history: tuple[Event, ...]
    study: Study | None  # its images, where they are stored here


def find_record_view(desk: Desk, number: int) -> RecordView:
    """A record for a page; NotFound if there is none."""
    record = desk.records.get(number)
    remarks = find_remarks(record, desk.configuration)
    study = find_study_of(desk.studies.stored, record)
    return RecordView(record, make_groups(record), remarks, desk.history.find(number), study)


def make_groups(record: Record) -> tuple[Group, ...]:
    """All values of a record by level, in the order of the catalogue; groups without value are left out."""
    groups = [Group(label, tuple(_make_lines(record, level))) for level, label in GROUPS]
    others = tuple(_make_other_lines(record))
    return tuple(group for group in (*groups, Group(mark("Other attributes"), others)) if group.lines)


def _make_lines(record: Record, level: Level) -> Iterator[Line]:
    for attribute in ATTRIBUTES:
        if attribute.level is level and (value := record.get(attribute.name)):
            yield from _spell(record, attribute, value)


def _make_other_lines(record: Record) -> Iterator[Line]:
    for name, value in record.values.items():
        attribute = find_attribute(name)
        if attribute is not None and is_extra(attribute) and value:
            yield from _spell(record, attribute, value)


def _spell(record: Record, attribute: Attribute, value: Value) -> Iterator[Line]:
    is_completed = not record.values.get(attribute.name)
    is_edited = attribute.name in record.edited
    if isinstance(value, str):
        yield _make_line(attribute, value, is_completed=is_completed, is_edited=is_edited)
        return
    yield _make_line(attribute, "", is_completed=is_completed, is_edited=is_edited)
    for item in value:
        yield from _spell_item(attribute, item, 1)


def _spell_item(sequence: Attribute, item: Item, depth: int) -> Iterator[Line]:
    for attribute in sequence.items:
        value = item.get(attribute.name)
        if isinstance(value, str) and value:
            yield _make_line(attribute, value, depth=depth)
        elif value:
            yield _make_line(attribute, "", depth=depth)
            for inner in value:
                yield from _spell_item(attribute, inner, depth + 1)


def _make_line(
    attribute: Attribute, text: str, *, is_completed: bool = False, is_edited: bool = False, depth: int = 0
) -> Line:
    shows = _SHOWS.get(attribute.vr, "text")
    return Line(
        attribute.label or attribute.tag_text,
        attribute.keyword,
        attribute.tag_text,
        text,
        shows,
        is_completed,
        is_edited,
        depth,
    )
