"""Where a sender seems to put things, told from what the values in its messages look like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from openworklist.domain.attributes import BY_NAME, Attribute
from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.dates import Stamp, read_stamp
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.leaf import NULL, Reading, leaf_reader
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path, parse_path
from openworklist.hl7.profile import Profile, derive, preset
from openworklist.hl7.rule import Rule, Source
from openworklist.hl7.shapes import SHAPES

_RESENT: Final = 3  # times that the same order may be among the samples, on the average
_MOST: Final = 4  # places in a rule: one for each way in which the samples differ


class _Hint(NamedTuple):
    """What an attribute looks like, and where it is looked for, the usual places first."""

    name: str
    looks: str  # as a sentence says it
    shape: str  # of hl7.shapes, for the source; "" where any text will do
    places: str
    is_unique: bool = False  # each order has its own
    is_free: bool = False  # it may stand in any field of ORC, OBR, IPC and the segments of the site


_HINTS: Final = (
    _Hint("modality", "a modality", "modality", "IPC-5.1 OBR-24.1 OBR-18.1 OBR-21.1 OBR-20.1 OBR-19.1",
          is_free=True),
    _Hint("scheduled_station_ae_title", "an AE title", "ae_title", "IPC-9.1 OBR-21.1 ORC-18.1"),
    _Hint("scheduled_procedure_step_start_date", "a date", "date",
          "TQ1-7.1 ORC-7.4 ORC-15.1 OBR-27.4 OBR-36.1 OBR-7.1 OBR-6.1"),
    _Hint("accession_number", "a number of its own for each order", "accession_number",
          "IPC-1.1 OBR-18.1 ORC-2.1 OBR-3.1 ORC-3.1 OBR-2.1", is_unique=True),
    _Hint("study_instance_uid", "a UID", "uid", "IPC-3.1 ZDS-1.1", is_free=True),
    _Hint("requested_procedure_id", "an ID", "", "IPC-2.1 OBR-19.1 OBR-4.1"),
    _Hint("scheduled_procedure_step_id", "an ID", "", "IPC-4.1 OBR-20.1 OBR-4.1"),
    _Hint("patient_id", "an ID", "", "PID-3.1 PID-2.1 PID-4.1"),
    _Hint("patient_name", "a name", "", "PID-5 PID-9"),
)  # fmt: skip
_FREE: Final = ("ORC", "OBR", "IPC")
_STEP: Final = "scheduled_procedure_step_id"
_DATE, _TIME = "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that was looked at, and in how many of the messages it holds what was looked for."""

    place: str
    fits: int
    misfits: int  # messages in which it holds something else


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where an attribute is. `candidates` begin with the best; without any nothing was found."""

    attribute: Attribute
    reason: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is proposed for each attribute, and a mapping that reads by it."""

    messages: int
    suggestions: tuple[Suggestion, ...]
    profile: Profile


def suggest(messages: Sequence[Message], name: str) -> Suggested:
    """Proposals for a mapping of that name from messages of one sender.

    Those without an order, and those of which it is not clear whose it is, do not count. Of several
    steps in a message the first is looked at.
    """
    samples = [_Sample(message, order) for message in messages if (order := _find_order(message))]
    suggestions = tuple(_suggest(hint, samples) for hint in _HINTS)
    found = {each.attribute.name: each.candidates for each in suggestions}
    base = preset("ihe" if _is_ihe(found) else "classic")
    rules = [rule for hint in _HINTS for rule in _make_rules(hint, found[hint.name], len(samples), base)]
    return Suggested(len(samples), suggestions, derive(name, base, rules))


def _find_order(message: Message) -> Group | None:
    try:
        groups = order_groups(message)
    except OpenWorklistError:
        return None
    return next((group for group in groups if any(group.all(name) for name in _FREE)), None)


class _Sample:
    """The first order of a message."""

    def __init__(self, message: Message, group: Group) -> None:
        self._group = group
        self._reading = Reading(message.delimiters, "ascii", None)
        self.sent = read_stamp(message.header.field(7))
        self.names = {segment.name for segment in message.segments}

    def read(self, path: Path) -> str:
        segment = self._group.find(path.segment)
        text = segment.field(path.field) if segment is not None else ""
        found = leaf_reader(path)(self._reading, text) if text else ""
        return "" if found == NULL else found

    def places(self) -> Iterable[Path]:
        """The first component of every field where a value of the site may stand."""
        for name in sorted(self.names):
            segment = self._group.find(name) if name in _FREE or name[0] == "Z" else None
            for number in range(1, len(segment.fields) if segment is not None else 0):
                yield Path(name, number, 1)


