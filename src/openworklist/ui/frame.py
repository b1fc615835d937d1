"""The rail at the left of every page: what there is, who may see it, and its mark."""

from __future__ import annotations

from typing import Final, NamedTuple

from openworklist.domain.role import Role
from openworklist.ui.language import mark


class Place(NamedTuple):
    """A page of the rail. `icon` names a drawing of templates/_icons.html."""

    path: str
    label: str  # English; its translation is looked up by the template
    icon: str
    role: Role = Role.VIEWER
    others: tuple[str, ...] = ()  # pages that belong to it and stand elsewhere

    def has(self, path: str) -> bool:
        """Whether a page belongs here."""
        return any(path == each or path.startswith(f"{each}/") for each in (self.path, *self.others))


RAIL: Final = (
    Place("/worklist", mark("Worklist"), "list"),
    Place("/messages", mark("Messages"), "message"),
    Place("/mapping", mark("Mapping"), "mapping"),
    Place("/compare", mark("Compare"), "compare"),
    Place("/compose", mark("Compose"), "send", Role.OPERATOR),
    Place("/nodes", mark("Nodes"), "nodes"),
    Place("/studies", mark("Studies"), "studies"),
    Place("/dashboard", mark("Dashboard"), "chart"),
    Place("/settings", mark("Settings"), "settings", others=("/users", "/audit")),
    Place("/help", mark("Help"), "help"),
)
