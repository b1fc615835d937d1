"""Where and when: the machine, the runs that the page is made of, and what they could not measure."""

from collections.abc import Iterator, Sequence

from benchmarks.page.styles import name_servers
from benchmarks.page.tables import make_table
from benchmarks.results import Result, Run, Session

_CHANGING = ("Load", "Disk")  # what each run finds anew


def format_moment(session: Session) -> str:
    """To the minute, such as 2026-11-25 02:21 UTC."""
    return f"{session.began[:10]} {session.began[11:16]} UTC"


def write_sessions(run: Run) -> list[str]:
    """The machine as the newest run found it, every run with its number, and the gaps."""
    newest = run.sessions[-1]
    machine = [[name, value] for name, value in newest.machine.items() if name not in _CHANGING]
    parts = ["## Where and when\n", make_table(["machine", ""], machine, numbers=False)]
    rows = [
        [
            f"{number}: {format_moment(session)}",
            f"`{session.command}`",
            f"{session.rounds} of {session.seconds:g} s",
            *(session.machine.get(name, "") for name in _CHANGING),
            _find_differences(session, newest),
        ]
        for number, session in enumerate(run.sessions, 1)
    ]
    parts.append(
        make_table(["run", "command", "rounds", "load before", "disk", "other then"], rows, numbers=False)
    )
    if run.gaps:
        parts.append("Not measured:\n")
        parts += [
            f"- {gap.server}{f' ({gap.part})' if gap.part else ''}: {' '.join(gap.reason.split())}"
            for gap in run.gaps
        ]
        parts.append("")
    return parts


def _find_differences(session: Session, newest: Session) -> str:
    return "; ".join(
        f"{name}: {value}"
        for name, value in session.machine.items()
        if name not in _CHANGING and newest.machine.get(name) != value
    )


def write_when(run: Run, results: Sequence[Result], column: str = "load") -> list[str]:
    """When these were measured, if the page is made of several runs."""
    return [f"Measured {describe_when(run, results, column)}.\n"] if len(run.sessions) > 1 else []


def describe_when(run: Run, results: Sequence[Result], column: str = "load") -> str:
    """In which run most of these were measured, and what in others.

    `column` tells the cells of one server apart.
    """
    groups = [
        (f"run {number}, {format_moment(session)}", found)
        for number, session in enumerate(run.sessions, 1)
        if (found := [one for one in results if one.taken == session.began])
    ]
    groups.sort(key=lambda group: -len(group[1]))
    (most, _), *others = groups
    said = [f"; {', '.join(_name_cells(found, results, column))} in {moment}" for moment, found in others]
    return f"in {most}{''.join(said)}"


def _name_cells(found: Sequence[Result], results: Sequence[Result], column: str) -> Iterator[str]:
    for name in name_servers(found):
        mine = {getattr(one, column) for one in found if one.server == name}
        every = {getattr(one, column) for one in results if one.server == name}
        cells = "" if mine == every else " at " + " and ".join(f"{value:,}" for value in sorted(mine))
        yield f"*{name}*{cells}"
