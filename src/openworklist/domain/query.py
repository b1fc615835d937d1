"""A question to the worklist, and the plain meaning of matching. The store's SQL must agree with it.

How keys are written in DICOM is read in dicom.identifier; how they become SQL is in store.search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from openworklist.domain.attributes import ATTRIBUTES, Attribute
from openworklist.domain.codes import value_in
from openworklist.domain.names import is_name_match
from openworklist.domain.record import Item, Record, Status, Value
from openworklist.domain.shortening import is_short_for
from openworklist.domain.wildcards import to_expression

OPEN: Final = frozenset(status for status in Status if status.is_open)
STATION: Final = "scheduled_station_ae_title"
MODALITY: Final = "modality"
START_DATE: Final = "scheduled_procedure_step_start_date"
START_TIME: Final = "scheduled_procedure_step_start_time"
_STATUS: Final = "scheduled_procedure_step_status"
# Attributes of which a record holds several values, joined by a backslash; elsewhere it is a letter.


def _find_multiple(attributes: Iterable[Attribute]) -> Iterator[str]:
    for each in attributes:
        if each.multiple:
            yield each.name
        yield from _find_multiple(each.items)


_MULTIPLE: Final = frozenset(_find_multiple(ATTRIBUTES))


@dataclass(frozen=True, slots=True)
class Single:
    """PS3.4 C.2.2.2.1: equal, case-sensitive, spaces at both ends not significant; any value of several.

    An empty value is equal to none: C.2.2.2.3 makes it universal, which is no condition.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """PS3.4 C.2.2.2.2: list of UID matching, taken for other values too."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """PS3.4 C.2.2.2.4: `*` stands for any letters, `?` for one."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name, with wildcards or none, case not significant (PS3.4 C.2.2.2.1.1 lets us): see domain.names."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Range:
    """PS3.4 C.2.2.2.5: dates or canonical times from `low` to `high`, both included, "" for no bound.

    A time key has been widened to its precision: 1015 is 101500 to 101559.999999.
    """

    name: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Interval:
    """PS3.4 C.2.2.2.5: start date and start time, both asked for as ranges, are one interval.

    A time without its date has no meaning here and is left out: its side is open.
    """

    low_date: str
    low_time: str
    high_date: str
    high_time: str


@dataclass(frozen=True, slots=True)
class Nested:
    """PS3.4 C.2.2.2.6: one item of the sequence fulfils all conditions."""

    name: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Several patterns or ranges for one attribute: one of them is fulfilled."""

    name: str
    conditions: tuple[Single | Wildcard | PersonName | Range, ...]


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A step that no station is named for: of a modality, "" of none that is known, None of any."""

    modality: str | None


@dataclass(frozen=True, slots=True)
class Offered:
    """A step of this station, or one without station that its scanner is offered."""

    station: str
    unassigned: tuple[Unassigned, ...]

    @property
    def alternatives(self) -> tuple[Single | Unassigned, ...]:
        """One of them is fulfilled; no record fulfils two, unless one of them is for any modality."""
        return (Single(STATION, self.station), *self.unassigned)


Condition = Single | OneOf | Wildcard | PersonName | Range | Interval | Nested | AnyOf | Unassigned | Offered


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """A record is found if it fulfils all conditions and has one of the statuses.

    Records come in the order of their start, or with the latest start first.
    """

    conditions: tuple[Condition, ...] = ()
    statuses: frozenset[Status] = OPEN
    is_latest_first: bool = False


def matches(record: Record, query: WorklistQuery) -> bool:
    return record.status in query.statuses and all(is_match(each, record) for each in query.conditions)


def is_match(condition: Condition, record: Record) -> bool:
    """Whether a record fulfils a condition; an entry without value fulfils none (PS3.4 C.2.2.2.3)."""
    if isinstance(condition, Interval):
        return _is_within(condition, record.text(START_DATE), canonical_time(record.text(START_TIME)))
    if isinstance(condition, Unassigned):
        return _is_unassigned(condition, record)
    if isinstance(condition, Offered):
        return any(is_match(each, record) for each in condition.alternatives)
    return _is_match(condition, value_of(record, condition.name))


