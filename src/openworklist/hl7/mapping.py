"""From a message to orders by the rules of a profile: one order for each scheduled step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from openworklist.domain.attributes import Attribute
from openworklist.domain.order import Order
from openworklist.domain.record import Item, Value
from openworklist.domain.sent import Sent
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.leaf import NULL, Leaf, Reading, leaf_reader
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path
from openworklist.hl7.places import find_detail, number_groups
from openworklist.hl7.profile import Profile
from openworklist.hl7.sent import read_sent
from openworklist.hl7.values import make_converter

# What they say is spread over all the segments of that name, and never only in the last one.
_GATHERED: Final = frozenset({"NTE", "AL1"})
# Letters of a value beyond which none is read: six times what the longest text of DICOM holds (LT, 10,240).
LONGEST: Final = 65_536

Finder = Callable[[Reading, str], Value | None]


class _Source(NamedTuple):
    """A place, made ready."""

    row: int  # of the plan's segments
    field: int
    find: Finder
    read: Leaf | None  # where `""` is looked for; None if `find` sees to it
    join: str  # what the values of several segments are joined with; "" where one segment is meant
    number: int
    path: Path


class _Row(NamedTuple):
    """A segment that a profile looks at, and its fields that alone are the source of an attribute."""

    segment: str
    occurrence: int
    fields: tuple[tuple[int, str, _Source], ...]


class _Plan(NamedTuple):
    """A profile, made ready: the simple attributes segment by segment, the others with all their sources."""

    rows: tuple[_Row, ...]
    others: tuple[tuple[str, tuple[_Source, ...]], ...]


class _Memory:
    """What was found in segments that steps share: a message may have many steps.

    The keys are the numbers of sources with the identities of fields, which live as long as the message.
    """

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], tuple[Value | None, list[str]]] = {}

    def recall(
        self, reading: Reading, key: tuple[int, int], find: Callable[[], Value | None]
    ) -> Value | None:
        found = self._found.get(key)
        if found is None:
            before, reading.warnings = reading.warnings, []
            found = self._found[key] = (find(), reading.warnings)
            reading.warnings = before
        value, warnings = found
        reading.warnings += [warning for warning in warnings if warning not in reading.warnings]
        return value


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
    holds too many steps, MessageError if it is not clear whose they are. Everything else that is odd is a
    warning on the order.
    """
    plan = _plan(profile)
    reading = Reading(message.delimiters, codec, zone)
    header = message.header
    sender = f"{header.field(3)}|{header.field(4)}"
    sent = read_sent(_read_time(reading, header.field(7)), sender, zone=zone, received_at=received_at)
    groups = order_groups(message)
    is_plain = len(groups) == 1 and message.length <= LONGEST
    memory = None if is_plain else _Memory()
    return tuple(
        [
            _to_order(group, plan, reading, memory, sent, places)
            for group, places in zip(groups, number_groups(groups), strict=True)
        ]
    )


@lru_cache(maxsize=256)
def _plan(profile: Profile) -> _Plan:
    numbers: dict[tuple[str, int], int] = {}
    simple: list[tuple[str, _Source]] = []
    others: list[tuple[str, tuple[_Source, ...]]] = []
    count = 0
    for rule in profile.rules:
        sources = []
        for path in rule.sources:
            row = numbers.setdefault((path.segment, max(path.occurrence, 1)), len(numbers))
            sources.append(_to_source(rule.attribute, path, row, count))
            count += 1
        if len(sources) == 1 and not sources[0].join:
            simple.append((rule.attribute.name, sources[0]))
        else:
            others.append((rule.attribute.name, tuple(sources)))
    return _Plan(tuple(_to_row(name, simple, row) for name, row in numbers.items()), tuple(others))


def _to_row(place: tuple[str, int], simple: list[tuple[str, _Source]], row: int) -> _Row:
    return _Row(*place, tuple((source.field, name, source) for name, source in simple if source.row == row))


def _to_source(attribute: Attribute, path: Path, row: int, number: int) -> _Source:
    read = None if attribute.vr == "PN" else leaf_reader(path)
    join = ""
    if path.segment in _GATHERED and not path.occurrence:
        join = "\r\n" if attribute.vr in ("LT", "ST", "UT") else "\\" if attribute.multiple else ", "
    return _Source(row, path.field, _finder(attribute, path), read, join, number, path)


