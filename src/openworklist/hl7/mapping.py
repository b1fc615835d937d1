"""From a message to orders by the rules of a profile: one order for each scheduled step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache

from openworklist.domain.attributes import Attribute
from openworklist.domain.order import Order
from openworklist.domain.record import Item, Value
from openworklist.hl7.dates import read_stamp
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.message import Message, Segment
from openworklist.hl7.path import Path
from openworklist.hl7.profile import Profile
from openworklist.hl7.values import NULL, Converter, Reading, converter_of

# Their content is spread over all the segments of that name (STANDARDS: never only the last one).
_GATHERED = frozenset({"NTE", "AL1"})

Finder = Callable[[Reading, Group, Path], Value | None]
Step = tuple[str, tuple[Path, ...], Finder]


def apply(
    message: Message, profile: Profile, *, zone: tzinfo | None = None, codec: str = "utf_8"
) -> tuple[Order, ...]:
    """The orders of a message, in its order; none if it has no ORC, OBR or IPC.

    `zone` is the site's: stamps with an offset are brought to it. `codec` is that of the message, for
    escaped bytes.
    OrderError if it holds too many steps. Everything else that is odd becomes a warning on the order.
    """
    plan = _plan(profile)
    sent = read_stamp(message.get("MSH-7.1"), zone)
    return tuple(
        _to_order(group, plan, Reading(message.delimiters, codec, zone), sent.date + sent.time[:6])
        for group in order_groups(message)
    )


@lru_cache(maxsize=256)
def _plan(profile: Profile) -> tuple[Step, ...]:
    return tuple((rule.attribute.name, rule.sources, _finder(rule.attribute)) for rule in profile.rules)


def _to_order(group: Group, plan: tuple[Step, ...], reading: Reading, message_time: str) -> Order:
    values: dict[str, Value] = {}
    nullified: list[str] = []
    for name, sources, find in plan:
        for path in sources:
            if not group.all(path.segment):
                continue
            value = find(reading, group, path)
            if value == NULL:
                nullified.append(name)
                break
            if value is not None:
                if value:
                    values[name] = value
                break
    control, status = _order_control(group)
    return Order(
        control=control,
        status_code=status,
        values=values,
        nullified=frozenset(nullified),
        message_time=message_time,
        warnings=tuple(reading.warnings),
    )


def _order_control(group: Group) -> tuple[str, str]:
    order = group.find("ORC")
    if order is None:
        return "", ""
    return order.part(_CONTROL).strip().upper(), order.part(_STATUS).strip().upper()


_CONTROL = Path("ORC", 1, 1)
_STATUS = Path("ORC", 5, 1)


def _finder(attribute: Attribute) -> Finder:
    names = {item.name for item in attribute.items}
    if "code_value" in names:
        return _find_code
    if "local_namespace_entity_id" in names:
        return _find_issuer
    return _leaf_finder(attribute, converter_of(attribute))


def _leaf_finder(attribute: Attribute, convert: Converter) -> Finder:
    def find(reading: Reading, group: Group, path: Path) -> Value | None:
        if path.segment in _GATHERED and not path.occurrence:
            return _gather(reading, group, path, attribute, convert)
        segment = group.find(path.segment, path.occurrence)
        if segment is None:
            return None
        text = segment.field(path.field)
        if not text:
            return None
        if text == NULL or (NULL in text and segment.part(path) == NULL):
            return NULL
        return convert(reading, segment, path, attribute)

    return find


def _gather(
    reading: Reading, group: Group, path: Path, attribute: Attribute, convert: Converter
) -> str | None:
    found = [convert(reading, segment, path, attribute) for segment in group.all(path.segment)]
    texts = [text for text in found if text]
    if attribute.multiple:
        return "\\".join(texts) or None
    return ("\r\n" if attribute.vr in ("LT", "ST", "UT") else ", ").join(texts) or None


def _find_code(reading: Reading, group: Group, path: Path) -> Value | None:
    """A code sequence: value, meaning and scheme follow each other from the component that the path names."""
    segment = group.find(path.segment, path.occurrence)
    if segment is None or not segment.field(path.field):
        return None
    first = path.component or 1
    if segment.field(path.field) == NULL:
        return NULL
    code, meaning, scheme = (_leaf(reading, segment, path, first + offset) for offset in range(3))
    if not code or not scheme:
        # PS3.3 table 8.8-1: a code without its scheme is none; the text has attributes of its own.
        return None
    item: Item = {"code_value": code, "coding_scheme_designator": scheme, "code_meaning": meaning or code}
    return (item,)


def _find_issuer(reading: Reading, group: Group, path: Path) -> Value | None:
    """An assigning authority (HD): its namespace, universal ID and the type of that are subcomponents."""
    segment = group.find(path.segment, path.occurrence)
    if segment is None:
        return None
    namespace, universal, kind = (
        reading.leaf(segment, path._replace(component=path.component or 1, subcomponent=number))
        for number in (1, 2, 3)
    )
    if namespace == NULL:
        return NULL
    item = {
        "local_namespace_entity_id": namespace,
        "universal_entity_id": universal,
        "universal_entity_id_type": kind.upper() if universal else "",
    }
    kept: Item = {name: text for name, text in item.items() if text}
    return (kept,) if kept else None


def _leaf(reading: Reading, segment: Segment, path: Path, number: int) -> str:
    return reading.leaf(segment, path._replace(component=number, subcomponent=0)).replace("\\", "/")
