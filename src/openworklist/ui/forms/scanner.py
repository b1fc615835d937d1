"""The settings of a scanner as a form, each beside what the site has decided for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from openworklist.domain.errors import SettingsError
from openworklist.domain.options import NAMES as OPTION_NAMES
from openworklist.domain.record import Status
from openworklist.domain.repertoire import FALLBACKS, TERMS
from openworklist.domain.scanner import OVER_LIMIT, WITHOUT_STATION, Scanner, from_document, to_document
from openworklist.services.configuration import Configuration
from openworklist.ui.forms.fields import YES_NO, Field, Group, Kind, all_fields, find_errors, read, write
from openworklist.ui.language import mark

STUDY_UIDS: Final = "study_uids"
_LABELS: Final[Mapping[str, str]] = {
    "all": mark("Offered to every scanner"),
    "modality": mark("Offered to scanners of the same modality"),
    "none": mark("Offered to no scanner"),
    "transliterate": mark("Written in other letters, or as ?"),
    "unicode": mark("The whole answer in Unicode"),
    "cut": mark("Cut, with a warning in the log"),
    "refuse": mark("Refused, with status A700"),
    "SCHEDULED": mark("Scheduled"),
    "STARTED": mark("Started"),
    "COMPLETED": mark("Completed"),
    "DISCONTINUED": mark("Discontinued"),
    "CANCELED": mark("Cancelled"),
    "ON HOLD": mark("On hold"),
    "yes": mark("Yes"),
    "no": mark("No"),
}


def _choose(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, _LABELS.get(value, value)) for value in values)


GROUPS: Final = (
    Group(
        mark("The scanner"),
        (
            Field("description", mark("What people call it"), hint=mark("like CT in room 3")),
            Field(
                "modalities",
                mark("Modalities"),
                Kind.LIST,
                mark("what it makes, like CT or CT, PT; empty: not known"),
                term="Modality",
            ),
            Field(
                "is_refused",
                mark("It is served"),
                Kind.CHOICE,
                choices=(("no", mark("Served")), ("yes", mark("Turned away"))),
            ),
            Field(
                "time_zone",
                mark("Time zone of its clock"),
                hint=mark("like Europe/Athens; empty: the site's"),
            ),
        ),
    ),
    Group(
        mark("What it is shown"),
        (
            Field(
                "use_calling_ae",
                mark("Its own AE title where it leaves the station empty"),
                Kind.SWITCH,
                term="(0040,0001)",
                choices=YES_NO,
            ),
            Field(
                "without_station",
                mark("Exams without a station"),
                Kind.CHOICE,
                choices=_choose(*WITHOUT_STATION),
            ),
            Field(
                "shown_statuses",
                mark("Statuses shown"),
                Kind.TICKS,
                mark("none ticked: as the site has it"),
                choices=_choose(*Status),
            ),
            Field(
                "day_window",
                mark("Days where it asks for no date"),
                hint=mark("before and after today, like 1,7; any: all"),
            ),
            Field("answer_limit", mark("Most answers"), Kind.NUMBER, mark("0: any number")),
            Field(
                "over_limit",
                mark("A question with more answers"),
                Kind.CHOICE,
                choices=_choose(*OVER_LIMIT),
            ),
        ),
    ),
    Group(
        mark("How it is answered"),
        (
            Field(
                "answer_charset",
                mark("Character set of answers"),
                hint=mark("automatic: the smallest that holds an answer"),
                term="(0008,0005)",
                suggestions=("automatic", *TERMS),
            ),
            Field(
                "charset_fallback",
                mark("Letters that the set lacks"),
                Kind.CHOICE,
                choices=_choose(*FALLBACKS),
            ),
            Field(
                "flag_unsupported",
                mark("Status FF01 where a key is not matched on"),
                Kind.SWITCH,
                choices=YES_NO,
            ),
            Field(
                STUDY_UIDS,
                mark("It sees Study Instance UIDs made here"),
                Kind.CHOICE,
                choices=YES_NO,
                term="(0020,000D)",
            ),
        ),
    ),
)
FIELDS: Final = {each.name: each for each in all_fields(GROUPS)}


def write_scanner(scanner: Scanner, configuration: Configuration) -> dict[str, str]:
    """What stands in each field; "" where the site's option counts."""
    document = to_document(scanner)
    values = {name: write(field, document[name]) for name, field in FIELDS.items() if name in document}
    return {**values, STUDY_UIDS: write_flag(configuration.study_uids.covers(scanner.ae_title))}


def write_flag(value: bool) -> str:
    return "yes" if value else "no"


def find_defaults(configuration: Configuration, zone: tzinfo) -> dict[str, str]:
    """What the site has decided, by the fields that may leave it so; English labels where there are some."""
    found = {"time_zone": str(zone)}
    for name in FIELDS.keys() & set(OPTION_NAMES):
        text = write(FIELDS[name], getattr(configuration.options, name))
        found[name] = _LABELS.get(text, text)
    return found


def read_scanner(texts: Mapping[str, str]) -> dict[str, Any]:
    """The changes for services.scanners, of all fields of the form but that of Study UIDs."""
    changes = {name: read(field, texts.get(name, "")) for name, field in FIELDS.items() if name != STUDY_UIDS}
    changes["is_refused"] = changes["is_refused"] == "yes"
    changes["modalities"] = tuple(each.upper() for each in changes["modalities"])
    return changes


def check_scanner(ae_title: str, changes: Mapping[str, Any]) -> dict[str, SettingsError]:
    """What is wrong, by field."""
    return find_errors(changes, lambda name, value: from_document(ae_title, {name: value}))