def _suggest(hint: _Hint, samples: Sequence[_Sample]) -> Suggestion:
    usual = [parse_path(text) for text in hint.places.split()]
    others = {path for sample in samples for path in sample.places()} if hint.is_free else set()
    paths = [*usual, *sorted(others - set(usual))]
    if hint.name == _STEP and any("IPC" in sample.names for sample in samples):
        # An OBR may have several IPC: what tells one step from another stands in IPC alone.
        paths = [path for path in paths if path.segment == "IPC"]
    candidates = [found for path in paths if (found := _look(hint, path, samples)).fits]
    # The most messages first, then what never is anything else, then the usual order; of dates those to come.
    candidates.sort(key=lambda each: (-each.fits, each.misfits, -_count_to_come(hint, each, samples)))
    attribute = BY_NAME[hint.name]
    if not candidates:
        return Suggestion(attribute, f"no place holds {hint.looks}")
    best = candidates[0]
    return Suggestion(
        attribute,
        f"{best.place} holds {hint.looks} in {best.fits} of {len(samples)} messages",
        tuple(candidates),
    )


def _look(hint: _Hint, path: Path, samples: Sequence[_Sample]) -> Candidate:
    texts = [(sample, sample.read(path)) for sample in samples]
    held = [(sample, text) for sample, text in texts if text]
    fits = sum(_does_fit(hint, text) for _, text in held)
    kinds = len({text for _, text in held})
    if hint.is_unique and fits > 1 and (kinds == 1 or kinds * _RESENT < fits):
        fits = 0  # a few words for all orders, no numbers
    return Candidate(str(path), fits, len(held) - fits)


def _count_to_come(hint: _Hint, candidate: Candidate, samples: Sequence[_Sample]) -> int:
    """In how many messages a start is not before the message was sent; 0 of what is no date."""
    if hint.name != _DATE:
        return 0
    path = parse_path(candidate.place)
    return sum(_is_to_come(read_stamp(sample.read(path)), sample.sent) for sample in samples)


def _is_to_come(start: Stamp, sent: Stamp) -> bool:
    if not (start.time and sent.time):
        return start.date >= sent.date
    return start.date + start.time >= sent.date + sent.time


def _does_fit(hint: _Hint, text: str) -> bool:
    if hint.shape and not SHAPES[hint.shape](text):
        return False
    return not (hint.name.endswith("_id") and SHAPES["modality"](text))


def _is_ihe(found: Mapping[str, Sequence[Candidate]]) -> bool:
    """Whether the best places are those of IHE, which has no modality in OBR-18."""
    best = {candidates[0].place for candidates in found.values() if candidates}
    if any(each.place == "OBR-18.1" for each in found["modality"]):
        return False
    return bool(best & {"IPC-5.1", "OBR-24.1", "IPC-1.1"})


def _make_rules(hint: _Hint, candidates: Sequence[Candidate], messages: int, base: Profile) -> Iterable[Rule]:
    """The rule of an attribute, of a date its time's too; none where the base's is as good."""
    sources = _find_sources(hint, candidates, messages) if candidates else _guard(hint, base)
    for name in (_DATE, _TIME) if hint.name == _DATE else (hint.name,):
        if sources:
            yield Rule(BY_NAME[name], sources)


def _find_sources(hint: _Hint, candidates: Sequence[Candidate], messages: int) -> tuple[Source, ...]:
    """The best place, then those that never hold anything else.

    Where the best place is not that of all messages, the next ones may hold something else in some: a shape
    passes it over.
    """
    is_split = bool(hint.shape) and candidates[0].fits < messages
    good = [*candidates[:1], *(each for each in candidates[1:] if is_split or not each.misfits)]
    return tuple(Source(parse_path(each.place), hint.shape) for each in good[:_MOST])


def _guard(hint: _Hint, base: Profile) -> tuple[Source, ...]:
    """The base's places of what the samples have nowhere, for values that look right.

    In the samples they are empty or hold something else: a modality in OBR-21 is no station.
    """
    if not hint.shape:
        return ()
    profiles = [*(variant.profile for variant in base.variants), base]
    rules = [rule for profile in profiles for rule in profile.rules if rule.attribute.name == hint.name]
    return tuple(
        dict.fromkeys(replace(source, shape=hint.shape) for rule in rules for source in rule.sources)
    )
