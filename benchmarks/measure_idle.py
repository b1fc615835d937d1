"""What idle associations cost those that ask, and whether they can still ask themselves."""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.bench import LONGEST, Bench, make_callers
from benchmarks.client import Mode, percentile
from benchmarks.measure_footprint import MEGABYTE
from benchmarks.results import Result
from benchmarks.server import Running


def measure_idle(bench: Bench, one: Running, counts: Sequence[int], stored: int) -> None:
    """A cycle beside more and more idle associations, until not all can be held or none is answered."""
    for idle in (0, *counts):
        one.process.resume()
        results = _measure_beside(bench, one, stored, idle)
        one.process.settle()
        one.process.suspend()
        for result in results:
            bench.add(result)
        if bench.run.is_partial(results[0]) or not results[0].is_answered:
            break


class Weight(NamedTuple):
    """What a server uses while nobody asks: a share of a core, and memory in MB."""

    share: float
    megabytes: float


def weigh(one: Running, seconds: float) -> Weight:
    """Look for so long at a server that is left alone."""
    used, began = one.process.get_cpu_seconds(), time.perf_counter()
    time.sleep(seconds)
    share = (one.process.get_cpu_seconds() - used) / (time.perf_counter() - began)
    return Weight(share, one.process.get_memory() / MEGABYTE)


def list_costs(of: Result, weight: Weight, held: int, answering: int) -> Iterator[Result]:
    """The results that belong to a count of idle connections; none if there were none."""
    if not of.load:
        return
    for measure, unit, value in (
        ("held", "held", held),
        ("answering", "answered", answering),
        ("rest", "of a core", weight.share),
        ("memory", "MB", weight.megabytes),
    ):
        yield Result(f"{of.measure}-{measure}", of.server, of.stored, of.load, unit, (value,))


def _measure_beside(bench: Bench, one: Running, stored: int, idle: int) -> list[Result]:
    """One caller's cycle while `idle` associations stand, which then ask a question each."""
    # A thousand a second are opened, so that no backlog decides.
    held = make_callers(one, bench.ask_ten(), idle, Mode.HOLD, interval=idle / 1000)
    if idle:
        held.run(30.0, 30.0, stop_at=idle)
    weight = weigh(one, min(1.0, bench.seconds))
    caller = make_callers(one, bench.ask_ten(), 1, Mode.CYCLE)
    used = one.process.get_cpu_seconds()
    outcome = caller.run(bench.seconds, LONGEST)
    share = (one.process.get_cpu_seconds() - used) / outcome.wall_seconds
    caller.close()
    middle = percentile(outcome.latencies, 0.5) if outcome.latencies else LONGEST * 1000
    result = Result(
        measure="idle",
        server=one.name,
        stored=stored,
        load=idle,
        unit="ms",
        rounds=(middle,),
        p50_ms=middle,
        p99_ms=percentile(outcome.latencies, 0.99),
        client_cpu=outcome.cpu_seconds / outcome.wall_seconds,
        server_cpu=share,
        failures=outcome.failures,
        wrong=outcome.wrong,
        is_answered=bool(outcome.latencies),
    )
    standing, answering = held.ask_once(LONGEST)
    held.close()
    return [result, *list_costs(result, weight, standing, answering)]
