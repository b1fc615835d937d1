"""The top of the page: what the README may quote, and the goals."""

from collections.abc import Iterator, Sequence

from benchmarks.goals import find_ratio, judge_goals
from benchmarks.page.sessions import describe_when, format_moment
from benchmarks.page.tables import format_times, format_value, make_table
from benchmarks.results import COMPARED, OURS, Result, Run

_FAMILIES = ("wlmscpfs", "Orthanc", "pynetdicom")
_SIZES = (10, COMPARED, 10_000)
_ON_POSTGRESQL = f"{OURS}, PostgreSQL"
_INTRODUCTION = """\
A scanner's whole question, again and again by one caller: connect, associate, one C-FIND with ten
answers, release, close.
"""
_BRACKETS = """How many times faster, each with Nagle's algorithm switched off; in brackets, as it comes.
"""


def write_goals(run: Run) -> list[str]:
    """Every goal with what was measured."""
    return ["## Goals\n", make_table(["goal", "wanted", "measured", ""], judge_goals(run), numbers=False)]


def write_summary(run: Run) -> list[str]:
    """A table of ratios and a few sentences; empty without cycles of ours."""
    cycles = [
        one
        for one in run.get_all("cycle")
        if one.load == 1 and one.stored in _SIZES and one.server != _ON_POSTGRESQL
    ]
    ours = [one for one in cycles if one.server == OURS]
    if not ours:
        return []
    named = [family for family in _FAMILIES if any(one.server.startswith(family) for one in cycles)]
    rows = [
        [f"{one.stored:,}", f"{one.value:,.0f}", *(_describe_ratio(run, name, one.stored) for name in named)]
        for one in ours
    ]
    head = ["records stored", "full cycles a second", *(f"against {name}" for name in named)]
    parts = ["## In short\n", _INTRODUCTION, make_table(head, rows)]
    if named:
        parts.append(_BRACKETS)
    parts += [f"- {sentence}" for sentence in _describe_rest(run)]
    measured = _describe_runs(run, cycles)
    return [*parts, "", f"{run.sessions[-1].machine['Processor']}. {measured}\n"]


def _describe_runs(run: Run, cycles: Sequence[Result]) -> str:
    if len(run.sessions) == 1:
        return f"Measured {format_moment(run.sessions[0])} by `{run.sessions[0].command}`."
    said = f"Questions were measured {describe_when(run, cycles, 'stored')}."
    if orders := run.get_all("hl7"):
        said += f" Orders were measured {describe_when(run, orders)}."
    return said


def _describe_ratio(run: Run, family: str, stored: int) -> str:
    tuned, came = (find_ratio(run, name, stored) for name in (f"{family}, no delay", family))
    return f"{format_times(tuned) if tuned else ''} {f'({format_times(came)})' if came else ''}".strip()


def _describe_rest(run: Run) -> Iterator[str]:
    for name, place in ((OURS, "on the embedded database"), (_ON_POSTGRESQL, "on PostgreSQL")):
        rates = [
            f"{found.value:,.0f} a second over {load} connection{'s' * (load > 1)}"
            for load in (32, 1)
            if (found := run.find("hl7", name, COMPARED, load))
        ]
        if rates:
            yield f"HL7 orders, each on disk before it is acknowledged, {place}: {', '.join(rates)}."
    for measure, what in (("idle", "associations"), ("connections", "HL7 connections")):
        if held := _find_most(run, measure):
            answered = f"{run.find_value(f'{measure}-answering', held) or 0:,.0f} answered"
            yield f"{held.load:,} idle {what}: {answered}, one more caller in {format_value(held.value)} ms."
    yield from _describe_footprint(run)


def _find_most(run: Run, measure: str) -> Result | None:
    found = [one for one in run.get_all(measure) if one.server == OURS and one.load and one.is_answered]
    return found[-1] if found else None


def _describe_footprint(run: Run) -> Iterator[str]:
    """Ours and the others': here ours is not the smallest."""
    said = []
    for name in (OURS, *_FAMILIES):
        startup, memory = run.find("startup", name, COMPARED, 0), run.find("memory-start", name, COMPARED, 0)
        if startup and memory:
            said.append(f"{name} {format_value(startup.value)} s and {memory.value:,.0f} MB")
    if said:
        yield f"Start-up and memory then: {', '.join(said)}."
