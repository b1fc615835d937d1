"""What was found, as values that survive as JSON; neither measured nor drawn here."""

import json
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

OURS: Final = "OpenWorklist"
COMPARED: Final = 1000  # records stored where servers are compared under many callers

# A part of a run, and what is measured in it. What ends in -held, -answering, -rest or -memory belongs to a
# count of idle connections: how many stood, how many gave an answer in the end, what they cost meanwhile.
PARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "dicom": ("cycle", "open", "thousand", "memory-used"),
        "idle": ("idle", "idle-held", "idle-answering", "idle-rest", "idle-memory"),
        "hl7": (
            *("hl7", "hl7-polled", "polls"),
            *(
                "connections",
                "connections-held",
                "connections-answering",
                "connections-rest",
                "connections-memory",
            ),
        ),
        "startup": ("startup", "memory-start"),
    }
)

# Results of another format mean something else: they are neither read nor kept.
_FORMAT: Final = 2


class OtherFormat(Exception):
    """A file of results that another version of this package wrote."""


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
    wrong: int = 0
    is_answered: bool = True  # False: no answer within the time it had; a value in ms is then that time
    taken: str = ""  # when the session began

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds)

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What makes it one cell of a table."""
        return (self.measure, self.server, self.stored, self.load)


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting at a machine: when it began (ISO 8601, UTC), the command, the length and the machine."""

    began: str
    command: str
    rounds: int
    seconds: float
    machine: dict[str, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """A server that a part (empty: every part) could not be measured of, and why."""

    server: str
    part: str
    reason: str


@dataclass(slots=True)
class Run:
    """All results with the sessions they come from, the newest session last."""

    sessions: list[Session]
    results: list[Result] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def get_all(self, measure: str) -> list[Result]:
        """The results of a measure, by records stored, then load; servers in the order they were found."""
        found = [result for result in self.results if result.measure == measure]
        return sorted(found, key=lambda one: (one.stored, one.load))

    def find(self, measure: str, server: str, stored: int, load: int) -> Result | None:
        """One cell, or None."""
        return next((one for one in self.results if one.key == (measure, server, stored, load)), None)

    def find_value(self, measure: str, of: Result) -> float | None:
        """The value of another measure in the cell of `of`, or None."""
        found = self.find(measure, of.server, of.stored, of.load)
        return None if found is None else found.value

    def is_partial(self, result: Result) -> bool:
        """True if not as many connections stood as wanted."""
        held = self.find_value(f"{result.measure}-held", result)
        return held is not None and held < result.load

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"format": _FORMAT, **asdict(self)}, indent=1) + "\n")


def load_run(path: Path) -> Run:
    """Read what `Run.save` wrote; raises OtherFormat."""
    found = json.loads(path.read_text())
    if found.get("format") != _FORMAT:
        raise OtherFormat(f"{path.name} was written by another version of these benchmarks")
    return Run(
        [Session(**one) for one in found["sessions"]],
        [Result(**{**one, "rounds": tuple(one["rounds"])}) for one in found["results"]],
        [Gap(**one) for one in found["gaps"]],
    )
