"""Orders that replace others (ORC-1 RP, RQ, RU with RO), linked by ORC-8 or by their place in the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from openworklist.domain.change import Order
from openworklist.domain.identity import ORDER_NUMBERS, text_of
from openworklist.hl7.leaf import Reading, leaf_reader
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path

_REPLACED: Final = frozenset({"RP", "RQ", "RU"})
_BY: Final = "RO"
_LINKED: Final = _REPLACED | {_BY}
# ORC-8 is an EIP (HL7 v2.9 2.A.29): the numbers of placer and filler. Until v2.2 the first alone.
_FIELD: Final = 8
_PARTS: Final = tuple(leaf_reader(Path("ORC", _FIELD, part, 1)) for part in (1, 2))


def link_replacements(message: Message, orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """The orders of a message, linked: those that replace others, and those that are replaced.

    An order that is replaced is linked to the RO that names it in ORC-8, else to the next RO behind it that
    names none.
    """
    if all(order.control not in _LINKED for order in orders):
        return orders
    linked = [
        replace(order, parent=_read_parent(message, order)) if order.control == _BY else order
        for order in orders
    ]
    return tuple(
        replace(order, replaced_by=_find_successor(order, linked[place + 1 :], linked))
        if order.control in _REPLACED
        else order
        for place, order in enumerate(linked)
    )


def _read_parent(message: Message, order: Order) -> str:
    segment = message.find("ORC", order.places.get("ORC", 1))
    if segment is None:
        return ""
    reading = Reading(message.delimiters, "utf_8", None)
    return next(filter(None, (read(reading, segment.field(_FIELD)) for read in _PARTS)), "")


def _find_successor(order: Order, behind: Sequence[Order], everything: Sequence[Order]) -> str:
    own = _numbers(order)
    named = [each for each in everything if each.control == _BY and each.parent in own]
    after = [each for each in behind if each.control == _BY and not each.parent]
    found = named or after
    return next(iter(_numbers(found[0])), "") if found else ""


def _numbers(order: Order) -> list[str]:
    return [text for name in ORDER_NUMBERS if (text := text_of(order.values, name))]
