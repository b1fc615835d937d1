"""The tabs of Nodes, with how many wait there for a decision."""

from __future__ import annotations

from typing import Final, NamedTuple

from openworklist.services.configuration import Configuration
from openworklist.ui.language import mark

_TABS: Final = (
    ("/nodes/systems", mark("Systems")),
    ("/nodes/scanners", mark("Scanners")),
    ("/nodes/worklists", mark("Other worklists")),
    ("/nodes/told", mark("Systems told")),
    ("/nodes/rules", mark("Filters and station rules")),
)


class Tab(NamedTuple):
    path: str
    label: str  # English
    waiting: int


def make_tabs(configuration: Configuration) -> list[Tab]:
    """All tabs of Nodes."""
    waiting = {
        "/nodes/systems": sum(not each.is_confirmed for each in configuration.systems.values()),
        "/nodes/scanners": sum(not each.is_confirmed for each in configuration.scanners.values()),
    }
    return [Tab(path, label, waiting.get(path, 0)) for path, label in _TABS]
