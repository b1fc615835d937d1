"""Station rules: the AE titles of orders that name none, and groups of scanners that show one list.

A site writes them; orders get their stations at intake. A record with several is found by each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from openworklist.domain.ae_title import is_ae_title
from openworklist.domain.conditions import Condition, check_names, fit_all
from openworklist.domain.order import Order

_STATION: Final = "scheduled_station_ae_title"


@dataclass(frozen=True, slots=True)
class StationRule:
    """Gives `stations`, AE titles and names of groups, to the orders that fit all of its conditions.

    To those that name no station; with `replaces` to all. Rules are tried by rank, the lowest first, those of
    one rank by name: the first that fits decides.
    """

    name: str
    stations: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    replaces: bool = False
    rank: int = 0

    def __post_init__(self) -> None:
        check_names(self.conditions, f"station rule '{self.name}'")


@dataclass(frozen=True, slots=True)
class StationGroup:
    """Several scanners under one name. Where it `shares`, what is for one of them is for all."""

    name: str
    ae_titles: tuple[str, ...]
    shares: bool = True


@dataclass(frozen=True, slots=True)
class Stations:
    """The station rules and groups of a site, made ready once."""

    rules: tuple[StationRule, ...] = ()
    groups: tuple[StationGroup, ...] = ()
    _members: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(sorted(self.rules, key=lambda each: (each.rank, each.name))))
        object.__setattr__(self, "_members", _find_members(self.groups))

    def __bool__(self) -> bool:
        return bool(self.rules or self.groups)

    def expand(self, names: Iterable[str]) -> tuple[str, ...]:
        """AE titles for titles and names of groups, each once; what is no group stands for itself."""
        titles = [title for name in names for title in self._members.get(name, (name,))]
        return tuple(dict.fromkeys(titles))


def make_stations(parts: Iterable[StationRule | StationGroup]) -> Stations:
    """The rules and groups of a site, in any order."""
    parts = tuple(parts)
    return Stations(
        tuple(part for part in parts if isinstance(part, StationRule)),
        tuple(part for part in parts if isinstance(part, StationGroup)),
    )


@dataclass(frozen=True, slots=True)
class Assigned:
    """The stations of an order, and the rule that gave them; "" where the message names them."""

    ae_titles: tuple[str, ...]
    rule: str = ""
    replaces: bool = False
    warnings: tuple[str, ...] = ()


def find_stations(order: Order, message_type: str, sender: str, stations: Stations) -> Assigned | None:
    """The stations of an order by rule, and those of its groups; None where the order stays as it is.

    `message_type` is MSH-9 as sent, `sender` MSH-3|MSH-4.
    """
    sent = _read_sent(order)
    for rule in stations.rules:
        if (rule.replaces or not sent) and fit_all(rule.conditions, order, message_type, sender):
            found = stations.expand(rule.stations)
            titles = tuple(title for title in found if not is_ae_title(title))
            warnings = tuple(
                f"station rule '{rule.name}': {title!r} {problem}; it was left out"
                for title in found
                if (problem := is_ae_title(title))
            )
            return Assigned(titles, rule.name, rule.replaces, warnings)
    titles = stations.expand(sent)
    return Assigned(titles) if titles != sent else None


def assign_stations(order: Order, message_type: str, sender: str, stations: Stations) -> Order:
    """The order with the stations that it gets by rule and by group.

    What a rule gives an order without a station stands beside its values, so that a station that was once
    sent stays; what replaces or widens a station that was sent takes its place.
    """
    found = find_stations(order, message_type, sender, stations) if stations else None
    if found is None:
        return order
    text = "\\".join(found.ae_titles)
    warnings = (*order.warnings, *found.warnings)
    if not text:
        return replace(order, warnings=warnings)
    if found.rule and not found.replaces:
        return replace(order, stations=text, warnings=warnings)
    values = {**order.values, _STATION: text}
    return replace(order, values=values, nullified=order.nullified - {_STATION}, warnings=warnings)


def find_problems(stations: Stations) -> tuple[str, ...]:
    """What is wrong with rules and groups, for the people who write them."""
    return tuple(
        f"station rule '{rule.name}': {name!r} is no group and {problem}"
        for rule in stations.rules
        for name in rule.stations
        if name not in {group.name for group in stations.groups} and (problem := is_ae_title(name))
    )


def _find_members(groups: Iterable[StationGroup]) -> Mapping[str, tuple[str, ...]]:
    """The AE titles that a name stands for: the name of a group, and each title of one that shares."""
    members: dict[str, tuple[str, ...]] = {}
    names = {group.name for group in groups}
    for group in groups:
        members[group.name] = group.ae_titles
    for group in groups:
        for title in group.ae_titles if group.shares else ():
            if title not in names:
                members[title] = tuple(dict.fromkeys((*members.get(title, ()), *group.ae_titles)))
    return members


def _read_sent(order: Order) -> tuple[str, ...]:
    text = order.values.get(_STATION, "")
    titles = (title.strip(" ") for title in text.split("\\")) if isinstance(text, str) else ()
    return tuple(dict.fromkeys(filter(None, titles)))
