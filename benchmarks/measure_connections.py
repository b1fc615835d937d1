"""What idle HL7 connections cost a hospital system that sends, and whether they can still send themselves."""

from collections.abc import Sequence

from benchmarks.batches import Batch
from benchmarks.bench import Bench
from benchmarks.client import percentile
from benchmarks.hl7_load import Senders
from benchmarks.measure_idle import list_costs, weigh
from benchmarks.process import ServerFailed
from benchmarks.recount import check_stored
from benchmarks.results import Result
from benchmarks.server import Running


def measure_connections(bench: Bench, one: Running, counts: Sequence[int], stored: int) -> None:
    """The time of an order beside more and more idle connections; raises ServerFailed."""
    one.process.resume()
    for idle in (0, *counts):
        _measure_beside(bench, one, idle, stored)
        one.process.settle()
    one.process.suspend()


def _measure_beside(bench: Bench, one: Running, idle: int, stored: int) -> None:
    """One connection sends orders while `idle` stand silent; then each of those sends an order too."""
    batch = Batch(next(bench.batches), bench.day)
    messages = batch.make_messages()
    address = ("127.0.0.1", one.ports.hl7)
    held = Senders(address, messages, idle)
    weight = weigh(one, min(1.0, bench.seconds))
    sender = Senders(address, messages, 1)
    used = one.process.get_cpu_seconds()
    outcome = sender.run(bench.seconds)
    share = (one.process.get_cpu_seconds() - used) / outcome.wall_seconds
    sender.close()
    standing = held.drop_closed()
    last = held.run(0.0)
    held.close()
    if wrong := outcome.wrong + last.wrong:
        raise ServerFailed(f"{wrong} orders were not accepted, such as {sender.refusal or held.refusal!r}")
    check_stored(one.ports.dicom, one.called, batch, len(outcome.latencies) + len(last.latencies))
    middle = percentile(outcome.latencies, 0.5)
    result = Result(
        measure="connections",
        server=one.name,
        stored=stored,
        load=idle,
        unit="ms",
        rounds=(middle,),
        p50_ms=middle,
        p99_ms=percentile(outcome.latencies, 0.99),
        client_cpu=outcome.cpu_seconds / outcome.wall_seconds,
        server_cpu=share,
    )
    bench.add(result)
    for cost in list_costs(result, weight, standing, len(last.latencies)):
        bench.add(cost)
