"""Why a record is what it is: for each attribute the places that were looked at, and what was odd there.

The mapping itself is done by hl7.mapping, watched; here it is only told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.domain.charset import Charset
from openworklist.domain.order import Order
from openworklist.domain.record import Value
from openworklist.domain.shortcoming import find_shortcomings
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.leaf import NULL, Reading
from openworklist.hl7.lookup import NO_UNIT, Lookup, gather, read_unit, segments_meant
from openworklist.hl7.mapping import map_groups
from openworklist.hl7.message import Message, Segment
from openworklist.hl7.path import Path
from openworklist.hl7.plan import Plan, make_plan
from openworklist.hl7.profile import Profile
from openworklist.hl7.rule import Rule, Source
from openworklist.hl7.trace import Found, Trace
from openworklist.hl7.treatment import NO_WORD
from openworklist.hl7.values import TABLES

_DATES: Final = frozenset(("DA", "DT", "TM"))
_CODES: Final = frozenset(("CS", "US"))


class Outcome(StrEnum):
    """What became of a place: DELETES is `""`; UNTRIED comes after one that was taken."""

    TAKEN = "taken"
    DELETES = "deletes"
    EMPTY = "empty"
    REFUSED = "refused"
    UNTRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Look:
    """One place that a source names: where in the message it is, what it holds, and what became of it."""

    source: Source
    place: str
    held: str
    outcome: Outcome
    reason: str
    warnings: tuple[str, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether no later place is looked at."""
        return self.outcome in (Outcome.TAKEN, Outcome.DELETES)


@dataclass(frozen=True, slots=True)
class Explained:
    """An attribute of a rule. `origin` is the place in the message, `constant`, `default`, or "".

    `value` is "" where the record gets none; `is_deleted` where the message says so.
    """

    attribute: Attribute
    value: Value
    origin: str
    is_deleted: bool
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: its kind, the attribute and the place where one is known; no value is in the sentence.

    Kinds: `date`, `code`, `value`, `unit`, `message`, and those of domain.shortcoming.
    """

    kind: str
    name: str
    where: str
    sentence: str
    is_serious: bool = True


@dataclass(frozen=True, slots=True)
class ExplainedOrder:
    order: Order
    attributes: tuple[Explained, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`variant` is the name of the rules that were chosen, "" for the profile's own; `reason` says why."""

    profile: str
    variant: str
    reason: tuple[str, ...]
    orders: tuple[ExplainedOrder, ...]


def explain(
    message: Message,
    profile: Profile,
    *,
    zone: tzinfo | None = None,
    codec: str = "utf_8",
    charset: Charset | None = None,
) -> Explanation:
    """How the orders of a message come to their values; the parameters are those of hl7.mapping.apply.

    `charset` is what a scanner can show: letters that it lacks are told. It raises what `apply` raises.
    """
    variant, reason = profile.find_variant(message)
    plain = variant.profile if variant else profile
    plan, groups, trace = make_plan(plain), order_groups(message), Trace()
    orders = map_groups(message, groups, trace.watch(plan), zone=zone, codec=codec, received_at=0)
    teller = _Teller(message, codec, zone, plain, plan, trace)
    explained = []
    for group, order in zip(groups, orders, strict=True):
        attributes = tuple(teller.tell_attributes(group, order))
        notices = (*_tell_odd(attributes, order), *_tell_shortcomings(attributes, order, charset))
        explained.append(ExplainedOrder(order, attributes, notices))
    return Explanation(
        profile.name,
        plain.name if variant else "",
        tuple(str(each) for each in reason),
        tuple(explained),
    )


