"""What people search records by, as a value: the search box, the form beside it and REST mean the same.

How it is written is in domain.search_text, what it finds in domain.search_query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Final

from openworklist.domain.days import normalize_span
from openworklist.domain.errors import SearchError
from openworklist.domain.record import Status

LONGEST: Final = 500  # letters of a whole search
ALL: Final = "all"
NONE: Final = "none"
OPEN: Final = "open"
WORD: Final = ""  # the field of a free word


class Kind(Enum):
    """How the text of a field is read, and what it is held against."""

    NAME = "the beginning of any part of a name, in any case; of several words each"
    TEXT = "a part of the text, in any case; of several words each"
    EXACT = "the whole value; `*` stands for any letters, `?` for one"
    CODES = "a code in any case, or several with commas; `*` and `?` as above"
    STATUSES = "a status, or several with commas"
    DAYS = "a day or a span of days"
    START = "a day or a span of days, `all`, or `none` for what has no date"
    NUMBER = "the number of a record"


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is that of an attribute where the field is about one; it and its aliases stand before the colon.

    `is_personal`: what is written tells who the patient is, so that it never stands in a URL.
    """

    name: str
    kind: Kind
    aliases: tuple[str, ...]
    attribute: str
    is_personal: bool = False

    @property
    def short(self) -> str:
        """What people write."""
        return min((self.name, *self.aliases[:1]), key=len)


FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("patient_name", Kind.NAME, ("name", "patient"), "patient_name", is_personal=True),
        Field("patient_id", Kind.EXACT, ("id", "pid"), "patient_id", is_personal=True),
        Field("birth_date", Kind.DAYS, ("birth", "dob", "born"), "patient_birth_date", is_personal=True),
        Field("sex", Kind.CODES, (), "patient_sex"),
        Field("accession_number", Kind.EXACT, ("acc", "accession"), "accession_number", is_personal=True),
        Field("requesting_physician", Kind.TEXT, ("physician", "doctor"), "requesting_physician"),
        Field("procedure", Kind.TEXT, ("proc",), "requested_procedure_description"),
        # It is made of the accession number where nobody sent one.
        Field("requested_procedure_id", Kind.EXACT, ("procid", "rpid"), "requested_procedure_id",
              is_personal=True),
        Field("modality", Kind.CODES, ("mod",), "modality"),
        Field("date", Kind.START, ("start",), "scheduled_procedure_step_start_date"),
        Field("status", Kind.STATUSES, (), ""),
        Field("station", Kind.CODES, ("ae", "aet"), "scheduled_station_ae_title"),
        Field("station_name", Kind.TEXT, ("room",), "scheduled_station_name"),
        Field("number", Kind.NUMBER, ("record",), ""),
    )
}  # fmt: skip
BY_ALIAS: Final[Mapping[str, Field]] = {
    alias: field for field in FIELDS.values() for alias in (field.name, *field.aliases)
}
STATUSES: Final[Mapping[str, frozenset[Status]]] = {
    **{status.value.lower().replace(" ", "-"): frozenset((status,)) for status in Status},
    OPEN: frozenset(status for status in Status if status.is_open),
}
_STATUS_ALIASES: Final = {"cancelled": "canceled", "in-progress": "started", "onhold": "on-hold"}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked for, or that is left out: a chip of the page. A free word has no field."""

    field: str
    value: str
    is_without: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """Records that have all this and nothing of `without`; "" asks for nothing.

    Values are normalized, as `make_search` and `parse_search` make them: codes and statuses have commas
    between, days are ISO (`2026-03-14`, `2026-03-14..2026-03-20`) or words (`today`).
    """

    patient_name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    sex: str = ""
    accession_number: str = ""
    requesting_physician: str = ""
    procedure: str = ""
    requested_procedure_id: str = ""
    modality: str = ""
    date: str = ""
    status: str = ""
    station: str = ""
    station_name: str = ""
    number: str = ""
    words: tuple[str, ...] = ()
    without: tuple[Term, ...] = ()

    def get(self, field: str) -> str:
        """The value of a field of FIELDS."""
        value: str = getattr(self, FIELDS[field].name)
        return value

    @property
    def terms(self) -> tuple[Term, ...]:
        """All that it asks for, one by one."""
        given = tuple(Term(name, value) for name in FIELDS if (value := self.get(name)))
        return (*given, *(Term(WORD, word) for word in self.words), *self.without)

    def put(self, field: str, value: str) -> Search:
        """The search with another value of a field, which is normalized."""
        values = {name: value if name == field else self.get(name) for name in FIELDS}
        return Search(**values, words=self.words, without=self.without)

    def drop(self, term: Term) -> Search:
        """The search without one of its terms."""
        if term.is_without:
            return replace(self, without=tuple(each for each in self.without if each != term))
        if term.field == WORD:
            return replace(self, words=tuple(word for word in self.words if word != term.value))
        return self.put(term.field, "") if self.get(term.field) == term.value else self


def make_search(values: Mapping[str, str], words: tuple[str, ...] = ()) -> Search:
    """The search of a form: texts by the names of fields, blank where nothing is asked for.

    SearchError if a value cannot be used or there is no such field.
    """
    found = {}
    for name, text in values.items():
        field = BY_ALIAS.get(name)
        if field is None:
            raise unknown_field(name)
        if clean := clean_text(text):
            found[field.name] = normalize(field, clean)
    words = tuple(dict.fromkeys(clean for word in words if (clean := clean_text(word))))
    return check_length(Search(**found, words=words, without=()))


def has_patient_data(search: Search) -> bool:
    """Whether it tells of a patient: such a search never stands in a URL."""
    return any(term.field == WORD or FIELDS[term.field].is_personal for term in search.terms)


def normalize(field: Field, text: str) -> str:
    """The value of a field in its one way of writing; SearchError if it is none."""
    value: str | None
    match field.kind:
        case Kind.DAYS:
            value = normalize_span(text)
        case Kind.START:
            word = text.lower()
            value = word if word in (ALL, NONE) else normalize_span(text)
        case Kind.STATUSES:
            value = _normalize_statuses(text)
        case Kind.CODES:
            value = ",".join(dict.fromkeys(_parts(text))) or None
        case Kind.NUMBER:
            value = str(int(text)) if text.isascii() and text.isdecimal() and len(text) < 19 else None
        case _:
            value = text
    if value is None:
        raise SearchError(
            f"{text!r} cannot be searched for as {field.name}.",
            where=field.name,
            hint=_HINTS.get(field.kind, f"it is {field.kind.value}"),
            code="search.value-unfit",
        )
    return value


def unknown_field(name: str) -> SearchError:
    return SearchError(
        f"There is no field {name!r} to search by.",
        where=name,
        hint=f"there are: {', '.join(FIELDS)}; quotes make a word of it",
        code="search.unknown-field",
    )


def check_length(search: Search) -> Search:
    """The search itself; SearchError if it is too long."""
    if sum(len(term.value) for term in search.terms) > LONGEST or len(search.terms) > MOST_TERMS:
        raise SearchError(
            f"A search has no more than {LONGEST} letters and {MOST_TERMS} terms.", code="search.too-long"
        )
    return search


MOST_TERMS: Final = 40


def clean_text(text: str) -> str:
    """Text without what no value has: control characters and halves of letters are blanks."""
    return " ".join("".join(" " if _is_unfit(letter) else letter for letter in text).split())


def _is_unfit(letter: str) -> bool:
    return letter < " " or "\x7f" <= letter <= "\x9f" or "\ud800" <= letter <= "\udfff"


def _parts(text: str) -> Iterator[str]:
    return (part for each in text.split(",") if (part := each.strip()))


def _normalize_statuses(text: str) -> str | None:
    found = []
    for part in _parts(text.lower()):
        word = part.replace(" ", "-").replace("_", "-")
        word = _STATUS_ALIASES.get(word, word)
        if word not in STATUSES:
            return None
        found.append(word)
    return ",".join(dict.fromkeys(found)) or None


_DAYS: Final = "write today, yesterday, tomorrow, week, 2026-03-14, 14.03.2026 or 2026-03-14..2026-03-20"
_HINTS: Final = {
    Kind.DAYS: _DAYS,
    Kind.START: f"{_DAYS}, or all or none",
    Kind.STATUSES: f"there are: {', '.join(STATUSES)}",
}
assert {field.name for field in fields(Search)} == {*FIELDS, "words", "without"}
