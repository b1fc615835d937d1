"""Scanners in a process of their own that poll once a second; prints what they saw as JSON."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from benchmarks.client import Callers, Mode, percentile
from benchmarks.pdus import encode_associate, encode_question
from benchmarks.server import Running
from benchmarks.worklists import TEN_STATION

_INTERVAL = 1.0


@contextmanager
def poll(one: Running, scanners: int, day: date, report: list[dict[str, Any]]) -> Iterator[None]:
    """Have so many scanners poll meanwhile; what they saw is appended to `report`."""
    module = [sys.executable, "-m", "benchmarks.scanners", str(one.ports.dicom), one.called, str(scanners)]
    process = subprocess.Popen(
        [*module, day.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield
    finally:
        found, _ = process.communicate("stop\n", timeout=60)
        report.append(json.loads(found))


def main() -> None:
    """Arguments: port, called AE title, number of scanners, day. Polls until a line arrives on stdin."""
    port, called, count, day = (
        int(sys.argv[1]),
        sys.argv[2],
        int(sys.argv[3]),
        date.fromisoformat(sys.argv[4]),
    )
    question = encode_question(TEN_STATION, day.strftime("%Y%m%d"), 10)
    callers = Callers(("127.0.0.1", port), encode_associate(called), question, count, Mode.CYCLE, _INTERVAL)
    print("polling", flush=True)
    latencies: list[float] = []
    failures = wrong = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        outcome = callers.run(0.2, 0.2)
        latencies += outcome.latencies
        failures += outcome.failures
        wrong += outcome.wrong
    callers.close()
    middle, slow = percentile(latencies, 0.5), percentile(latencies, 0.99)
    found = {"polls": len(latencies), "p50_ms": middle, "p99_ms": slow, "failures": failures, "wrong": wrong}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
