"""What idle associations cost those that ask."""

import time
from collections.abc import Mapping, Sequence

from benchmarks.bench import LONGEST, Bench, make_callers
from benchmarks.client import Mode, percentile
from benchmarks.results import Result
from benchmarks.servers import Running


def _rest(one: Running, seconds: float) -> float:
    """The share of a core that the server uses while nobody asks."""
    used, began = one.process.get_cpu_seconds(), time.perf_counter()
    time.sleep(seconds)
    return (one.process.get_cpu_seconds() - used) / (time.perf_counter() - began)


def _measure_beside(bench: Bench, one: Running, stored: int, idle: int) -> Result:
    """One caller's cycle while `idle` associations stand; `note` says "only" if not all could be held."""
    # A thousand a second are opened, so that no backlog decides.
    held = make_callers(one, bench.ask_ten(), idle, Mode.HOLD, interval=idle / 1000)
    if idle:
        held.run(30.0, 30.0, stop_at=idle)
    standing = held.open_now()
    resting = _rest(one, min(1.0, bench.seconds))
    caller = make_callers(one, bench.ask_ten(), 1, Mode.CYCLE)
    outcome = caller.run(bench.seconds, LONGEST)
    caller.close()
    note = f"at rest {resting:.0%} of a core, {one.process.get_memory() / 2**20:.0f} MiB"
    held.close()
    answered = bool(outcome.latencies)
    middle = percentile(outcome.latencies, 0.5) if answered else LONGEST * 1000
    return Result(
        measure="idle",
        server=one.name,
        stored=stored,
        load=idle,
        unit="ms" if answered else "ms without an answer",
        rounds=(middle,),
        p50_ms=middle,
        p99_ms=percentile(outcome.latencies, 0.99),
        server_cpu=resting,
        failures=outcome.failures,
        note=note if standing == idle else f"only {standing:,} held; {note}",
    )


def measure_idle(
    bench: Bench, running: Sequence[Running], counts: Mapping[str, Sequence[int]], stored: int
) -> None:
    """A cycle beside more and more idle associations, until not all can be held or none is answered."""
    for one in running:
        for idle in (0, *counts[one.name]):
            one.process.resume()
            result = _measure_beside(bench, one, stored, idle)
            one.process.settle()
            one.process.suspend()
            bench.add(result)
            if result.is_partial or not result.is_answered:
                break