def _to_order(
    group: Group,
    plan: _Plan,
    reading: Reading,
    memory: _Memory | None,
    sent: Sent,
    places: Mapping[str, int],
) -> Order:
    reading.warnings = []
    values: dict[str, Value] = {}
    rows: list[list[str]] = []
    value: Value | None
    for segment_name, occurrence, looked_at in plan.rows:
        segment = group.find(segment_name, occurrence)
        if segment is None:
            rows.append(_NONE)
            continue
        fields = segment.fields
        rows.append(fields)
        count = len(fields)
        for number, name, source in looked_at:
            if number >= count or not (field := fields[number]):
                continue
            if memory is not None:
                value = _find_once(reading, fields, source, memory)
            elif NULL in field:
                value = _find(reading, field, source)
            else:
                value = source.find(reading, field)
            if value:
                values[name] = value
    for name, sources in plan.others:
        for source in sources:
            fields = rows[source.row]
            if source.join:
                value = _gather(reading, group, source, memory) if fields else None
            elif source.field < len(fields) and fields[source.field]:
                value = _find_once(reading, fields, source, memory)
            else:
                value = None
            if value is not None:
                if value:
                    values[name] = value
                break
    nullified = (
        frozenset(name for name, value in values.items() if value == NULL)
        if NULL in values.values()
        else _NOTHING
    )
    for name in nullified:
        del values[name]
    orc = group.find("ORC")
    return Order(
        control=_read_control(reading, orc.field(1)).upper() if orc else "",
        status_code=_read_status(reading, orc.field(5)).upper() if orc else "",
        values=values,
        nullified=nullified,
        sent=sent,
        warnings=tuple(reading.warnings),
        detail=find_detail(group),
        places=places,
    )


_read_time = leaf_reader(Path("MSH", 7, 1))
_read_control = leaf_reader(Path("ORC", 1, 1))
_read_status = leaf_reader(Path("ORC", 5, 1))
_NONE: Final[list[str]] = []
_NOTHING: Final[frozenset[str]] = frozenset()


def _find(reading: Reading, field: str, source: _Source) -> Value | None:
    if source.read is not None and NULL in field and source.read(reading, field) == NULL:
        return NULL
    return source.find(reading, field)


def _find_once(reading: Reading, fields: list[str], source: _Source, memory: _Memory | None) -> Value | None:
    if memory is None:
        return _find(reading, fields[source.field], source)

    def find() -> Value | None:
        return _find(reading, _shorten(reading, source, fields[source.field]), source)

    return memory.recall(reading, (source.number, id(fields)), find)


def _gather(reading: Reading, group: Group, source: _Source, memory: _Memory | None) -> Value | None:
    """The values of all the segments of that name, as one."""
    segments = group.all(source.path.segment)

    def find() -> Value | None:
        fields = [segment.field(source.field) for segment in segments]
        found = [source.find(reading, _shorten(reading, source, field)) for field in fields if field]
        texts = [text for text in found if text and isinstance(text, str)]
        return _shorten(reading, source, source.join.join(texts)) or None

    return find() if memory is None else memory.recall(reading, (source.number, id(segments)), find)


def _shorten(reading: Reading, source: _Source, text: str) -> str:
    if len(text) <= LONGEST:
        return text
    reading.warn(source.path, f"is longer than {LONGEST} letters: the rest was left out.")
    return text[:LONGEST]


def _finder(attribute: Attribute, path: Path) -> Finder:
    names = {item.name for item in attribute.items}
    if "code_value" in names:
        return _find_code(path)
    if "local_namespace_entity_id" in names:
        return _find_issuer(path)
    return make_converter(attribute, path)


def _find_code(path: Path) -> Finder:
    """A code sequence: value, meaning and scheme follow each other from the component that the path names."""
    first = path.component or 1
    readers = [leaf_reader(path._replace(component=first + offset, subcomponent=0)) for offset in range(3)]

    def find(reading: Reading, field: str) -> Value | None:
        code, meaning, scheme = [_component(reading, field, read) for read in readers]
        if not code or not scheme:
            # PS3.3 table 8.8-1: a code without its scheme is none; the text has attributes of its own.
            return None
        item: Item = {"code_value": code, "coding_scheme_designator": scheme, "code_meaning": meaning or code}
        return (item,)

    return find


def _find_issuer(path: Path) -> Finder:
    """An assigning authority (HD): its namespace, universal ID and the type of that are subcomponents."""
    readers = [leaf_reader(path._replace(component=path.component or 1, subcomponent=n)) for n in (1, 2, 3)]

    def find(reading: Reading, field: str) -> Value | None:
        namespace, universal, kind = [_component(reading, field, read) for read in readers]
        item = {
            "local_namespace_entity_id": namespace,
            "universal_entity_id": universal,
            "universal_entity_id_type": kind.upper() if universal else "",
        }
        kept: Item = {name: text for name, text in item.items() if text}
        return (kept,) if kept else None

    return find


def _component(reading: Reading, field: str, read: Leaf) -> str:
    text = read(reading, field)
    if text == NULL:
        return ""
    return text if text.isprintable() and "\\" not in text else " ".join(text.replace("\\", "/").split())
