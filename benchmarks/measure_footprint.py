"""Start-up and memory."""

from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.results import Result
from benchmarks.server import Running

MEGABYTE = 1_000_000


def measure_memory(bench: Bench, running: Sequence[Running], stored: int) -> None:
    """Resident memory, in MB, of every running server as the measurements before have left it."""
    for one in running:
        if one.is_weighed:
            size = one.process.get_memory() / MEGABYTE
            bench.add(Result("memory-used", one.name, stored, 0, "MB", (size,)))


def measure_startup(bench: Bench, stored: int) -> None:
    """Seconds until ready, and memory in MB then; each server anew in each round."""
    seconds: dict[str, list[float]] = {}
    memory: dict[str, list[float]] = {}
    for _ in range(bench.rounds):
        for server in bench.find_servers(stored):
            with bench.guard(server):
                one = server.start(bench.prepare(server, stored), bench.folder / f"{server.file_name}.log")
                one.process.settle(3)
                memory.setdefault(server.name, []).append(one.process.get_memory() / MEGABYTE)
                one.stop()
                seconds.setdefault(server.name, []).append(one.startup_seconds)
    for name, found in seconds.items():
        bench.add(Result("startup", name, stored, 0, "s", tuple(found)))
        bench.add(Result("memory-start", name, stored, 0, "MB", tuple(memory[name])))
