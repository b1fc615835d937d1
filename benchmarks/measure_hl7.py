"""Durable HL7 orders a second, alone and while scanners poll."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from json import loads

from benchmarks.bench import Bench, make_callers
from benchmarks.client import Mode, Outcome, percentile
from benchmarks.hl7_load import Senders
from benchmarks.pdus import encode_question
from benchmarks.process import ServerFailed
from benchmarks.results import Result
from benchmarks.servers import Running
from benchmarks.worklists import format_hl7, make_order

POLLING_SCANNERS = 50


def _make_messages(day: date, batch: int) -> Iterator[bytes]:
    """New orders without end, for 50 stations of this batch alone."""
    for number in range(1_000_000):
        station = f"B{batch}S{number % 50:02d}"
        yield format_hl7(
            make_order(batch * 1_000_000 + number, station, day), f"{batch}-{number}-{time.time_ns()}"
        )


def _check_stored(bench: Bench, one: Running, batch: int, acknowledged: int) -> None:
    """Every acknowledged order of the batch's first station must be found, and none twice."""
    question = encode_question(f"B{batch}S00", bench.day.strftime("%Y%m%d"), -(-acknowledged // 50))
    callers = make_callers(one, question, 1, Mode.CYCLE)
    outcome = callers.run(0.0, 60.0, stop_at=1)
    callers.close()
    if outcome.wrong or len(outcome.latencies) != 1:
        raise ServerFailed(f"of {acknowledged} acknowledged orders not all are found, or some twice")


@contextmanager
def _poll(one: Running, bench: Bench, scanners: int, report: list[dict[str, float]]) -> Iterator[None]:
    """Scanners in a process of their own that ask once a second; what they saw is appended to `report`."""
    if not scanners:
        yield
        return
    module = [sys.executable, "-m", "benchmarks.scanners", str(one.dicom_port), one.called, str(scanners)]
    process = subprocess.Popen(
        [*module, bench.day.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield
    finally:
        found, _ = process.communicate("stop\n", timeout=60)
        report.append(loads(found))


def measure_hl7(bench: Bench, one: Running, connections: int, scanners: int, stored: int) -> None:
    """Durable orders a second over so many connections, while so many scanners ask once a second."""
    rounds: list[Outcome] = []
    share = 0.0
    polls: list[dict[str, float]] = []
    one.process.resume()
    for _ in range(bench.rounds):
        batch = next(bench.batches)
        messages = _make_messages(bench.day, batch)
        with _poll(one, bench, scanners, polls):
            senders = Senders(("127.0.0.1", one.hl7_port), messages, connections)
            used = one.process.get_cpu_seconds()
            outcome = senders.run(bench.seconds)
            share = max(share, (one.process.get_cpu_seconds() - used) / outcome.wall_seconds)
            senders.close()
        if outcome.wrong:
            raise ServerFailed(f"{outcome.wrong} orders were not accepted, the last with {senders.refusal!r}")
        _check_stored(bench, one, batch, len(outcome.latencies))
        rounds.append(outcome)
    one.process.suspend()
    latencies = [latency for outcome in rounds for latency in outcome.latencies]
    note = ""
    if polls:
        middle = max(poll["p50_ms"] for poll in polls)
        slow = max(poll["p99_ms"] for poll in polls)
        note = f"{scanners} scanners meanwhile: p50 {middle:.1f} ms, p99 {slow:.1f} ms"
    bench.add(
        Result(
            measure="hl7-polled" if scanners else "hl7",
            server=one.name,
            stored=stored,
            load=connections,
            unit="/s",
            rounds=tuple(outcome.rate for outcome in rounds),
            p50_ms=percentile(latencies, 0.5),
            p99_ms=percentile(latencies, 0.99),
            client_cpu=max(outcome.cpu_seconds / outcome.wall_seconds for outcome in rounds),
            server_cpu=share,
            failures=int(sum(poll["failures"] for poll in polls)),
            note=note,
        )
    )
