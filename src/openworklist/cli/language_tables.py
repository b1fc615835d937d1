"""English labels that stand in tables below the pages, which know nothing of languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from openworklist.domain.attribute import Attribute
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.control import Action
from openworklist.domain.deletion import DELETE, RESTORE
from openworklist.domain.outcome import Outcome
from openworklist.domain.role import Role
from openworklist.domain.search import FIELDS, STATUSES
from openworklist.hl7 import explain
from openworklist.services.comparison import CHARSET, DELIMITERS, FACTS
from openworklist.services.doctor.finding import Level
from openworklist.services.gathering import EDIT, REBUILD
from openworklist.ui.forms.options import GROUPS

_WORDS: Final[tuple[type[StrEnum], ...]] = (Action, Level, Outcome, Role, explain.Outcome)


def find_labels() -> Iterator[str]:
    """Those of attributes, roles, options and whatever else has a name."""
    yield from _find_attributes(ATTRIBUTES)
    yield from (each.value for words in _WORDS for each in words)
    yield from (name.replace("_", " ") for name in FIELDS)
    yield from (DELETE, EDIT, REBUILD, RESTORE, *STATUSES)
    yield from (*(label for label, _ in FACTS), CHARSET, DELIMITERS)
    for group in GROUPS:
        for field in group.fields:
            yield from (field.label, field.hint, *(text for _, text in field.choices))


def _find_attributes(attributes: Iterable[Attribute]) -> Iterator[str]:
    for attribute in attributes:
        yield attribute.label
        yield from _find_attributes(attribute.items)
