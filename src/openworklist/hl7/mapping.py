"""From a message to orders by the rules of a profile: one order for each scheduled step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from openworklist.domain.attributes import Attribute
from openworklist.domain.order import Order
from openworklist.domain.record import Item, Value
from openworklist.domain.sent import Sent
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path
from openworklist.hl7.places import find_detail, number_groups
from openworklist.hl7.profile import Profile
from openworklist.hl7.sent import read_sent
from openworklist.hl7.values import NULL, Reading, converter_of

# Their content is spread over all the segments of that name (STANDARDS: never only the last one).
_GATHERED = frozenset({"NTE", "AL1"})

Finder = Callable[[Reading, str, Path, Attribute], Value | None]


class _Source(NamedTuple):
    """A place, with what the inner loop asks of it at hand."""

    segment: str
    field: int
    is_gathered: bool
    path: Path


class _Step(NamedTuple):
    """A rule, made ready: `find` takes the field that a source names, and the source."""

    name: str
    sources: tuple[_Source, ...]
    find: Finder
    attribute: Attribute


def apply(
    message: Message,
    profile: Profile,
    *,
    zone: tzinfo | None = None,
    codec: str = "utf_8",
    received_at: int = 0,
) -> tuple[Order, ...]:
    """The orders of a message, in its order; none if it has no ORC, OBR or IPC.

    `zone` is the site's: stamps with an offset are brought to it. `codec` is that of the message, for
    escaped bytes, `received_at` when it came (microseconds since 1970, 0 if nobody knows). OrderError if it
    holds too many steps. Everything else that is odd becomes a warning on the order.
    """
    plan = _plan(profile)
    sender = f"{message.get('MSH-3')}|{message.get('MSH-4')}"
    sent = read_sent(message.get("MSH-7.1"), sender, zone=zone, received_at=received_at)
    groups = order_groups(message)
    return tuple(
        [
            _to_order(group, plan, Reading(message.delimiters, codec, zone), sent, place)
            for group, place in zip(groups, number_groups(groups), strict=True)
        ]
    )


@lru_cache(maxsize=256)
def _plan(profile: Profile) -> tuple[_Step, ...]:
    return tuple(
        _Step(
            rule.attribute.name, tuple(map(_to_source, rule.sources)), _finder(rule.attribute), rule.attribute
        )
        for rule in profile.rules
    )


def _to_source(path: Path) -> _Source:
    is_gathered = path.segment in _GATHERED and not path.occurrence
    name = f"{path.segment}[{path.occurrence}]" if path.occurrence > 1 else path.segment
    return _Source(name, path.field, is_gathered, path)


def _to_order(
    group: Group, plan: tuple[_Step, ...], reading: Reading, sent: Sent, places: Mapping[str, int]
) -> Order:
    values: dict[str, Value] = {}
    nullified: list[str] = []
    known: dict[str, list[str]] = {}
    for name, sources, find, attribute in plan:
        for segment, number, is_gathered, path in sources:
            fields = known.get(segment)
            if fields is None:
                fields = known[segment] = _fields(group, path.segment, path.occurrence)
            value: Value | None
            if is_gathered:
                value = _gather(reading, group, path, find, attribute)
            elif number >= len(fields) or not (field := fields[number]):
                continue
            elif NULL in field and reading.leaf(field, path) == NULL:
                value = NULL
            else:
                value = find(reading, field, path, attribute)
            if value is not None:
                if value == NULL:
                    nullified.append(name)
                elif value:
                    values[name] = value
                break
    orc = _fields(group, "ORC", 1)
    return Order(
        control=reading.leaf(orc[1], _CONTROL).upper() if len(orc) > 1 else "",
        status_code=reading.leaf(orc[5], _STATUS).upper() if len(orc) > 5 else "",
        values=values,
        nullified=frozenset(nullified),
        sent=sent,
        warnings=tuple(reading.warnings),
        detail=find_detail(group),
        places=places,
    )


_CONTROL = Path("ORC", 1, 1)
_STATUS = Path("ORC", 5, 1)
_NONE: list[str] = []


def _fields(group: Group, name: str, occurrence: int) -> list[str]:
    segment = group.find(name, occurrence)
    return segment.fields if segment is not None else _NONE


def _finder(attribute: Attribute) -> Finder:
    names = {item.name for item in attribute.items}
    if "code_value" in names:
        return _find_code
    if "local_namespace_entity_id" in names:
        return _find_issuer
    return converter_of(attribute)


def _gather(reading: Reading, group: Group, path: Path, find: Finder, attribute: Attribute) -> Value | None:
    """The values of all the segments of that name, as one."""
    fields = [segment.field(path.field) for segment in group.all(path.segment)]
    found = [find(reading, field, path, attribute) for field in fields if field]
    texts = [text for text in found if text and isinstance(text, str)]
    if attribute.multiple:
        return "\\".join(texts) or None
    return ("\r\n" if attribute.vr in ("LT", "ST", "UT") else ", ").join(texts) or None


def _find_code(reading: Reading, field: str, path: Path, attribute: Attribute) -> Value | None:
    """A code sequence: value, meaning and scheme follow each other from the component that the path names."""
    code, meaning, scheme = [_component(reading, field, place) for place in _triple(path)]
    if not code or not scheme:
        # PS3.3 table 8.8-1: a code without its scheme is none; the text has attributes of its own.
        return None
    item: Item = {"code_value": code, "coding_scheme_designator": scheme, "code_meaning": meaning or code}
    return (item,)


def _find_issuer(reading: Reading, field: str, path: Path, attribute: Attribute) -> Value | None:
    """An assigning authority (HD): its namespace, universal ID and the type of that are subcomponents."""
    namespace, universal, kind = [_component(reading, field, place) for place in _authority(path)]
    item = {
        "local_namespace_entity_id": namespace,
        "universal_entity_id": universal,
        "universal_entity_id_type": kind.upper() if universal else "",
    }
    kept: Item = {name: text for name, text in item.items() if text}
    return (kept,) if kept else None


@lru_cache(maxsize=1024)
def _triple(path: Path) -> tuple[Path, ...]:
    return tuple(
        path._replace(component=(path.component or 1) + offset, subcomponent=0) for offset in range(3)
    )


@lru_cache(maxsize=1024)
def _authority(path: Path) -> tuple[Path, ...]:
    return tuple(path._replace(component=path.component or 1, subcomponent=part) for part in (1, 2, 3))


def _component(reading: Reading, field: str, place: Path) -> str:
    text = reading.leaf(field, place)
    return text if text.isprintable() and "\\" not in text else " ".join(text.replace("\\", "/").split())