def _is_unassigned(condition: Unassigned, record: Record) -> bool:
    if record.text(STATION).strip(" \\"):
        return False
    return condition.modality is None or record.text(MODALITY).strip(" ") == condition.modality


def value_of(record: Record, name: str) -> Value:
    """What is matched, and answered: the status stands for (0040,0020) where nobody gave that a value."""
    value = record.get(name)
    return record.status.value if not value and name == _STATUS else value


def _is_match(condition: Condition, value: Value) -> bool:
    if isinstance(condition, Nested):
        items = value if isinstance(value, tuple) else ()
        return any(_is_item_match(condition.conditions, item) for item in items)
    if isinstance(condition, AnyOf):
        return any(_is_match(each, value) for each in condition.conditions)
    if not isinstance(value, str) or isinstance(condition, Interval | Unassigned | Offered):
        return False
    if isinstance(condition, PersonName):
        return is_name_match(condition.pattern, value)
    return any(_is_text_match(condition, entry) for entry in _entries(condition.name, value))


def _is_item_match(conditions: Iterable[Condition], item: Mapping[str, Value]) -> bool:
    return all(
        not isinstance(each, Interval | Unassigned | Offered) and _is_match(each, value_in(item, each.name))
        for each in conditions
    )


def _entries(name: str, value: str) -> list[str]:
    values = value.split("\\") if name in _MULTIPLE else [value]
    if name[0].isdigit() and "\\" in value:
        # Outside of the catalogue (domain.extra): whether it has several values is not known here.
        values += value.split("\\")
    return [entry for each in values if (entry := each.strip(" "))]


def _is_text_match(condition: Condition, entry: str) -> bool:
    match condition:
        case Single(value=value):
            return is_same(value.strip(" "), entry)
        case OneOf(values=values):
            return entry in values
        case Wildcard(pattern=pattern):
            return to_expression(pattern.strip(" ")).fullmatch(entry) is not None
        case Range(name=name, low=low, high=high):
            point = canonical_time(entry) if name.endswith("_time") else entry
            return bool(point) and low <= point and (not high or point <= high)
        case _:
            return False


def is_same(asked: str, entry: str) -> bool:
    """Whether an entry is the one that was asked for, as it is or as it was answered where it is too long."""
    return entry == asked or is_short_for(asked, entry)


def fulfils(item: Item, conditions: Iterable[Condition]) -> bool:
    """Whether an item of a sequence is one that was asked for (PS3.4 C.2.2.2.6)."""
    return _is_item_match(conditions, item)


def _is_within(interval: Interval, date: str, time: str) -> bool:
    if not date or not time:
        return False
    if interval.low_date and (date, time) < (interval.low_date, interval.low_time):
        return False
    # An end without time is the end of that day: every time comes before "~".
    return not interval.high_date or (date, time) <= (interval.high_date, interval.high_time or "~")


# Times ------------------------------------------------------------------------------------------------------

_CLOCK: Final = re.compile(r"([01]\d|2[0-4])(?:([0-5]\d)(?:([0-5]\d|60)(?:\.(\d{1,6}))?)?)?")


@lru_cache(maxsize=4096)
def canonical_time(time: str) -> str:
    """HHMMSS, with a fraction where there is one that is not 0; "" for what is no TM (PS3.5 table 6.2-1).

    An entry of lower precision stands for its beginning: an appointment at 1015 is one at 10:15:00.
    """
    found = _CLOCK.fullmatch(time.strip(" "))
    if not found:
        return ""
    hour, minute, second, fraction = found.groups()
    rest = (fraction or "").rstrip("0")
    return f"{hour}{minute or '00'}{second or '00'}" + (f".{rest}" if rest else "")
