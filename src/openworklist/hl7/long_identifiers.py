"""Identifiers that are longer than DICOM allows, where a site wants to refuse what brings one."""

from __future__ import annotations

from datetime import tzinfo

from openworklist.domain.attribute import Attribute
from openworklist.domain.control import find_rule
from openworklist.domain.errors import OrderError
from openworklist.domain.limits import LIMITS
from openworklist.domain.order import Order
from openworklist.domain.shortcoming import find_long_identifiers
from openworklist.hl7.contents import Contents
from openworklist.hl7.explain import explain
from openworklist.hl7.message import Message
from openworklist.hl7.profile import Profile


def check_lengths(
    message: Message, contents: Contents, profile: Profile, *, zone: tzinfo | None, codec: str
) -> None:
    """OrderError, with the place in the message, if one would come into a record."""
    for number, order in enumerate(contents.orders):
        if _is_taken(order):
            for attribute in find_long_identifiers(order.values):
                raise refuse(attribute, _find_place(message, profile, number, attribute, zone, codec))
    for change in contents.patients:
        for attribute in find_long_identifiers(change.values):
            raise refuse(attribute, _find_first_source(message, profile, attribute))


def refuse(attribute: Attribute, where: str) -> OrderError:
    return OrderError(
        f"{attribute.label} has more than {LIMITS[attribute.vr]} letters, which DICOM does not allow.",
        where=where,
        hint="send a shorter one, or let the option long_identifiers shorten it in answers",
        code="order.identifier-too-long",
    )


def _is_taken(order: Order) -> bool:
    """Whether values of an order come into a record."""
    rule, _ = find_rule(order.control, order.status_code)
    return order.is_imaging and not order.left_out and (rule.takes_values or rule.creates)


def _find_place(
    message: Message, profile: Profile, number: int, attribute: Attribute, zone: tzinfo | None, codec: str
) -> str:
    orders = explain(message, profile, zone=zone, codec=codec).orders
    if number < len(orders):
        for each in orders[number].attributes:
            if each.attribute.name == attribute.name and each.origin:
                return each.origin
    return _find_first_source(message, profile, attribute)


def _find_first_source(message: Message, profile: Profile, attribute: Attribute) -> str:
    for rule in profile.choose(message).rules:
        if rule.attribute.name == attribute.name and rule.sources:
            return str(rule.sources[0].path)
    return attribute.name
