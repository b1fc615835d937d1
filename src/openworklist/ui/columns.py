"""The columns of the worklist: heads, values, what each is sorted by, and which of them a person wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from openworklist.domain.record import Record
from openworklist.ui.language import mark

COOKIE: Final = "openworklist_columns"


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names the sort of domain.record_order, `shows` how the template writes the value."""

    key: str
    label: str  # English; the template looks its translation up
    attribute: str
    shows: str = "text"  # text, person, day, clock, status, number

    def value(self, record: Record) -> str:
        """The text of a record in this column."""
        return record.text(self.attribute) if self.attribute else ""


_COLUMNS: Final = (
    Column("number", "#", "", "number"),
    Column("patient_name", mark("Patient name"), "patient_name", "person"),
    Column("patient_id", mark("Patient ID"), "patient_id"),
    Column("birth_date", mark("Birth date"), "patient_birth_date", "day"),
    Column("sex", mark("Sex"), "patient_sex"),
    Column("accession_number", mark("Accession number"), "accession_number"),
    Column("modality", mark("Modality"), "modality"),
    Column("start", mark("Start date"), "scheduled_procedure_step_start_date", "day"),
    Column("time", mark("Start time"), "scheduled_procedure_step_start_time", "clock"),
    Column("status", mark("Status"), "", "status"),
    Column("procedure", mark("Requested procedure"), "requested_procedure_description"),
    Column("requesting_physician", mark("Requesting physician"), "requesting_physician", "person"),
    Column("station", mark("Scheduled AE title"), "scheduled_station_ae_title"),
    Column("station_name", mark("Station name"), "scheduled_station_name"),
    Column("requested_procedure_id", mark("Requested procedure ID"), "requested_procedure_id"),
)
COLUMNS: Final[Mapping[str, Column]] = {each.key: each for each in _COLUMNS}
# Date and time are one order.
SORT_OF: Final[Mapping[str, str]] = {"time": "start"}


def choose_columns(keys: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these keys in that order, all where none of them is one."""
    chosen = tuple(COLUMNS[key] for key in dict.fromkeys(keys) if key in COLUMNS)
    return chosen or _COLUMNS


def read_cookie(cookie: str) -> tuple[Column, ...]:
    """The columns that a browser remembers."""
    return choose_columns(cookie.split("."))


def write_cookie(columns: Iterable[Column]) -> str:
    return ".".join(column.key for column in columns)
