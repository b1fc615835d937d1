"""Conditions on an order that a site writes: patterns for its values, its sender and its type of message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from openworklist.domain.attribute import Attribute
from openworklist.domain.attributes import BY_NAME
from openworklist.domain.documents import read_texts, wrong
from openworklist.domain.errors import SettingsError
from openworklist.domain.order import Order
from openworklist.domain.record import Value
from openworklist.domain.wildcards import to_expression

MESSAGE_TYPE: Final = "message_type"
SENDER: Final = "sender"
CONTROL: Final = "order_control"
# What may be asked beside the attributes of the catalogue.
_BESIDE: Final[Mapping[str, str]] = {
    MESSAGE_TYPE: "Message type",
    SENDER: "Sender",
    CONTROL: "Order control",
}
_CODES: Final = ("code_value", "long_code_value", "urn_code_value")

Texts = Sequence[str]
_NOTHING: Final[Texts] = ("",)


@dataclass(frozen=True, slots=True)
class Condition:
    """What an order must have: one of its values for `name` fits one of the patterns, in any case of letters.

    `name` is an attribute of the catalogue, for a sequence of codes the code, or `sequence.attribute` for
    another part of its items; else `message_type`, `sender` or `order_control`. In a pattern `*` stands for
    any letters or none, `?` for one; an empty pattern for no value. SettingsError for a name that nobody
    knows, and without patterns.
    """

    name: str
    patterns: tuple[str, ...]
    _expression: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _find: Callable[[Order, str, str], Texts] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.patterns:
            raise SettingsError(
                f"The condition on {self.name} has no pattern.", where=self.name, code="rule.invalid"
            )
        one = "|".join(f"(?:{to_expression(pattern).pattern})" for pattern in self.patterns)
        object.__setattr__(self, "_expression", re.compile(one, re.DOTALL | re.IGNORECASE))
        object.__setattr__(self, "_find", _make_finder(self.name))

    def fits(self, order: Order, message_type: str, sender: str) -> bool:
        """Whether an order fits. `message_type` is MSH-9 as sent, `sender` MSH-3|MSH-4."""
        fits = self._expression.fullmatch
        return any(fits(text) for text in self._find(order, message_type, sender))

    def __str__(self) -> str:
        shown = " or ".join(pattern or "(none)" for pattern in self.patterns)
        return f"{_label(self.name)} is {shown}"


def fit_all(conditions: Iterable[Condition], order: Order, message_type: str, sender: str) -> bool:
    """Whether every one of them fits; without any, every order does."""
    return all(condition.fits(order, message_type, sender) for condition in conditions)


def check_names(conditions: Iterable[Condition], where: str) -> None:
    """SettingsError if two of them are on one name: a document has one list of patterns for each."""
    names = [condition.name for condition in conditions]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise wrong(where, f"has two conditions on {twice}", "write their patterns into one")


def to_document(conditions: Iterable[Condition]) -> dict[str, list[str]]:
    """Plain JSON: patterns by name."""
    return {each.name: list(each.patterns) for each in conditions}


def from_document(document: object, where: str) -> tuple[Condition, ...]:
    """The conditions of a document, a pattern alone standing for a list of one.

    SettingsError that names the place, beginning with `where`.
    """
    if not isinstance(document, dict):
        raise wrong(where, "is no object of names and patterns")
    return tuple(_from_entry(name, patterns, f"{where}.{name}") for name, patterns in document.items())


def _from_entry(name: str, patterns: object, where: str) -> Condition:
    texts = read_texts(patterns, where)
    try:
        return Condition(name, texts)
    except SettingsError as error:
        raise SettingsError(error.sentence, where=where, hint=error.hint, code="rule.invalid") from None


def _make_finder(name: str) -> Callable[[Order, str, str], Texts]:
    if name == MESSAGE_TYPE:
        return lambda order, message_type, sender: _spellings(message_type, "^")
    if name == SENDER:
        return lambda order, message_type, sender: _spellings(sender, "|")
    if name == CONTROL:
        return lambda order, message_type, sender: (order.control,)
    outer, dot, inner = name.partition(".")
    attribute = _get_attribute(outer, BY_NAME)
    parts: tuple[str, ...] = ()
    if dot:
        parts = (_get_attribute(inner, {item.name: item for item in attribute.items}).name,)
    elif attribute.is_sequence:
        parts = tuple(item.name for item in attribute.items if item.name in _CODES)
        if not parts:
            raise SettingsError(
                f"{name} is a sequence without a code.",
                hint=f"name a part of its items, like {name}.{attribute.items[0].name}",
                code="rule.invalid",
            )
    return lambda order, message_type, sender: _read(order.values.get(outer), parts, attribute.multiple)


def _spellings(text: str, separator: str) -> Texts:
    """A type or a sender as a site may write it: its first part alone, its first two, or whole."""
    first, _, rest = text.partition(separator)
    return first, f"{first}{separator}{rest.partition(separator)[0]}", text


def _get_attribute(name: str, among: Mapping[str, Attribute]) -> Attribute:
    if name not in among:
        raise SettingsError(
            f"There is no attribute {name!r}.",
            hint=f"the page of attributes lists them; beside them there are {', '.join(_BESIDE)}",
            code="rule.invalid",
        )
    return among[name]


def _read(value: Value | None, parts: tuple[str, ...], has_several: bool) -> Texts:
    if not value:
        return _NOTHING
    if isinstance(value, str):
        return [text.strip() for text in value.split("\\")] if has_several else (value.strip(),)
    found = [text.strip() for item in value for part in parts if isinstance(text := item.get(part), str)]
    return found or _NOTHING


def _label(name: str) -> str:
    if name in _BESIDE:
        return _BESIDE[name]
    outer, _, inner = name.partition(".")
    label = BY_NAME[outer].label
    part = next((item.label for item in BY_NAME[outer].items if item.name == inner), "")
    return f"{label}, {part[0].lower()}{part[1:]}" if part else label
