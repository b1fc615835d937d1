"""Station rules and groups as plain JSON."""

from __future__ import annotations

from typing import Final

from openworklist.domain import conditions
from openworklist.domain.ae_title import is_ae_title
from openworklist.domain.documents import check_keys, read_flag, read_rank, read_texts, wrong
from openworklist.domain.stations import StationGroup, StationRule

_RULE_KEYS: Final = ("stations", "replaces", "rank", "when")
_GROUP_KEYS: Final = ("ae_titles", "shares")


def to_document(part: StationRule | StationGroup) -> dict[str, object]:
    """A rule or a group as plain JSON, without its name."""
    return _from_rule(part) if isinstance(part, StationRule) else _from_group(part)


def from_document(name: str, document: object) -> StationRule | StationGroup:
    """The group of a document that has `ae_titles`, else the rule; SettingsError that names the place."""
    is_group = isinstance(document, dict) and "ae_titles" in document
    return _to_group(name, document) if is_group else _to_rule(name, document)


def _from_rule(rule: StationRule) -> dict[str, object]:
    return {
        "stations": list(rule.stations),
        "replaces": rule.replaces,
        "rank": rule.rank,
        "when": conditions.to_document(rule.conditions),
    }


def _to_rule(name: str, document: object) -> StationRule:
    where = f"station rule '{name}'"
    found = check_keys(document, _RULE_KEYS, where)
    stations = read_texts(found.get("stations"), f"{where}.stations")
    for number, title in enumerate(stations):
        if not title.strip() or "\\" in title:
            raise wrong(f"{where}.stations[{number}]", "is no AE title and no name of a group")
    return StationRule(
        name,
        tuple(title.strip() for title in stations),
        conditions.from_document(found.get("when", {}), f"{where}.when"),
        read_flag(found, "replaces", where, default=False),
        read_rank(found, where),
    )


def _from_group(group: StationGroup) -> dict[str, object]:
    return {"ae_titles": list(group.ae_titles), "shares": group.shares}


def _to_group(name: str, document: object) -> StationGroup:
    where = f"station group '{name}'"
    found = check_keys(document, _GROUP_KEYS, where)
    titles = read_texts(found.get("ae_titles"), f"{where}.ae_titles")
    for number, title in enumerate(titles):
        if problem := is_ae_title(title):
            raise wrong(f"{where}.ae_titles[{number}]", problem)
    titles = tuple(dict.fromkeys(title.strip() for title in titles))
    return StationGroup(name, titles, read_flag(found, "shares", where, default=True))
