"""The orders in which people look at records: one for each column of the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Final

from openworklist.domain.names import folded_groups
from openworklist.domain.query import START_DATE, START_TIME, canonical_time
from openworklist.domain.record import Record
from openworklist.domain.search_query import lower_ascii

Key = tuple[str, ...]


class Held(Enum):
    """Where a column's values are: each is sorted as the store has it."""

    NUMBER = "number"
    START = "start"
    NAME = "name"  # folded, in a table of its own
    STATUS = "status"
    COLUMN = "column"  # as it is
    DOCUMENT = "document"  # letters of ASCII in any case


# The columns of the list by the name they are sorted by; all but the first three are attributes.
SORTS: Final[Mapping[str, tuple[Held, str]]] = {
    "number": (Held.NUMBER, ""),
    "start": (Held.START, START_DATE),
    "status": (Held.STATUS, ""),
    "patient_name": (Held.NAME, "patient_name"),
    "patient_id": (Held.COLUMN, "patient_id"),
    "birth_date": (Held.DOCUMENT, "patient_birth_date"),
    "sex": (Held.DOCUMENT, "patient_sex"),
    "accession_number": (Held.COLUMN, "accession_number"),
    "requesting_physician": (Held.DOCUMENT, "requesting_physician"),
    "procedure": (Held.DOCUMENT, "requested_procedure_description"),
    "modality": (Held.COLUMN, "modality"),
    "station": (Held.DOCUMENT, "scheduled_station_ae_title"),
    "station_name": (Held.DOCUMENT, "scheduled_station_name"),
    "requested_procedure_id": (Held.COLUMN, "requested_procedure_id"),
}

_KEYS: Final[Mapping[Held, Callable[[Record, str], Key]]] = {
    Held.NUMBER: lambda record, _: (),
    Held.START: lambda record, _: _find_start(record),
    Held.STATUS: lambda record, _: (record.status.value,),
    Held.NAME: lambda record, name: (next(filter(None, folded_groups(record.text(name))), ""),),
    Held.COLUMN: lambda record, name: (record.text(name).strip(" "),),
    Held.DOCUMENT: lambda record, name: (lower_ascii(record.text(name)),),
}


def _find_start(record: Record) -> Key:
    day = record.text(START_DATE).strip(" ")
    return (day, canonical_time(record.text(START_TIME))) if day else ("", "")


def to_key(record: Record, sort: str) -> Key:
    """What a record is sorted by; a first part of "" is a value that is missing."""
    held, name = SORTS[sort]
    return _KEYS[held](record, name)


def is_missing(key: Key) -> bool:
    return bool(key) and not key[0]


def sort_records(records: Iterable[Record], sort: str, *, is_descending: bool) -> list[Record]:
    """Records in the order of a column, those without a value last; the number settles the rest."""
    keyed = [(to_key(record, sort), record.id, record) for record in records]
    keyed.sort(key=lambda each: each[:2], reverse=is_descending)
    keyed.sort(key=lambda each: is_missing(each[0]))
    return [record for _, _, record in keyed]
