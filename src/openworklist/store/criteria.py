"""What a condition is in SQL: a form, the same for all questions of one kind, and the values that go into it.

A form is told from its values because the statements are made once for each form: scanners ask the same
kinds of questions all day, with another number or day each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from openworklist.domain.names import GroupPattern, to_group_patterns
from openworklist.domain.query import (
    AnyOf,
    Condition,
    Interval,
    OneOf,
    PersonName,
    Range,
    Single,
    Unassigned,
    Wildcard,
)
from openworklist.domain.shortening import beginning_of, is_shortened
from openworklist.domain.wildcards import collapse, has_wildcard, literal_beginning
from openworklist.store.schema import COLUMNS, INDEXED, NAMES, START_DATE, START_TIME, STATION, to_unassigned

# ("equal", column), ("in", column, count), ("like", column), ("begins", column), ("given", column),
# ("between", column, has_low, has_high), ("nothing",), ("any", form, ...), ("all", form, ...),
# ("station", form), ("name", attribute, component group or None, form): see store.statements.
Form = tuple[Any, ...]
LAST: Final = "\U0010ffff"  # comes after every letter
_LONGEST: Final = 1000  # letters of a pattern: what SQLite holds against a text has a limit
_TEXTS: Final = frozenset(COLUMNS) - {START_TIME}  # times are stored in their canonical form


class Criterion(NamedTuple):
    """Where it is not exact, more records fulfil it than do the condition."""

    form: Form
    values: tuple[object, ...] = ()
    is_exact: bool = True


_NOTHING: Final = Criterion(("nothing",))


def to_criterion(condition: Condition) -> Criterion | None:
    """A condition as SQL; None if columns say nothing about it."""
    match condition:
        case Single(name=name, value=value):
            return _on_text(name, lambda column: _equal(column, value.strip(" ")))
        case OneOf(name=name, values=values):
            return _on_text(name, lambda column: _in(column, values))
        case Wildcard(name=name, pattern=pattern):
            return _on_text(name, lambda column: _like(column, pattern.strip(" ")))
        case PersonName(name=name, pattern=pattern) if name in NAMES:
            return _join("all", [_to_name(NAMES[name], each) for each in to_group_patterns(pattern)])
        case Range(name=name, low=low, high=high) if name in (START_DATE, START_TIME):
            values = tuple(filter(None, (low, high)))
            return Criterion(("between", name, bool(low), bool(high)), values)
        case Interval():
            return Criterion(("given", START_TIME))  # the rest are the bounds of the search
        case Unassigned(modality=modality):
            return Criterion(("station", ("equal", "ae_title")), (to_unassigned(modality),))
        case AnyOf(conditions=conditions):
            parts = [to_criterion(each) for each in conditions]
            return None if None in parts else _join("any", [part for part in parts if part])
        case _:
            return None


def _on_text(name: str, make: Callable[[str], Criterion]) -> Criterion | None:
    if name == STATION:
        form, values, is_exact = make("ae_title")
        return Criterion(("station", form), values, is_exact)
    return make(name) if name in _TEXTS else None


def _equal(column: str, value: str) -> Criterion:
    if is_shortened(value):
        # It stands for a longer one too, of which it has the beginning.
        return Criterion(("begins", column), _to_bounds(beginning_of(value)), is_exact=False)
    return Criterion(("equal", column), (value,)) if value else _NOTHING


def _to_bounds(beginning: str) -> tuple[str, str]:
    return beginning, beginning + LAST


def _in(column: str, values: tuple[str, ...]) -> Criterion:
    given = tuple(filter(None, values))
    return Criterion(("in", column, len(given)), given) if given else _NOTHING


def _like(column: str, pattern: str) -> Criterion:
    pattern = collapse(pattern)
    if len(pattern) > _LONGEST:
        return Criterion(("given", column), (), is_exact=False)
    return Criterion(("like", column), (_to_glob(pattern), _to_like(pattern)))


def _to_name(attribute: int, wanted: GroupPattern) -> Criterion:
    tests = [
        _like("folded", each) if has_wildcard(each) else _equal("folded", each) for each in wanted.patterns
    ]
    form, values, is_exact = _join("any", tests)
    return Criterion(("name", attribute, wanted.group, form), values, is_exact)


def _join(word: str, parts: list[Criterion]) -> Criterion:
    form = (word, *(part.form for part in parts))
    values = tuple(value for part in parts for value in part.values)
    return Criterion(form, values, all(part.is_exact for part in parts))


# SQLite's GLOB and PostgreSQL's LIKE both heed case; each has letters of its own that mean something.
_GLOB: Final = str.maketrans({"[": "[[]"})
_LIKE: Final = str.maketrans({"*": "%", "?": "_", "%": "\\%", "_": "\\_", "\\": "\\\\"})


def _to_glob(pattern: str) -> str:
    return pattern.translate(_GLOB)


def _to_like(pattern: str) -> str:
    return pattern.translate(_LIKE)


class Lead(NamedTuple):
    """A part of a condition that an index of its own knows: few records may fulfil it.

    `form` is on a column of `records`, or of `record_names` if `attribute` is the number of a name.
    """

    form: Form
    values: tuple[object, ...]
    attribute: int | None = None

    @property
    def rank(self) -> int:
        """Which of several is tried first: an identifier that is known in full, the rarest first."""
        if self.is_whole and self.form[1] in INDEXED:
            return INDEXED.index(self.form[1])
        return len(INDEXED) + self.is_scan

    @property
    def is_whole(self) -> bool:
        return bool(self.form[0] in ("equal", "in"))

    @property
    def is_scan(self) -> bool:
        """Whether the whole index is read: one of names still tells sooner than all records one by one."""
        return bool(self.form[0] == "any")


def to_leads(condition: Condition) -> Iterator[Lead]:
    match condition:
        case Single(name=name, value=value) if name in INDEXED and value.strip(" "):
            yield Lead(*_equal(name, value.strip(" "))[:2])
        case OneOf(name=name, values=values) if name in INDEXED and any(values):
            yield Lead(*_in(name, values)[:2])
        case Wildcard(name=name, pattern=pattern) if name in INDEXED:
            yield from _to_lead(name, pattern.strip(" "), None)
        case PersonName(name=name, pattern=pattern) if name in NAMES:
            for wanted in to_group_patterns(pattern):
                yield from _to_name_lead(wanted.patterns, NAMES[name])


def _to_name_lead(patterns: tuple[str, ...], attribute: int) -> Iterator[Lead]:
    beginning = literal_beginning(patterns[0])
    if not beginning:
        test = _join("any", [_like("folded", each) for each in patterns])
        if test.is_exact:
            yield Lead(test.form, test.values, attribute)
    elif len(patterns) == 1:
        yield from _to_lead("folded", patterns[0], attribute)
    else:  # what the others ask for begins as the first one does
        yield from _to_lead("folded", f"{beginning}*", attribute)


def _to_lead(column: str, pattern: str, attribute: int | None) -> Iterator[Lead]:
    beginning = literal_beginning(pattern)
    if beginning == pattern and beginning:
        yield Lead(("equal", column), (beginning,), attribute)
    elif beginning:
        yield Lead(("begins", column), _to_bounds(beginning), attribute)
