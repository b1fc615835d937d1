"""The preset `auto`: it decides where the sender of a message puts things, by rules that are written here.

First the family of the message, then for each attribute that family's places; where they are empty, those of
the other family and the usual other places, if what stands there looks right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from openworklist.domain.attributes import ATTRIBUTES, Attribute
from openworklist.hl7.observed import OBSERVED
from openworklist.hl7.path import parse_path
from openworklist.hl7.rule import Condition, Rule, Source, read_condition

Alternatives = tuple[tuple[Condition, ...], ...]

_OBR_24: Final = Condition(parse_path("OBR-24.1"), shape="modality")
# The first family that fits is that of the message. IPC is IHE's; a modality in OBR-24 is where IHE has it if
# the fields of IHE's numbers are in use too. One in OBR-18 is not IHE's, where the accession number stands
# there; then a ZDS is no sign of IHE, since the classic places have the Study Instance UID in it too, nor is
# one in OBR-24, which HL7 table 0074 has it for.
FAMILIES: Final[tuple[tuple[str, Alternatives], ...]] = (
    ("steps", ((read_condition("IPC"),),)),
    ("ihe", tuple((_OBR_24, read_condition(path)) for path in ("OBR-19", "OBR-20"))),
    ("classic", ((Condition(parse_path("OBR-18.1"), shape="modality"),),)),
    ("ihe", ((read_condition("ZDS"),), (_OBR_24, read_condition("OBR-18")))),
)
UNDECIDED: Final = "undecided"

# What a value must look like also in the places of its own family, where senders put other things too.
_SHAPES: Final[Mapping[str, str]] = {
    "modality": "modality",
    "scheduled_station_name": "station_name",
    "requested_procedure_priority": "priority",
}
# What it must look like where the family does not have it, and in a message whose family nothing decides.
_SHAPES_ELSEWHERE: Final[Mapping[str, str]] = {
    **_SHAPES,
    "scheduled_station_ae_title": "ae_title",
    "scheduled_procedure_step_start_date": "date",
    "scheduled_procedure_step_start_time": "date",
    "study_instance_uid": "uid",
}
# An order number is an accession number in the classic place alone; elsewhere it must look like one.
_ACCESSION: Final = "accession_number"
_STARTS: Final = "ORC-7.4 TQ1-7.1 ORC-15.1 OBR-27.4 OBR-36.1 OBR-7.1 OBR-6.1"
# Where else values are seen, beside the places of the two families (IHE RAD TF-2 appendix B, and orders of
# systems that follow neither).
_ELSEWHERE: Final[Mapping[str, str]] = {
    "modality": "OBR-21.1 OBR-20.1 OBR-19.1",
    "accession_number": "OBR-3.1 OBR-2.1 ORC-3.1",
    "scheduled_procedure_step_start_date": _STARTS,
    "scheduled_procedure_step_start_time": _STARTS,
    "requested_procedure_priority": "TQ1-9.1 ORC-7.6 OBR-27.6 OBR-5.1",
    "study_instance_uid": "ZDS-1.1",
}
# A name that has an ID before it (XCN). Where the classic place is a name without one, its first component is
# the family name.
_IDENTIFIED: Final = (
    Source(parse_path("OBR-16"), where=read_condition("OBR-16.3")),
    Source(parse_path("OBR-16"), where=Condition(parse_path("OBR-16.1"), shape="number")),
)
# An OBR may have several IPC: what tells one step from another stands in IPC alone.
_OWN_ALONE: Final = frozenset({"scheduled_procedure_step_id"})


def make_rules(family: str) -> tuple[Rule, ...]:
    """The rules for the messages of a family, in the order of the catalogue."""
    rules = []
    for attribute in ATTRIBUTES:
        sources = tuple(dict.fromkeys(_find_sources(attribute, family)))
        if sources:
            rules.append(Rule(attribute, sources))
    return tuple(rules)


def _find_sources(attribute: Attribute, family: str) -> Iterable[Source]:
    name = attribute.name
    own, *others = _columns(attribute, family)
    elsewhere = _SHAPES_ELSEWHERE.get(name, "")
    if name == "requesting_physician" and family in ("classic", UNDECIDED):
        yield from _IDENTIFIED
    for text in own:
        shape = elsewhere if family == UNDECIDED else _SHAPES.get(name, "")
        if name == _ACCESSION and family == "ihe":
            shape = _ACCESSION
        yield Source(parse_path(text), shape)
    if family == "steps" and name in _OWN_ALONE:
        return
    shape = _ACCESSION if name == _ACCESSION else elsewhere
    for text in (*(text for column in others for text in column), *_ELSEWHERE.get(name, "").split()):
        yield Source(parse_path(text), shape)
    yield from OBSERVED.get(name, ())


def _columns(attribute: Attribute, family: str) -> tuple[tuple[str, ...], ...]:
    """The places of the family, then those of the other."""
    if family == "steps":
        return attribute.ihe_omi, attribute.ihe_orm, attribute.classic
    if family == "ihe":
        return attribute.ihe_orm, attribute.classic
    return attribute.classic, attribute.ihe_orm
