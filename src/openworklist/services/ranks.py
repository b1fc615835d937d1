"""The order in which filters and station rules are tried, changed one place at a time."""

from __future__ import annotations

from typing import Any, Final

from openworklist.domain.errors import NotFound
from openworklist.services.configurations import Configurations

_STEPS: Final = {"up": -1, "down": 1}
Rule = tuple[str, dict[str, Any]]


def find_ranked(configurations: Configurations, kind: str) -> list[Rule]:
    """Filters or station rules with their documents, in the order in which they are tried; no groups."""
    found = [(name, document) for name, document in configurations.find_rules(kind) if _is_rule(document)]
    return sorted(found, key=lambda each: (int(each[1].get("rank", 0)), each[0]))


def move_rule(configurations: Configurations, kind: str, name: str, way: str, actor: str) -> None:
    """Try a rule before the one above it, or behind the one below; nothing where there is none.

    Ranks are given anew from 1; only what changes gets a new version.
    """
    ranked = find_ranked(configurations, kind)
    names = [each for each, _ in ranked]
    if name not in names:
        raise NotFound(f"There is no {kind} {name!r}.", where=name, code="rule.not-found")
    place = names.index(name)
    other = place + _STEPS.get(way, 0)
    if not 0 <= other < len(ranked):
        return
    ranked[place], ranked[other] = ranked[other], ranked[place]
    for rank, (each, document) in enumerate(ranked, 1):
        if document.get("rank", 0) != rank:
            configurations.save_rule(kind, each, {**document, "rank": rank}, actor)


def _is_rule(document: Any) -> bool:
    return isinstance(document, dict) and "ae_titles" not in document
