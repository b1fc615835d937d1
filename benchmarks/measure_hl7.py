"""Durable HL7 orders a second, alone and while scanners poll."""

from collections.abc import Sequence
from contextlib import nullcontext
from statistics import median
from typing import Any

from benchmarks.batches import Batch
from benchmarks.bench import Bench
from benchmarks.client import Outcome, percentile
from benchmarks.hl7_load import Senders
from benchmarks.process import ServerFailed
from benchmarks.recount import check_stored
from benchmarks.results import Result
from benchmarks.scanners import poll
from benchmarks.server import Running

POLLING_SCANNERS = 50


def measure_hl7(bench: Bench, one: Running, connections: int, scanners: int, stored: int) -> None:
    """Durable orders a second over so many connections, while so many scanners ask once a second.

    Raises ServerFailed if an order is not accepted, or accepted and not found.
    """
    polls: list[dict[str, Any]] = []
    one.process.resume()
    rounds = [_take_round(bench, one, connections, scanners, polls) for _ in range(bench.rounds)]
    one.process.suspend()
    measure = "hl7-polled" if scanners else "hl7"
    bench.add(_make_result(measure, one.name, stored, connections, rounds))
    if polls:
        bench.add(_make_polls(one.name, stored, connections, polls))


def _take_round(
    bench: Bench, one: Running, connections: int, scanners: int, polls: list[dict[str, Any]]
) -> tuple[Outcome, float]:
    """One round, and the share of a core that the server used in it."""
    batch = Batch(next(bench.batches), bench.day)
    polling = poll(one, scanners, bench.day, polls) if scanners else nullcontext()
    with polling:
        senders = Senders(("127.0.0.1", one.ports.hl7), batch.make_messages(), connections)
        used = one.process.get_cpu_seconds()
        outcome = senders.run(bench.seconds)
        share = (one.process.get_cpu_seconds() - used) / outcome.wall_seconds
        senders.close()
    if outcome.wrong:
        raise ServerFailed(f"{outcome.wrong} orders were not accepted, the last with {senders.refusal!r}")
    check_stored(one.ports.dicom, one.called, batch, len(outcome.latencies))
    return outcome, share


def _make_result(
    measure: str, name: str, stored: int, connections: int, rounds: Sequence[tuple[Outcome, float]]
) -> Result:
    latencies = [latency for outcome, _ in rounds for latency in outcome.latencies]
    return Result(
        measure=measure,
        server=name,
        stored=stored,
        load=connections,
        unit="/s",
        rounds=tuple(outcome.rate for outcome, _ in rounds),
        p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99),
        client_cpu=max(outcome.cpu_seconds / outcome.wall_seconds for outcome, _ in rounds),
        server_cpu=max(share for _, share in rounds),
    )


def _make_polls(name: str, stored: int, connections: int, polls: Sequence[dict[str, Any]]) -> Result:
    """What the scanners saw meanwhile; the 99th percentile is that of the worst round."""
    middles = tuple(poll["p50_ms"] for poll in polls)
    return Result(
        measure="polls",
        server=name,
        stored=stored,
        load=connections,
        unit="ms",
        rounds=middles,
        p50_ms=median(middles),
        p99_ms=max(poll["p99_ms"] for poll in polls),
        failures=sum(poll["failures"] for poll in polls),
        wrong=sum(poll["wrong"] for poll in polls),
        is_answered=all(poll["polls"] for poll in polls),
    )
