"""What the project wants to reach, and whether a run reached it."""

from benchmarks.results import Run

_OURS = "OpenWorklist"


def _format(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _judge(value: float, goal: float, at_least: bool) -> str:
    return "reached" if (value >= goal if at_least else value <= goal) else "not reached"


def _compare(run: Run, stored: int, goal: float) -> list[list[str]]:
    """Full cycles against both variants of each server that reads files."""
    ours = run.find("cycle", _OURS, stored, 1)
    rows = []
    for family in ("wlmscpfs", "Orthanc"):
        theirs = [run.find("cycle", name, stored, 1) for name in (family, f"{family}, no delay")]
        rates = [one.value for one in theirs if one is not None]
        if ours is None or not rates:
            continue
        slow, fast = ours.value / min(rates), ours.value / max(rates)
        name = f"full cycle, {stored:,} stored, against {family}"
        measured = f"{slow:,.0f} × as it comes, {fast:,.0f} × with no delay"
        judged = "reached" if fast >= goal else "reached as it comes" if slow >= goal else "not reached"
        rows.append([name, f"{goal:.0f} × or more", measured, judged])
    return rows


def _judge_flatness(run: Run) -> list[list[str]]:
    rates = [one.value for one in run.get_all("cycle") if one.server == _OURS and one.load == 1]
    if len(rates) < 2:
        return []
    loss = 1 - min(rates) / max(rates)
    name = "full cycle, slowest against fastest size"
    return [[name, "within 20 %", f"{loss:.0%} apart", _judge(loss, 0.20, False)]]


def make_goal_rows(run: Run) -> list[list[str]]:
    """Rows of: goal, wanted, measured, reached or not; goals that the run did not measure are left out."""
    rows = []
    # measure, stored, load, name, wanted, unit, at least?
    for measure, stored, load, name, goal, unit, at_least in (
        ("cycle", 1000, 1, "full cycle, 1,000 stored, one caller", 2000.0, "a second", True),
        ("cycle", 1000, 32, "full cycle, 1,000 stored, 32 callers", 2000.0, "a second", True),
        ("thousand", 1000, 1, "one question, 1,000 answers", 20.0, "ms", False),
        ("hl7", 1000, 32, "durable orders, 32 connections", 4000.0, "a second", True),
        ("startup", 1000, 0, "start to ready", 1.5, "s", False),
        ("memory-start", 0, 0, "memory, nothing stored", 120.0, "MiB", False),
        ("memory-used", 100_000, 0, "memory, 100,000 stored", 200.0, "MiB", False),
    ):
        found = run.find(measure, _OURS, stored, load)
        if found is not None:
            bound = f"{goal:,g} {unit} or {'more' if at_least else 'less'}"
            rows.append([name, bound, f"{_format(found.value)} {unit}", _judge(found.value, goal, at_least)])
    rows += _judge_flatness(run) + _compare(run, 1000, 50) + _compare(run, 10_000, 500)
    polled = run.find("hl7-polled", _OURS, 1000, 32)
    if polled is not None:
        name = "orders, 32 connections, 50 scanners polling: p99"
        rows.append([name, "100 ms or less", f"{polled.p99_ms:.3g} ms", _judge(polled.p99_ms, 100, False)])
    held = run.find("idle", _OURS, 1000, 5000)
    if held is not None:
        is_held = held.is_answered and not held.is_partial
        measured = f"an answer in {held.value:.3g} ms" if is_held else held.note
        rows.append(
            [
                "5,000 idle associations",
                "held, still answering",
                measured,
                "reached" if is_held else "not reached",
            ]
        )
    return rows
