"""A condition in words, and why a record does not fulfil it; whether it does is decided in domain.query."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from openworklist.domain.attribute import Attribute, Level, Match
from openworklist.domain.attributes import ATTRIBUTES, BY_NAME
from openworklist.domain.extra import find_attribute
from openworklist.domain.names import is_name_match
from openworklist.domain.query import (
    START_DATE,
    START_TIME,
    AnyOf,
    Condition,
    Interval,
    Nested,
    Offered,
    OneOf,
    PersonName,
    Range,
    Single,
    Unassigned,
    Wildcard,
    fulfils,
    value_of,
)
from openworklist.domain.record import Item, Record, Value
from openworklist.domain.serving import condition_name
from openworklist.domain.wildcards import to_expression

NOTHING: Final = "(empty)"
_DATES: Final = frozenset((START_DATE, START_TIME))


def find_names(condition: Condition) -> tuple[str, str, str]:
    """The keyword, the tag and the label of what a condition is on."""
    name = condition_name(condition)
    attribute = BY_NAME.get(name) or _find_inner(name)
    return attribute.keyword or attribute.tag_text, attribute.tag_text, attribute.label


def describe(condition: Condition) -> str:
    """What was asked for, near to how it is written in a key."""
    match condition:
        case Single(value=value):
            return value.strip(" ")
        case OneOf(values=values):
            return " or ".join(values)
        case Wildcard(pattern=pattern) | PersonName(pattern=pattern):
            return pattern.strip(" ")
        case Range(low=low, high=high):
            return low if low == high else f"{low}-{high}"
        case Interval():
            low, high = f"{condition.low_date} {condition.low_time}", condition.high_date
            return f"{low.strip()} - {high} {condition.high_time}".strip()
        case Nested(conditions=inner):
            return ", ".join(f"{find_names(each)[0]}={describe(each)}" for each in inner)
        case AnyOf(conditions=either):
            return " or ".join(map(describe, either))
        case Unassigned(modality=modality):
            return "no station" if modality is None else f"no station and modality {modality or NOTHING}"
        case Offered():
            return " or ".join(map(describe, condition.alternatives))


def show_value(condition: Condition, record: Record) -> str:
    """What a record has where the condition looks."""
    if isinstance(condition, Interval):
        return f"{record.text(START_DATE)} {record.text(START_TIME)}".strip() or NOTHING
    return show(value_of(record, condition_name(condition)))


def show(value: Value) -> str:
    if isinstance(value, str):
        return value or NOTHING
    return "; ".join(map(_show_item, value)) or NOTHING


def tell_mismatch(condition: Condition, stored: Record, seen: Record) -> str:
    """Why a record as a scanner sees it does not fulfil a condition, as a part of a sentence."""
    if isinstance(condition, Interval) or condition_name(condition) in _DATES:
        return _tell_start(condition, stored, seen)
    if isinstance(condition, Nested):
        return _tell_items(condition, seen)
    _, _, label = find_names(condition)
    value = value_of(seen, condition_name(condition))
    if not value:
        return f"it asked for {label} {describe(condition)}, and the record has none"
    hint = _find_hint(condition, value if isinstance(value, str) else "")
    said = f"it asked for {label} {describe(condition)}, the record has {show(value)}"
    return f"{said} ({hint})" if hint else said


def _tell_start(condition: Condition, stored: Record, seen: Record) -> str:
    date, time = seen.text(START_DATE), seen.text(START_TIME)
    asked = describe(condition)
    if not date:
        return f"it asked for {asked}, the exam has no date"
    if condition_name(condition) == START_TIME and not isinstance(condition, Interval):
        said = f"it asked for times of {asked}, the exam starts at {time}" if time else ""
        said = said or f"it asked for times of {asked}, the exam has none"
    else:
        at = f" at {time}" if time and (isinstance(condition, Interval) or seen is not stored) else ""
        said = f"it asked for {asked}, the exam is on {date}{at}"
        if not time and isinstance(condition, Interval):
            said += " without a time"
    there = stored.text(START_DATE), stored.text(START_TIME)
    if there != (date, time):
        said += f" by its own clock: that is {there[0]} at {there[1]} at the site"
    return said


def _tell_items(condition: Nested, seen: Record) -> str:
    _, _, label = find_names(condition)
    value = value_of(seen, condition.name)
    items = value if isinstance(value, tuple) else ()
    if not items:
        return f"it asked for {label} {describe(condition)}, the record has none"
    unmet = [each for each in condition.conditions if not any(fulfils(item, (each,)) for item in items)]
    if not unmet:
        return f"no single item of {label} has all of {describe(condition)}"
    wanted = describe(Nested(condition.name, tuple(unmet)))
    return f"it asked for {label} with {wanted}, the record has {show(items)}"


def _find_hint(condition: Condition, value: str) -> str:
    """What may be the cause: a difference that one does not see at once."""
    match condition:
        case Single(value=asked):
            return _first_hint(lambda change: change(asked.strip(" ")) == change(value.strip(" "))) or (
                "a star at its end would find it" if value.startswith(asked.strip(" ")) else ""
            )
        case Wildcard(pattern=pattern):
            return _first_hint(
                lambda change: bool(
                    to_expression(change(pattern.strip(" "))).fullmatch(change(value.strip()))
                )
            )
        case PersonName(pattern=pattern):
            if is_name_match(_without_accents(pattern), _without_accents(value)):
                return "accents count"
            if is_name_match(f"{pattern.rstrip('^')}*", value):
                return "a star at its end would find it"
            return "given name and family name may be swapped" if _is_swapped(pattern, value) else ""
        case OneOf(values=values):
            return next((hint for each in values if (hint := _find_hint(Single("", each), value))), "")
        case AnyOf(conditions=either):
            return next((hint for each in either if (hint := _find_hint(each, value))), "")
        case _:
            return ""


def _without_accents(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def _without_signs(text: str) -> str:
    return "".join(each for each in text if each.isalnum() or each in "*?")


_HINTS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("upper and lower case count", str.casefold),
    ("spaces inside count", lambda text: text.replace(" ", "")),
    ("leading zeros count", lambda text: text.lstrip("0")),
    ("signs like - and . count", _without_signs),
)


def _first_hint(is_same: Callable[[Callable[[str], str]], bool]) -> str:
    return next((hint for hint, change in _HINTS if is_same(change)), "")


def _is_swapped(pattern: str, value: str) -> bool:
    family, _, rest = pattern.partition("^")
    return bool(rest) and is_name_match(f"{rest.split('^')[0]}^{family}*", value)


def _show_item(item: Item) -> str:
    return ", ".join(f"{_find_inner(name).keyword}={show(value)}" for name, value in item.items())


def _find_inner(name: str) -> Attribute:
    return _INNER.get(name) or find_attribute(name) or _UNKNOWN


def _find_items(attributes: Iterable[Attribute]) -> Iterator[Attribute]:
    for each in attributes:
        yield from each.items
        yield from _find_items(each.items)


_INNER: Final = {each.name: each for each in _find_items(ATTRIBUTES)}
_UNKNOWN: Final = Attribute("", "?", 0, "UN", Level.STEP, "an attribute", Match.NONE)
