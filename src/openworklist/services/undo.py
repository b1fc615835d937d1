"""Brings back what was deleted of what is set up: its versions are kept."""

from __future__ import annotations

from openworklist.domain.errors import NotFound
from openworklist.services.configuration import Configuration
from openworklist.services.configurations import Configurations

BROUGHT_BACK = "brought back"


def bring_back(configurations: Configurations, kind: str, name: str, actor: str) -> Configuration:
    """The last version before the deletion counts again; NotFound if nothing of that name was deleted."""
    versions = configurations.find_versions(kind, name)
    kept = [each for each in versions if each.document is not None]
    if not kept or versions[-1].document is not None:
        raise NotFound(f"No {kind} {name!r} was deleted.", where=name, code="rule.not-found")
    return configurations.change(kind, name, lambda _: kept[-1].document, actor, BROUGHT_BACK)
