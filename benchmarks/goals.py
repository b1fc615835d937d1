"""What the project wants to reach, and whether a run reached it; pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from benchmarks.results import COMPARED, OURS, Result, Run

_UNMEASURED: Final = ("not measured", "")


class Judged(NamedTuple):
    """A row of the table: the goal, what is wanted, what was measured, and the judgement on it."""

    name: str
    wanted: str
    measured: str
    judgement: str


@dataclass(frozen=True, slots=True)
class _Goal:
    """A bound on one number of one cell of ours, in the number's own unit."""

    measure: str
    stored: int
    load: int
    name: str
    bound: float
    unit: str
    is_at_least: bool
    get: Callable[[Result], float] = lambda result: result.value

    def judge(self, found: Result | None) -> Judged:
        wanted = f"{self.bound:,g} {self.unit} or {'more' if self.is_at_least else 'less'}"
        if found is None or not found.is_answered:
            return Judged(self.name, wanted, *_UNMEASURED)
        value = self.get(found)
        is_reached = value >= self.bound if self.is_at_least else value <= self.bound
        return Judged(self.name, wanted, f"{_format(value)} {self.unit}", _say(is_reached))


_GOALS: Final = (
    _Goal("cycle", COMPARED, 1, "full cycle, 1,000 stored, one caller", 2000, "a second", True),
    _Goal("cycle", COMPARED, 32, "full cycle, 1,000 stored, 32 callers", 2000, "a second", True),
    _Goal("thousand", COMPARED, 1, "one question, 1,000 answers", 20, "ms", False),
    _Goal("hl7", COMPARED, 32, "durable orders, 32 connections", 4000, "a second", True),
    _Goal(
        *("hl7-polled", COMPARED, 32, "durable orders, 32 connections, 50 scanners polling: p99", 100, "ms"),
        is_at_least=False,
        get=lambda result: result.p99_ms,
    ),
    _Goal("startup", COMPARED, 0, "start to ready, 1,000 stored", 1.5, "s", False),
    _Goal("memory-start", 0, 0, "resident memory, nothing stored", 120, "MB", False),
    _Goal("memory-used", 100_000, 0, "resident memory, 100,000 stored", 200, "MB", False),
)
_HELD: Final = (("idle", "5,000 idle associations"), ("connections", "5,000 idle HL7 connections"))
_MANY: Final = 5000
_RATIOS: Final = ((COMPARED, 50), (10_000, 500))
_FAMILIES: Final = ("wlmscpfs", "Orthanc")
_ENDS: Final = (10, 1_000_000)  # records stored between which the rate is to be flat
_FLAT: Final = 0.20


def judge_goals(run: Run) -> list[Judged]:
    """Every goal in the order of the page; one that was not measured says so."""
    rows = [goal.judge(run.find(goal.measure, OURS, goal.stored, goal.load)) for goal in _GOALS]
    rows += [_judge_flatness(run), *_judge_ratios(run)]
    return rows + [_judge_held(run, measure, name) for measure, name in _HELD]


def _judge_flatness(run: Run) -> Judged:
    name, wanted = "full cycle, slowest against fastest from 10 to 1,000,000 stored", "within 20 %"
    rates = {one.stored: one.value for one in run.get_all("cycle") if one.server == OURS and one.load == 1}
    if not rates.keys() >= set(_ENDS) or not max(rates.values()):
        return Judged(name, wanted, *_UNMEASURED)
    loss = 1 - min(rates.values()) / max(rates.values())
    return Judged(name, wanted, f"{loss:.0%} apart", _say(loss <= _FLAT))


def _judge_ratios(run: Run) -> Iterator[Judged]:
    """Full cycles against both variants of each server that reads files."""
    for stored, goal in _RATIOS:
        for family in _FAMILIES:
            name = f"full cycle, {stored:,} stored, against {family}"
            yield Judged(name, f"{goal:.0f} × or more", *_judge_ratio(run, stored, family, goal))


def _judge_ratio(run: Run, stored: int, family: str, goal: float) -> tuple[str, str]:
    came, tuned = (find_ratio(run, name, stored) for name in (family, f"{family}, no delay"))
    if came is None or tuned is None:
        return _UNMEASURED
    judgement = "reached" if min(came, tuned) >= goal else _say(False)
    if judgement != "reached" and came >= goal:
        judgement = "reached as it comes"
    return f"{came:,.0f} × as it comes, {tuned:,.0f} × with no delay", judgement


def find_ratio(run: Run, server: str, stored: int) -> float | None:
    """How many times more full cycles a second ours makes for one caller; None if either is not known."""
    ours, theirs = (run.find("cycle", name, stored, 1) for name in (OURS, server))
    if ours is None or theirs is None or not theirs.value:
        return None
    return ours.value / theirs.value


def _judge_held(run: Run, measure: str, name: str) -> Judged:
    wanted = "held, still answering"
    found = run.find(measure, OURS, COMPARED, _MANY)
    if found is None:
        return Judged(name, wanted, *_UNMEASURED)
    held = run.find_value(f"{measure}-held", found) or 0
    answering = run.find_value(f"{measure}-answering", found) or 0
    measured = f"{held:,.0f} held, {answering:,.0f} answered, "
    measured += f"one more caller in {found.value:.3g} ms" if found.is_answered else "one more caller never"
    return Judged(name, wanted, measured, _say(found.is_answered and min(held, answering) >= _MANY))


def _format(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _say(is_reached: bool) -> str:
    return "reached" if is_reached else "not reached"
