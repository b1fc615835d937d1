"""The form of a record: a field for each attribute that a text can say, and what was typed into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from openworklist.domain.attribute import Attribute, Level
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.days import read_day
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.limits import LIMITS
from openworklist.domain.record import EMPTY, Record, Value
from openworklist.services.creation import REQUIRED
from openworklist.services.typed_values import write_value
from openworklist.ui.record_view import GROUPS

WAS: Final = "was."  # before the name of a field: what stood there when the form was made
PARTS: Final = ("family", "given", "middle", "prefix", "suffix")
SCRIPTS: Final = ("alphabetic", "ideographic", "phonetic")
# What people mostly need; the rest of a group stands behind "more". In the order of the manual's dialog.
_MAIN: Final = frozenset(
    (
        "patient_id", "patient_name", "patient_birth_date", "patient_sex", "accession_number",
        "medical_alerts", "allergies", "study_instance_uid", "requesting_physician",
        "requested_procedure_description", "modality", "requested_contrast_agent",
        "scheduled_station_ae_title", "scheduled_procedure_step_start_date",
        "scheduled_procedure_step_start_time", "scheduled_performing_physician_name",
        "scheduled_procedure_step_description", "scheduled_procedure_step_id", "scheduled_station_name",
        "scheduled_procedure_step_location", "pre_medication", "comments_on_the_scheduled_procedure_step",
        "requested_procedure_id", "requested_timing", "order_status", "requested_procedure_priority",
    )
)  # fmt: skip
_KINDS: Final = {"DA": "day", "TM": "time", "LT": "area", "ST": "area", "SQ": "code"}
_SPLIT: Final = "patient_name"  # the name that has a box for each of its parts
_CHOICES: Final = {"patient_sex": ("F", "M", "O")}


@dataclass(frozen=True, slots=True)
class Field:
    """`text` is what stands in it, `was` what stood there at first, `now` what somebody else wrote meanwhile.

    `made` is what was made up where the sender gave nothing.
    """

    name: str
    label: str
    keyword: str
    tag: str
    kind: str
    limit: int  # characters; 0: any number
    is_required: bool
    is_main: bool
    text: str = ""
    was: str = ""
    now: str = ""
    made: str = ""
    error: str = ""
    hint: str = ""
    choices: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """The parts of a name, for each script."""
        return split_name(self.text)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    label: str
    fields: tuple[Field, ...]

    @property
    def main(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.is_main)

    @property
    def more(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.is_main)

    @property
    def is_open(self) -> bool:
        """Whether the fields behind "more" hold something."""
        return any(field.text or field.error for field in self.more)


def make_form(record: Record | None = None, values: Mapping[str, Value] = EMPTY) -> tuple[FieldGroup, ...]:
    """The form of a record, or of values for a new one. What a text cannot say has no field, and stays."""
    texts = record.values if record else values
    groups = ((label, tuple(_make_fields(level, texts, record))) for level, label in GROUPS)
    return tuple(FieldGroup(label, fields) for label, fields in groups)


def read_texts(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed and what stood there before, by the names of attributes; names are put together."""
    texts: dict[str, str] = {}
    was: dict[str, str] = {}
    for attribute in ATTRIBUTES:
        name = attribute.name
        if name == _SPLIT and f"{name}.{SCRIPTS[0]}.{PARTS[0]}" in given:
            texts[name] = join_name(
                [[given.get(f"{name}.{script}.{part}", "") for part in PARTS] for script in SCRIPTS]
            )
        elif name in given:
            texts[name] = given[name].strip()
        if WAS + name in given:
            was[name] = given[WAS + name].strip()
    return texts, was


def fill_form(
    groups: Iterable[FieldGroup],
    texts: Mapping[str, str],
    was: Mapping[str, str],
    errors: Iterable[OpenWorklistError] = (),
) -> tuple[FieldGroup, ...]:
    """The form with what was typed, each error beside its field.

    Where the form's record was changed meanwhile, what a person did not touch is what it is now, and what
    they did has both.
    """
    by_name = {error.where: error for error in errors}
    return tuple(
        replace(
            group, fields=tuple(_fill(field, texts, was, by_name.get(field.name)) for field in group.fields)
        )
        for group in groups
    )


def find_changes(texts: Mapping[str, str], was: Mapping[str, str]) -> dict[str, str]:
    """What a person changed: an edit of what they left alone would stand in the way of later messages."""
    return {name: text for name, text in texts.items() if text != was.get(name, "")}


def split_name(text: str) -> tuple[tuple[str, ...], ...]:
    """A PN as five parts for each of three scripts."""
    groups = [*text.split("="), "", "", ""][: len(SCRIPTS)]
    return tuple(tuple([*group.split("^"), *[""] * len(PARTS)][: len(PARTS)]) for group in groups)


def join_name(groups: Iterable[Iterable[str]]) -> str:
    """The PN of parts by script; `^` and `=` are no letters of a name."""
    clean = ("^".join(_clean(part) for part in parts).rstrip("^") for parts in groups)
    return "=".join(clean).rstrip("=")


def _clean(part: str) -> str:
    return " ".join(part.replace("^", " ").replace("=", " ").split())


def _make_fields(level: Level, texts: Mapping[str, Value], record: Record | None) -> Iterator[Field]:
    for attribute in ATTRIBUTES:
        if attribute.level is not level:
            continue
        text = write_value(attribute.name, texts.get(attribute.name, ""))
        if text is not None and _is_writable(attribute):
            made = record.completed.get(attribute.name, "") if record else ""
            yield _make_field(attribute, _spell(attribute, text), made if isinstance(made, str) else "")


def _spell(attribute: Attribute, text: str) -> str:
    """A value as it comes back from the form untouched; days and times with signs between, read as the same.

    Else what nobody touched would be an edit, which stands in the way of later messages.
    """
    if attribute.name == _SPLIT:
        return join_name(split_name(text))
    if attribute.vr == "DA" and len(text) == 8 and read_day(text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if attribute.vr == "TM" and len(text) in (4, 6) and text.isdecimal():
        return ":".join(text[place : place + 2] for place in range(0, len(text), 2))
    return text.strip()


def _is_writable(attribute: Attribute) -> bool:
    """Whether a text can say it: of sequences only codes."""
    return not attribute.is_sequence or attribute.name.endswith("code_sequence")


def _make_field(attribute: Attribute, text: str, made: str) -> Field:
    name = attribute.name
    kind = "name" if name == _SPLIT else "choice" if name in _CHOICES else _KINDS.get(attribute.vr, "text")
    limit = 0 if attribute.multiple or attribute.vr in ("DA", "TM", "SQ") else LIMITS.get(attribute.vr, 0)
    return Field(
        name,
        attribute.label,
        attribute.keyword,
        attribute.tag_text,
        kind,
        limit,
        name in REQUIRED,
        name in _MAIN,
        text,
        text,
        made=made,
        choices=_CHOICES.get(name, ()),
    )


def _fill(
    field: Field, texts: Mapping[str, str], was: Mapping[str, str], error: OpenWorklistError | None
) -> Field:
    typed = texts.get(field.name, field.text)
    before = was.get(field.name, field.was)
    is_touched = typed != before
    is_theirs = field.was != before  # what is stored is not what it was when the form was made
    return replace(
        field,
        text=typed if is_touched else field.text,
        now=field.was if is_touched and is_theirs and typed != field.was else "",
        error=error.sentence if error else "",
        hint=error.hint if error else "",
    )
