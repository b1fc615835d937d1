"""What is measured with how many records, callers and connections."""

from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.client import Mode
from benchmarks.measure_connections import measure_connections
from benchmarks.measure_footprint import measure_memory, measure_startup
from benchmarks.measure_hl7 import POLLING_SCANNERS, measure_hl7
from benchmarks.measure_idle import measure_idle
from benchmarks.measure_questions import measure_load
from benchmarks.results import COMPARED

SIZES = (10, 100, 1000, 10_000, 100_000, 1_000_000)  # records stored
_CALLERS = (1, 8, 32, 128)
_ASSOCIATIONS = (1, 8)
_CONNECTIONS = (1, 32)


def measure(bench: Bench, parts: Sequence[str], sizes: Sequence[int], is_quick: bool) -> None:
    """Take these parts one after the other; a server that fails in one is left out of it alone."""
    for part in parts:
        bench.part = part
        if part == "dicom":
            _measure_questions(bench, sizes)
        elif part == "idle":
            _measure_idle(bench, is_quick)
        elif part == "hl7":
            _measure_orders(bench, is_quick)
        else:
            for stored in (0, COMPARED):
                measure_startup(bench, stored)


def _measure_questions(bench: Bench, sizes: Sequence[int]) -> None:
    for stored in sizes:
        with bench.serve(stored) as running:
            measure_load(bench, running, "cycle", stored, 1, Mode.CYCLE, bench.ask_ten())
            if stored == COMPARED:
                for callers in _CALLERS[1:]:
                    measure_load(bench, running, "cycle", stored, callers, Mode.CYCLE, bench.ask_ten())
                for associations in _ASSOCIATIONS:
                    measure_load(bench, running, "open", stored, associations, Mode.OPEN, bench.ask_ten())
            if stored == COMPARED or stored > 10_000:
                measure_load(bench, running, "thousand", stored, 1, Mode.CYCLE, bench.ask_thousand(stored))
            measure_memory(bench, running, stored)


def _measure_idle(bench: Bench, is_quick: bool) -> None:
    counts = {server.name: server.idle_counts[: 1 if is_quick else None] for server in bench.servers}
    with bench.serve(COMPARED) as running:
        for one in running:
            measure_idle(bench, one, counts[one.name], COMPARED)


def _measure_orders(bench: Bench, is_quick: bool) -> None:
    for server in bench.find_servers(COMPARED):
        with bench.guard(server), bench.serve_alone(server, COMPARED) as one:
            for connections in _CONNECTIONS:
                for scanners in (0, POLLING_SCANNERS):
                    measure_hl7(bench, one, connections, scanners, COMPARED)
            if server.connection_counts:
                counts = server.connection_counts[: 1 if is_quick else None]
                measure_connections(bench, one, counts, COMPARED)
