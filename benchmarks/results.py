"""What a run found, as values that survive as JSON; neither measured nor drawn here."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One measure of one server. `load`: callers, connections or idle associations; `cpu`: of one core."""

    measure: str
    server: str
    stored: int
    load: int
    unit: str
    rounds: tuple[float, ...]
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    client_cpu: float = 0.0
    server_cpu: float = 0.0
    failures: int = 0
    note: str = ""

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds)

    @property
    def is_answered(self) -> bool:
        """False if the server gave no answer within the time it had; the value is then that time."""
        return "without" not in self.unit

    @property
    def is_partial(self) -> bool:
        """True if not as many associations could be held as wanted."""
        return self.note.startswith("only")

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What makes it one cell of a table."""
        return (self.measure, self.server, self.stored, self.load)


@dataclass(slots=True)
class Run:
    """All results of one run, the machine it ran on and how it was asked for."""

    machine: dict[str, str]
    command: str = ""
    results: list[Result] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def get_all(self, measure: str) -> list[Result]:
        """The results of a measure in the order they were found."""
        return [result for result in self.results if result.measure == measure]

    def find(self, measure: str, server: str, stored: int, load: int) -> Result | None:
        """One cell, or None."""
        return next((one for one in self.results if one.key == (measure, server, stored, load)), None)

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


def load_run(path: Path) -> Run:
    """Read what `Run.save` wrote."""
    found = json.loads(path.read_text())
    results = [Result(**{**one, "rounds": tuple(one["rounds"])}) for one in found.pop("results")]
    return Run(**found, results=results)


def merge_runs(older: Run, newer: Run) -> Run:
    """The newer run, with those measures of the older one that it did not take again."""
    taken = {result.measure for result in newer.results}
    kept = [result for result in older.results if result.measure not in taken]
    return Run(newer.machine, newer.command, kept + newer.results, {**older.missing, **newer.missing})
