"""What a search finds: clauses of a worklist query's conditions, all of which a record fulfils."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from openworklist.domain.days import to_bounds
from openworklist.domain.names import fold
from openworklist.domain.query import Condition, OneOf, PersonName, Range, Wildcard, is_match
from openworklist.domain.record import Record, Status
from openworklist.domain.search import ALL, FIELDS, NONE, STATUSES, WORD, Kind, Search, Term
from openworklist.domain.wildcards import has_wildcard

_NAME: Final = "patient_name"
_EVERY: Final = frozenset(Status)
# Letters behind which a part of a name begins: another component, a second name.
_BEGINNINGS: Final = ("", "*^", "* ", "*-")
_ASCII: Final = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True)
class Contains:
    """Text with this somewhere in it; letters of ASCII in any case, as databases know them."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class HasStatus:
    statuses: frozenset[Status]


@dataclass(frozen=True, slots=True)
class HasNumber:
    number: int


@dataclass(frozen=True, slots=True)
class Each:
    """One test of every group is passed: what several words are where they must not stand together."""

    groups: tuple[tuple[Test, ...], ...]


Test = Condition | Contains | HasStatus | HasNumber | Each


@dataclass(frozen=True, slots=True)
class Clause:
    """One of the tests is passed; none of them if `is_without`."""

    tests: tuple[Test, ...]
    is_without: bool = False


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """A record is found that fulfils all clauses."""

    clauses: tuple[Clause, ...] = ()


def to_query(search: Search, today: date) -> RecordQuery:
    """What a search finds on this day at the site."""
    return RecordQuery(tuple(clause for term in search.terms for clause in _to_clauses(term, today)))


def is_found(query: RecordQuery, record: Record) -> bool:
    """The plain meaning of a query, which the SQL of the store must agree with."""
    return all(
        any(_passes(test, record) for test in clause.tests) is not clause.is_without
        for clause in query.clauses
    )


def lower_ascii(text: str) -> str:
    return text.translate(_ASCII)


def _passes(test: Test, record: Record) -> bool:
    match test:
        case Contains(name=name, text=text):
            return lower_ascii(text) in lower_ascii(record.text(name))
        case HasStatus(statuses=statuses):
            return record.status in statuses
        case HasNumber(number=number):
            return record.id == number
        case Each(groups=groups):
            return all(any(_passes(each, record) for each in tests) for tests in groups)
        case _:
            return is_match(test, record)


def _to_clauses(term: Term, today: date) -> Iterable[Clause]:
    """Clauses for a term; what is to be left out must not fulfil all of them, which is said by one only."""
    if term.field == WORD:
        return [Clause(_to_word(term.value), term.is_without)]
    field = FIELDS[term.field]
    if field.kind in (Kind.NAME, Kind.TEXT):
        parts = [_to_part(field.kind, field.attribute, part) for part in _split(term.value)]
        if not term.is_without:
            return [Clause(part) for part in parts]
        together = parts[0] if len(parts) == 1 else (Each(tuple(parts)),)
        return [Clause(together, is_without=True)] if parts else []
    if field.kind is Kind.START and term.value == ALL:
        return []
    if field.kind is Kind.START and term.value == NONE:
        return [Clause((Range(field.attribute, "", ""),), not term.is_without)]
    return [Clause(_to_tests(term, today), term.is_without)]


def _to_tests(term: Term, today: date) -> tuple[Test, ...]:
    field = FIELDS[term.field]
    match field.kind:
        case Kind.DAYS | Kind.START:
            return (Range(field.attribute, *to_bounds(term.value, today)),)
        case Kind.STATUSES:
            wanted = [STATUSES[word] for word in term.value.split(",")]
            return (HasStatus(frozenset[Status]().union(*wanted)),)
        case Kind.NUMBER:
            return (HasNumber(int(term.value)),)
        case Kind.CODES:
            return tuple(
                test
                for part in term.value.split(",")
                for test in _to_exact(field.attribute, part, is_any_case=True)
            )
        case Kind.EXACT:
            return _to_exact(field.attribute, term.value)
        case _:
            raise ValueError(field)


def _to_exact(name: str, text: str, *, is_any_case: bool = False) -> tuple[Test, ...]:
    """The value as it is written, or in capitals too: codes and AE titles are, and people type them small."""
    texts = tuple(dict.fromkeys((text, text.upper()) if is_any_case else (text,)))
    if has_wildcard(text):
        return tuple(Wildcard(name, each) for each in texts)
    return (OneOf(name, texts),)


def _to_word(word: str) -> tuple[Test, ...]:
    """A free word: of a name, and with digits the beginning of a Patient ID or an accession number too."""
    tests = _to_part(Kind.NAME, _NAME, word)
    if any(letter.isdigit() for letter in word):
        for name in ("patient_id", "accession_number"):
            tests += tuple(Wildcard(name, f"{each}*") for each in dict.fromkeys((word, word.upper())))
    return tests


def _to_part(kind: Kind, name: str, part: str) -> tuple[Test, ...]:
    if kind is Kind.TEXT:
        return (Contains(name, part),)
    part = part.strip("*")
    if not fold(part):
        return (PersonName(name, "*?*"),)
    beginnings = _BEGINNINGS if "^" not in part and "=" not in part else ("",)
    return tuple(PersonName(name, f"{beginning}{part}*") for beginning in beginnings)


def _split(value: str) -> Iterable[str]:
    return dict.fromkeys(part for part in value.replace(",", " ").split(" ") if part)
