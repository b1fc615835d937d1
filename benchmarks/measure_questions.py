"""Rates and times of questions: the servers in turn, round after round."""

from collections.abc import Sequence

from benchmarks.bench import LONGEST, Bench, make_callers
from benchmarks.client import Mode, Outcome, percentile
from benchmarks.pdus import Question
from benchmarks.results import Result
from benchmarks.server import Running


def measure_load(
    bench: Bench,
    running: Sequence[Running],
    measure: str,
    stored: int,
    callers: int,
    mode: Mode,
    question: Question,
) -> None:
    """Rates (or, for `thousand`, the time of one question) of every running server under one load."""
    taken: dict[str, list[tuple[Outcome, float]]] = {one.name: [] for one in running}
    for _ in range(bench.rounds):
        for one in running:
            taken[one.name].append(_load(bench, one, question, callers, mode))
    for name, rounds in taken.items():
        bench.add(_make_result(measure, name, stored, callers, rounds))


def _load(bench: Bench, one: Running, question: Question, callers: int, mode: Mode) -> tuple[Outcome, float]:
    """One round, and the share of a core that the server used in it."""
    one.process.resume()
    group = make_callers(one, question, callers, mode)
    group.run(min(0.3, bench.seconds / 4), LONGEST)
    used = one.process.get_cpu_seconds()
    outcome = group.run(bench.seconds, LONGEST)
    share = (one.process.get_cpu_seconds() - used) / outcome.wall_seconds
    group.close()
    one.process.settle()
    one.process.suspend()
    return outcome, share


def _make_result(
    measure: str, name: str, stored: int, load: int, rounds: Sequence[tuple[Outcome, float]]
) -> Result:
    outcomes = [outcome for outcome, _ in rounds]
    latencies = [latency for outcome in outcomes for latency in outcome.latencies]
    is_timed = measure == "thousand"
    return Result(
        measure=measure,
        server=name,
        stored=stored,
        load=load,
        unit="ms" if is_timed else "/s",
        rounds=tuple(_find_middle(outcome) if is_timed else outcome.rate for outcome in outcomes),
        p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99),
        client_cpu=max(outcome.cpu_seconds / outcome.wall_seconds for outcome in outcomes),
        server_cpu=max(share for _, share in rounds),
        failures=sum(outcome.failures for outcome in outcomes),
        wrong=sum(outcome.wrong for outcome in outcomes),
        is_answered=bool(latencies),
    )


def _find_middle(outcome: Outcome) -> float:
    return percentile(outcome.latencies, 0.5) if outcome.latencies else LONGEST * 1000
