"""Puts the page together."""

from pathlib import Path
from typing import Final

from benchmarks.page.connections import write_associations, write_connections
from benchmarks.page.footprint import write_footprint
from benchmarks.page.orders import write_orders
from benchmarks.page.questions import (
    write_cycles_by_callers,
    write_cycles_by_size,
    write_open,
    write_thousand,
)
from benchmarks.page.sessions import write_sessions
from benchmarks.page.summary import write_goals, write_summary
from benchmarks.page.words import EXPLANATION, INTRODUCTION
from benchmarks.results import Run

_SECTIONS: Final = (
    write_cycles_by_size,
    write_cycles_by_callers,
    write_open,
    write_thousand,
    write_associations,
    write_orders,
    write_connections,
    write_footprint,
)


def write_report(run: Run, page: Path) -> None:
    """Write the page, and its plots into the folder of the same name beside it."""
    folder = page.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    parts = [INTRODUCTION, *write_summary(run), *write_goals(run), *write_sessions(run)]
    for write in _SECTIONS:
        parts += write(run, folder)
    page.write_text("\n".join([*parts, EXPLANATION]).rstrip() + "\n")
