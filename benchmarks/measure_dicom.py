"""Rates and times of questions, memory and start-up: the servers in turn, round after round."""

from collections.abc import Callable, Sequence

from benchmarks.bench import LONGEST, Bench, make_callers
from benchmarks.client import Mode, Outcome, percentile
from benchmarks.pdus import Question
from benchmarks.results import Result
from benchmarks.servers import Running

CALLERS = (1, 8, 32, 128)


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


def _take_rounds(
    bench: Bench,
    running: Sequence[Running],
    take: Callable[[Running], tuple[Outcome, float]],
) -> dict[str, list[tuple[Outcome, float]]]:
    found: dict[str, list[tuple[Outcome, float]]] = {one.name: [] for one in running}
    for _ in range(bench.rounds):
        for one in running:
            found[one.name].append(take(one))
    return found


def _add_load(
    bench: Bench, measure: str, stored: int, load: int, name: str, rounds: list[tuple[Outcome, float]]
) -> None:
    latencies = [latency for outcome, _ in rounds for latency in outcome.latencies]
    per_question = measure == "thousand"
    middle = percentile(latencies, 0.5)
    values = [percentile(outcome.latencies, 0.5) if per_question else outcome.rate for outcome, _ in rounds]
    wrong = sum(outcome.wrong for outcome, _ in rounds)
    bench.add(
        Result(
            measure=measure,
            server=name,
            stored=stored,
            load=load,
            unit="ms" if per_question else "/s",
            rounds=tuple(values),
            p50_ms=middle,
            p99_ms=percentile(latencies, 0.99),
            client_cpu=max(outcome.cpu_seconds / outcome.wall_seconds for outcome, _ in rounds),
            server_cpu=max(share for _, share in rounds),
            failures=sum(outcome.failures for outcome, _ in rounds),
            note=f"{wrong} wrong answers" if wrong else "",
        )
    )


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
    taken = _take_rounds(bench, running, lambda one: _load(bench, one, question, callers, mode))
    for name, rounds in taken.items():
        _add_load(bench, measure, stored, callers, name, rounds)


def measure_memory(bench: Bench, running: Sequence[Running], measure: str, stored: int) -> None:
    """Resident memory of every running server, in MiB."""
    for one in running:
        bench.add(Result(measure, one.name, stored, 0, "MiB", (one.process.get_memory() / 2**20,)))


def measure_startup(bench: Bench, stored: int) -> None:
    """Seconds from exec to an accepted association, and memory then; each server anew in each round."""
    found: dict[str, list[Running]] = {server.name: [] for server in bench.servers}
    memory: dict[str, float] = {}
    for _ in range(bench.rounds):
        for server in bench.servers:
            with bench.guard(server):
                one = server.start(bench.prepare(server, stored), bench.folder / f"{server.file_name}.log")
                one.process.settle(3)
                memory[server.name] = one.process.get_memory() / 2**20
                one.process.stop()
                found[server.name].append(one)
    for name, started in found.items():
        if started:
            seconds = tuple(one.startup_seconds for one in started)
            bench.add(Result("startup", name, stored, 0, "s", seconds))
            bench.add(Result("memory-start", name, stored, 0, "MiB", (memory[name],)))