class _Teller:
    """Tells what a trace holds in the words of the profile and the places of the message."""

    def __init__(
        self,
        message: Message,
        codec: str,
        zone: tzinfo | None,
        profile: Profile,
        plan: Plan,
        trace: Trace,
    ) -> None:
        self._reading = Reading(message.delimiters, codec, zone)
        self._numbers = _number_segments(message.segments)
        self._rules = tuple(_pair(profile.rules, plan))
        self._trace = trace

    def tell_attributes(self, group: Group, order: Order) -> Iterator[Explained]:
        for rule, lookups in self._rules:
            name = rule.attribute.name
            looks: list[Look] = []
            for source, lookup in zip(rule.sources, lookups, strict=True):
                is_over = any(each.ends for each in looks)
                looks += self._tell_source(source, lookup, group, is_over=is_over)
            value = order.values.get(name, "")
            if rule.constant:
                origin = "constant"
            elif name in order.defaults:
                origin = "default"
            else:
                origin = ", ".join(each.place for each in looks if each.ends)
            yield Explained(rule.attribute, value, origin, name in order.nullified, tuple(looks))

    def _tell_source(self, source: Source, lookup: Lookup, group: Group, *, is_over: bool) -> Iterator[Look]:
        segments = group.all(lookup.path.segment)
        if not segments:
            yield Look(source, str(source.path), "", Outcome.EMPTY, f"there is no {lookup.path.segment}")
            return
        meant = segments
        if lookup.look is not gather:
            meant = segments_meant(lookup, self._reading, segments)
        if not meant:
            reason = (
                f"no {lookup.path.segment} has {source.where}" if source.where else "there are not so many"
            )
            yield Look(source, str(source.path), "", Outcome.EMPTY, reason)
        for segment in meant:
            look = self._tell_field(source, lookup, segment, is_over=is_over)
            is_over = is_over or (look.ends and lookup.look is not gather)
            yield look

    def _tell_field(self, source: Source, lookup: Lookup, segment: Segment, *, is_over: bool) -> Look:
        place = self._locate(segment, lookup.path)
        field = segment.field(lookup.field)
        if not field:
            return Look(source, place, "", Outcome.EMPTY, "is empty")
        held = segment.part(lookup.path) if lookup.read is None else lookup.read(self._reading, field)
        found = self._trace.find_in_field(lookup, field)
        if found is not None and found.value and not held:
            held = field  # the first repetition is empty, another one is not
        if found is None or is_over:
            return Look(source, place, held, Outcome.UNTRIED, "an earlier place had a value")
        if lookup.measure is not None and found.value and found.value != NULL:
            unit = read_unit(self._reading, segment)
            if not self._trace.is_measured(lookup, str(found.value), unit):
                found = Found(None, (f"{lookup.path} {NO_UNIT}",))
        outcome, reason = _judge(source, lookup, found, held)
        return Look(source, place, held, outcome, reason, found.warnings)

    def _locate(self, segment: Segment, path: Path) -> str:
        number = self._numbers.get(id(segment), 0)  # an MRG is read as a PID
        return str(path._replace(occurrence=number))


def _judge(source: Source, lookup: Lookup, found: Found, held: str) -> tuple[Outcome, str]:
    if found.value == NULL:
        return Outcome.DELETES, "two quotes delete the value"
    if found.value:
        return Outcome.TAKEN, ""
    if found.value is not None and lookup.look is not gather:
        return Outcome.TAKEN, "says that there is no value"
    if found.warnings:
        return Outcome.REFUSED, found.warnings[0].removeprefix(f"{lookup.path} ").rstrip(".")
    if not held:
        return Outcome.EMPTY, "is empty"
    if source.shape:
        return Outcome.REFUSED, f"does not look like {source.shape}"
    return Outcome.REFUSED, "holds nothing that can be used"


def _pair(rules: Iterable[Rule], plan: Plan) -> Iterator[tuple[Rule, list[Lookup]]]:
    """Each rule with the lookups of its sources, which are numbered in the order of the rules."""
    lookups = [each for row in plan.rows for _, _, each in row.fields]
    lookups += [each for line in plan.lines for _, _, each in line.places]
    lookups.sort(key=lambda each: each.number)
    begin = 0
    for rule in rules:
        yield rule, lookups[begin : begin + len(rule.sources)]
        begin += len(rule.sources)


def _number_segments(segments: Iterable[Segment]) -> Mapping[int, int]:
    """Which of its name a segment is, from 1; 0 for one that is alone."""
    by_name: dict[str, list[Segment]] = {}
    for segment in segments:
        by_name.setdefault(segment.name, []).append(segment)
    return {
        id(segment): number if len(found) > 1 else 0
        for found in by_name.values()
        for number, segment in enumerate(found, 1)
    }


def _tell_odd(attributes: Iterable[Explained], order: Order) -> Iterator[Notice]:
    """The warnings of the order, with the place in the message where it is known."""
    told: set[str] = set()
    for each in attributes:
        for look in each.looks:
            for warning in look.warnings:
                told.add(warning)
                sentence = warning.removeprefix(f"{look.source.path} ")
                yield Notice(_find_kind(each.attribute, warning), each.attribute.name, look.place, sentence)
    for warning in order.warnings:
        if warning not in told:
            yield Notice("message", "", "", warning)


def _find_kind(attribute: Attribute, warning: str) -> str:
    if warning.endswith(NO_UNIT):
        return "unit"
    if attribute.vr in _DATES:
        return "date"
    is_code = attribute.vr in _CODES or attribute.name in TABLES or warning.endswith(NO_WORD)
    return "code" if is_code else "value"


def _tell_shortcomings(
    attributes: Iterable[Explained], order: Order, charset: Charset | None
) -> Iterator[Notice]:
    known = {each.attribute.name: each for each in attributes}
    for name, lack, sentence in find_shortcomings(order.values, charset):
        where = _find_place(known[name]) if name in known else ""
        yield Notice(lack.value, name, where, sentence, lack.is_serious)


def _find_place(explained: Explained) -> str:
    """Where the value comes from; of one that is missing where it could have stood."""
    refused = (look.place for look in explained.looks if look.outcome is Outcome.REFUSED)
    first = explained.looks[0].place if explained.looks else ""
    return explained.origin or next(refused, first)
