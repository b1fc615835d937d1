"""Which attributes a mapping profile reads from which place of a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.hl7.condition import fold
from openworklist.hl7.leaves import Leaf
from openworklist.hl7.pairing import Placed
from openworklist.hl7.path import Path
from openworklist.hl7.plan import GATHERED
from openworklist.hl7.profile import Profile
from openworklist.hl7.rule import Condition, Source
from openworklist.hl7.shapes import SHAPES

# As in hl7.groups: none that stands before the first order is about one.
_ORDER_NOTE: Final = "NTE"
# Of these every repetition is read, where the rule names none.
_WHOLE_VRS: Final = frozenset({"PN", "LT", "ST", "UT"})


class Feeds:
    """The rules of a profile, by the field that they read."""

    __slots__ = ("_rules",)

    def __init__(self, profile: Profile | None) -> None:
        self._rules: dict[tuple[str, int], list[tuple[Source, Attribute]]] = {}
        for rule in profile.rules if profile else ():
            for source in rule.sources:
                path = source.path
                self._rules.setdefault((path.segment, path.field), []).append((source, rule.attribute))

    def find(self, segments: tuple[Placed, ...], field: int, leaves: Iterable[Leaf]) -> tuple[Attribute, ...]:
        """The attributes that a rule looks for at any of these values of a field, in the profile's order.

        A rule may find something at a place that it tries earlier, and then does not read this one.
        """
        rules = self._rules.get((segments[0].name, field))
        if not rules:
            return ()
        places = {leaf[:3] for leaf in leaves}
        found = {
            attribute.name: attribute
            for source, attribute in rules
            if any(_reads(source, segment) for segment in segments)
            and any(_covers(source.path, place, attribute) for place in places)
        }
        return tuple(found.values())


def _reads(source: Source, segment: Placed) -> bool:
    if segment.name == _ORDER_NOTE and segment.is_in_head:
        return False
    if source.where:
        return _is_met(source.where, segment)
    is_gathered = segment.name in GATHERED and not source.path.occurrence
    return is_gathered or segment.rank == max(source.path.occurrence, 1)


def _is_met(condition: Condition, segment: Placed) -> bool:
    """As in hl7.condition, of leaves."""
    path = condition.path
    wanted = (path.repetition or 1, path.component or 1, path.subcomponent or 1)
    text = next((leaf.value for leaf in segment.field(path.field) if leaf[:3] == wanted), "")
    if condition.shape:
        return bool(text) and SHAPES[condition.shape](text)
    return fold(text) == fold(condition.value) if condition.value else bool(text)


def _covers(source: Path, place: tuple[int, int, int], attribute: Attribute) -> bool:
    """Whether the value at a repetition, component and subcomponent is part of what the source names."""
    repetition, component, subcomponent = place
    reads_all = attribute.multiple or attribute.vr in _WHOLE_VRS
    if repetition != (source.repetition or 1) and (source.repetition or not reads_all):
        return False
    if not source.component:
        return True
    # A code is three components, an issuer three subcomponents from the one that the path names.
    last = source.component + (2 if _holds(attribute, "code_value") else 0)
    if not source.component <= component <= last:
        return False
    return source.subcomponent in (0, subcomponent) or attribute.is_sequence


def _holds(attribute: Attribute, name: str) -> bool:
    return any(item.name == name for item in attribute.items)
