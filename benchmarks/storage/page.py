"""What was found, as a page."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.client import percentile
from benchmarks.results import OURS

_HEAD = """# Benchmarks of storage

Written by `python -m benchmarks.storage`; do not edit. One client sends {slices:,} CT slices of
512 × 512 pixels of 16 bits (0.5 MB each) in Explicit VR Little Endian, over one association and over eight,
to a server whose start is over; the next slice of an association leaves when the last one was answered.
Each round begins with an empty folder, and all servers take it one after the other. Speed is the median of
the rounds, memory the most that the server's processes had resident at once, and before the first slice.
Processor time is that of the server, for one slice.

OpenWorklist answers once the file and its folder are synced and the index is committed with full sync. Of
the others, Orthanc syncs the file, neither its folder nor its index; storescp and pynetdicom sync nothing
and keep no index: what they answered for may be gone when the power fails. DCMTK has no option to sync:
*synced* is storescp with a small library loaded that syncs each file before it is closed. *No delay* means
Nagle's algorithm switched off (`TCP_NODELAY`): as they come, storescp and Orthanc wait 40 ms for each answer
to leave. storescp makes a process for each association.

*Questions* are full cycles of 50 scanners that ask once a second for their ten of 1,000 exams, in one round
more: their median and 99th percentile in milliseconds, and of those the medians of the rounds.

On a machine that has other work to do, speed says little, since sender and server share the processors; the
server's processor time for one slice says more.

{columns}
|---:|---|---:|---:|---:|---:|---:|---:|---:|
"""
_COLUMNS = (
    "associations",
    "server",
    "slices a second",
    "against",
    "p50 ms",
    "p99 ms",
    "processor ms",
    "memory before, most",
    "questions",
)


def write_page(
    path: Path, results: Sequence[Mapping[str, Any]], machine: Mapping[str, str], taken: str, slices: int
) -> None:
    """Write the table of all servers, by associations."""
    lines = [_HEAD.format(slices=slices, columns=f"| {' | '.join(_COLUMNS)} |")]
    for associations in sorted({each["associations"] for each in results}):
        same = [each for each in results if each["associations"] == associations]
        ours = next((statistics.median(each["rounds"]) for each in same if each["server"] == OURS), 0.0)
        lines += [_line(each, ours) for each in same]
    lines.append(f"\nMeasured {taken}.\n\n| machine |  |\n|---|---|\n")
    lines += [f"| {name} | {value} |\n" for name, value in machine.items()]
    path.write_text("".join(lines), "utf-8")


def _line(result: Mapping[str, Any], ours: float) -> str:
    speed = statistics.median(result["rounds"])
    against = "" if result["server"] == OURS else f"{ours / speed:.2f} ×"
    latencies, questions = result["latencies"], result["questions"]
    cells = (
        f"{result['associations']}",
        result["server"],
        f"{speed:,.0f}",
        against,
        f"{percentile(latencies, 0.5):.1f}",
        f"{percentile(latencies, 0.99):.1f}",
        f"{result['cpu_seconds'] / len(latencies) * 1000:.2f}",
        f"{result['memory_before'] / 1e6:.0f}, {result['memory'] / 1e6:.0f} MB",
        ", ".join(f"{statistics.median(each):.1f}" for each in zip(*questions, strict=True)),
    )
    return f"| {' | '.join(cells)} |\n"
