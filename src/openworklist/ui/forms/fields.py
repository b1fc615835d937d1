"""What a form is made of, and how the values of its fields are written and read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from starlette.datastructures import FormData

from openworklist.domain.errors import SettingsError
from openworklist.ui.language import mark


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"  # a box to tick
    CHOICE = "choice"
    SWITCH = "switch"  # yes, no, or as the site has it
    TICKS = "ticks"  # any of several
    LIST = "list"  # texts with commas between them
    LINES = "lines"  # a text on each line


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `label` and `hint` are English; `choices` are values with their labels.

    `term` is what DICOM or HL7 calls it; `suggestions` may be typed but need not. `usual` is what it is where
    nobody has decided, told where it is otherwise; None where there is nothing usual.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    term: str = ""
    suggestions: tuple[str, ...] = ()
    is_required: bool = False
    usual: str | None = None

    @property
    def usual_word(self) -> str:
        """`usual` as its choice is called."""
        return dict(self.choices).get(self.usual or "", self.usual or "")


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    fields: tuple[Field, ...]


YES_NO: Final = (("yes", mark("Yes")), ("no", mark("No")))
_SWITCH: Final[Mapping[str, bool | None]] = {"yes": True, "no": False}


def texts_of(form: FormData) -> dict[str, str]:
    """What was typed into each field; of several values of one name, all with commas between them."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}


def all_fields(groups: Iterable[Group]) -> tuple[Field, ...]:
    return tuple(field for group in groups for field in group.fields)


def write(field: Field, value: Any) -> str:
    """A value as it stands in its field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ("\n" if field.kind is Kind.LINES else ", ").join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(field: Field, text: str) -> Any:
    """What was typed as a value; a text where it is not of the kind that it should be."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    match field.kind:
        case Kind.SWITCH:
            return _SWITCH.get(text)
        case Kind.FLAG:
            return text == "yes"
        case Kind.NUMBER:
            return _read_number(text)
        case Kind.TICKS | Kind.LIST:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        case Kind.LINES:
            return tuple(part.strip() for part in text.split("\n") if part.strip())
        case _:
            return text


def find_errors(values: Mapping[str, Any], check: Callable[[str, Any], object]) -> dict[str, SettingsError]:
    """What is wrong with each value taken alone."""
    found = {}
    for name, value in values.items():
        try:
            check(name, value)
        except SettingsError as error:
            found[name] = error
    return found


def _read_number(text: str) -> int | float | str | None:
    if not text:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
