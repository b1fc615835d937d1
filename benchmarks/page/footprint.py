"""The sections on start-up and memory."""

from pathlib import Path

from benchmarks.page.sessions import write_when
from benchmarks.page.tables import tabulate
from benchmarks.results import Run

_SECTIONS = (
    ("startup", "Start-up in seconds, by records stored"),
    ("memory-start", "Resident memory in MB when ready, by records stored"),
    ("memory-used", "Resident memory in MB after the questions above, by records stored"),
)


def write_footprint(run: Run, folder: Path) -> list[str]:
    """A table each."""
    parts = []
    for measure, title in _SECTIONS:
        if found := run.get_all(measure):
            table = tabulate(run, found, "stored", is_rate=False)
            parts += [f"## {title}\n", table, *write_when(run, found, "stored")]
    return parts
