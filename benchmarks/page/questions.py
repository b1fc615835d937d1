"""The sections on questions: full cycles, open associations, a thousand answers."""

from pathlib import Path

from benchmarks.page.plots import draw_results
from benchmarks.page.sessions import write_when
from benchmarks.page.tables import detail, list_troubles, tabulate
from benchmarks.results import COMPARED, Result, Run


def write_cycles_by_size(run: Run, folder: Path) -> list[str]:
    """One caller, more and more records."""
    found = [one for one in run.get_all("cycle") if one.load == 1]
    if not found:
        return []
    title = "Full cycles a second, one caller"
    return [
        f"## {title}, by records stored\n",
        *draw_results(folder / "stored.svg", title, ("records stored", "a second"), found, "stored"),
        tabulate(run, found, "stored", is_rate=True),
        *detail(found, lambda one: f"{one.stored:,} stored"),
        *list_troubles(found),
        *write_when(run, found, "stored"),
    ]


def write_cycles_by_callers(run: Run, folder: Path) -> list[str]:
    """More and more callers."""
    found = [one for one in run.get_all("cycle") if one.stored == COMPARED]
    if not found:
        return []
    title = f"Full cycles a second, {COMPARED:,} records stored"
    return [
        f"## {title}, by callers at once\n",
        *draw_results(folder / "callers.svg", title, ("callers at once", "a second"), found, "load"),
        tabulate(run, found, "load", is_rate=True),
        *detail(found, _name_callers),
        *list_troubles(found),
        *write_when(run, found),
    ]


def write_open(run: Run, folder: Path) -> list[str]:
    """The same question without a new association."""
    found = run.get_all("open")
    if not found:
        return []
    return [
        f"## Questions a second on open associations, {COMPARED:,} records stored, by associations\n",
        tabulate(run, found, "load", is_rate=True),
        *detail(found, lambda one: f"{one.load:,} association{'s' * (one.load > 1)}"),
        *list_troubles(found),
        *write_when(run, found),
    ]


def write_thousand(run: Run, folder: Path) -> list[str]:
    """One long answer."""
    found = run.get_all("thousand")
    if not found:
        return []
    return [
        "## One question with a thousand answers, milliseconds, by records stored\n",
        tabulate(run, found, "stored", is_rate=False),
        *detail(found, lambda one: f"{one.stored:,} stored"),
        *list_troubles(found),
        *write_when(run, found, "stored"),
    ]


def _name_callers(one: Result) -> str:
    return f"{one.load:,} caller{'s' * (one.load > 1)}"
