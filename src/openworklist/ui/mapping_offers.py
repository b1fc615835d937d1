"""What can be made of a place in the sample that somebody points at: both forms, and attributes for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openworklist.domain.attribute import Attribute
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.dictionary import describe
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path, parse_path
from openworklist.hl7.sequences import is_fillable
from openworklist.hl7.shapes import SHAPES
from openworklist.ui.mapping_draft import SourceDraft
from openworklist.ui.mapping_editor import Editor

# What a value that looks so may be for; what any number is, is no hint.
_BY_SHAPE: Final = {
    "modality": ("modality",),
    "uid": ("study_instance_uid",),
    "date": (
        "scheduled_procedure_step_start_date",
        "scheduled_procedure_step_start_time",
        "patient_birth_date",
    ),
    "priority": ("requested_procedure_priority",),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """`part` is the value at the place and `whole` the field; the likely attributes stand first."""

    place: str
    name: str
    component: str
    part: str
    whole: str
    attribute: str
    likely: tuple[Attribute, ...]
    others: tuple[Attribute, ...]


def make_offer(place: str, message: Message, editor: Editor, wanted: str = "") -> Offer | None:
    """What is offered for a place; `wanted` is the attribute that somebody was at. None if it is no place."""
    try:
        path = parse_path(place)
    except OpenWorklistError:
        return None
    part, whole = message.get(place), message.get(str(_to_whole(path)))
    likely = tuple(dict.fromkeys((*_find_readers(path, editor), *_find_usual(path), *_find_alike(part))))
    others = tuple(each for each in ATTRIBUTES if is_fillable(each) and each not in likely)
    known = {each.name for each in (*likely, *others)}
    attribute = wanted if wanted in known else likely[0].name if likely else ""
    component = str(path.component) + (f".{path.subcomponent}" if path.subcomponent else "")
    return Offer(place, describe(path), component, part, whole, attribute, likely, others)


def to_source(place: str, *, is_whole: bool) -> SourceDraft:
    """The boxes of a place; MessageError if it is none."""
    path = parse_path(place)
    return SourceDraft.at(_to_whole(path) if is_whole else path)


def _to_whole(path: Path) -> Path:
    return path._replace(component=0, subcomponent=0)


def _find_readers(path: Path, editor: Editor) -> Iterator[Attribute]:
    """Those whose rule looks there now."""
    for attribute in ATTRIBUTES:
        rule = editor.rules.find(attribute.name)
        if rule and any(
            (each.segment.strip().upper(), each.position.strip()) == (path.segment, str(path.field))
            for each in rule.sources
        ):
            yield attribute


def _find_usual(path: Path) -> Iterator[Attribute]:
    """Those for which presets look in the field."""
    for attribute in ATTRIBUTES:
        places = (*attribute.classic, *attribute.ihe_orm, *attribute.ihe_omi, *attribute.siu)
        if is_fillable(attribute) and any(parse_path(each)[:2] == path[:2] for each in places):
            yield attribute


def _find_alike(text: str) -> Iterator[Attribute]:
    names = [name for shape, names in _BY_SHAPE.items() if text and SHAPES[shape](text) for name in names]
    yield from (each for each in ATTRIBUTES if each.name in names)
