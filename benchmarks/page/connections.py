"""The sections on connections that stand idle: associations, and those of hospital systems."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.page.plots import draw_results
from benchmarks.page.sessions import write_when
from benchmarks.page.styles import name_servers
from benchmarks.page.tables import detail, list_troubles, make_table, tabulate
from benchmarks.results import Result, Run


def write_associations(run: Run, folder: Path) -> list[str]:
    """A scanner's cycle beside idle associations."""
    found = run.get_all("idle")
    if not found:
        return []
    title, what = "A full cycle beside idle associations", "idle associations"
    plot = draw_results(folder / "idle.svg", title, (what, "milliseconds"), found, "load")
    return _write(run, found, title, what, plot)


def write_connections(run: Run, folder: Path) -> list[str]:
    """An order beside idle HL7 connections."""
    found = run.get_all("connections")
    if not found:
        return []
    return _write(run, found, "An order beside idle HL7 connections", "idle connections")


def _write(run: Run, found: Sequence[Result], title: str, what: str, plot: Sequence[str] = ()) -> list[str]:
    is_any_partial = any(run.is_partial(one) for one in found)
    return [
        f"## {title}, milliseconds (p50), by {what}\n",
        *plot,
        tabulate(run, found, "load", is_rate=False),
        *(["† So many could not be held.\n"] if is_any_partial else []),
        *detail(found, lambda one: f"{one.load:,} idle"),
        *_write_costs(run, found),
        *list_troubles(found),
        *write_when(run, found),
    ]


def _write_costs(run: Run, found: Sequence[Result]) -> list[str]:
    rows = [
        [
            f"{one.server}, {one.load:,} idle",
            *(
                "" if value is None else form.format(value)
                for name, form in (
                    ("held", "{:,.0f}"),
                    ("answering", "{:,.0f}"),
                    ("rest", "{:.0%}"),
                    ("memory", "{:,.0f}"),
                )
                for value in [run.find_value(f"{one.measure}-{name}", one)]
            ),
        ]
        for server in name_servers(found)
        for one in found
        if one.server == server and one.load
    ]
    if not rows:
        return []
    head = ["", "held", "answered in the end", "share of a core at rest", "memory, MB"]
    return [
        "What the idle ones cost, and how many of them were answered when each asked once itself:\n",
        make_table(head, rows),
    ]
