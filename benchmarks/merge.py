"""Puts a new run's results into those of earlier ones, cell by cell."""

from benchmarks.results import PARTS, Gap, Result, Run, Session

_SAME = ("Processor", "Memory")  # what must agree before numbers may stand in one table


def merge_runs(older: Run, newer: Run) -> Run:
    """The newer run, and every cell of the older one that it did not take again.

    What was measured on another machine is dropped: no ratio of the two would mean anything. A gap is dropped
    once its server was measured there.
    """
    machine = newer.sessions[-1].machine
    alike = {session.began for session in older.sessions if _is_alike(session, machine)}
    cells = {result.key: result for result in older.results if result.taken in alike}
    cells.update((result.key, result) for result in newer.results)
    results = [*cells.values()]
    return Run(
        [session for session in (*older.sessions, *newer.sessions) if _has_results(session, results)],
        results,
        [gap for gap in _join_gaps(older, newer) if gap.part or not _is_measured(gap, results)],
    )


def _is_alike(session: Session, machine: dict[str, str]) -> bool:
    return all(session.machine.get(name) == machine.get(name) for name in _SAME)


def _has_results(session: Session, results: list[Result]) -> bool:
    return any(result.taken == session.began for result in results)


def _is_measured(gap: Gap, results: list[Result]) -> bool:
    measures = PARTS.get(gap.part)
    return any(
        result.server == gap.server and (measures is None or result.measure in measures) for result in results
    )


def _join_gaps(older: Run, newer: Run) -> list[Gap]:
    again = {(gap.server, gap.part) for gap in newer.gaps}
    kept = [
        gap
        for gap in older.gaps
        if (gap.server, gap.part) not in again and not _is_measured(gap, newer.results)
    ]
    return kept + newer.gaps
