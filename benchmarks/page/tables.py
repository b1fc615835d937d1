"""Markdown tables and what stands in their cells."""

from collections.abc import Callable, Iterable, Sequence

from benchmarks.page.styles import is_ours, name_servers
from benchmarks.results import OURS, Result, Run


def format_value(value: float) -> str:
    """Three significant digits or more."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def format_times(times: float) -> str:
    """A ratio; under 10 with its decimals."""
    return f"{format_value(times) if times < 10 else f'{times:,.0f}'} ×"


def make_table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = True) -> str:
    """The first column to the left, the others to the right if they are numbers."""
    rule = "---:" if numbers else "---"
    lines = ["| " + " | ".join(head) + " |", "|---" + f"|{rule}" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def tabulate(run: Run, results: Sequence[Result], column: str, is_rate: bool) -> str:
    """A row a server, a column a value of `stored` or `load`; in brackets how many times better ours is."""
    columns = sorted({getattr(one, column) for one in results})
    rows = []
    for name in name_servers(results):
        cells = {getattr(one, column): _compare(run, one, is_rate) for one in results if one.server == name}
        rows.append([name, *(cells.get(value, "") for value in columns)])
    return make_table(["", *(f"{value:,}" for value in columns)], rows)


def _compare(run: Run, result: Result, is_rate: bool) -> str:
    if not result.is_answered:
        return "none" if is_rate else f"none in {result.value / 1000:.0f} s"
    text = format_value(result.value) + (" †" if run.is_partial(result) else "")
    ours = run.find(result.measure, OURS, result.stored, result.load)
    if ours is None or not ours.is_answered or result.server == OURS:
        return text
    times = ours.value / result.value if is_rate else result.value / ours.value
    return f"{text} ({format_times(times)})"


def detail(results: Sequence[Result], describe: Callable[[Result], str]) -> list[str]:
    """Latencies and shares of ours, a row a result, and what share the client had with the others at most."""
    rows = [
        [
            ", ".join([*([] if one.server == OURS else [one.server]), describe(one)]),
            f"{one.p50_ms:.2f}",
            f"{one.p99_ms:.2f}",
            f"{one.server_cpu:.0%}",
            f"{one.client_cpu:.0%}",
        ]
        for one in results
        if is_ours(one)
    ]
    if not rows:
        return []
    parts = ["Ours in detail; shares are of one core, the largest of the rounds:\n"]
    parts.append(make_table(["", "p50 ms", "p99 ms", "server", "client"], rows))
    if shares := [one.client_cpu for one in results if not is_ours(one)]:
        parts.append(f"With every other server the client used {max(shares):.0%} of a core at most.\n")
    return parts


def list_troubles(results: Sequence[Result]) -> list[str]:
    """Who turned callers away, and who gave wrong answers; nothing if all went well."""
    found = [
        f"- {one.server}, {one.stored:,} stored, load {one.load:,}: {text}"
        for one in results
        for text in (
            f"{one.failures:,} times turned away or cut off, and tried again" * bool(one.failures),
            f"{one.wrong:,} answers were not complete" * bool(one.wrong),
        )
        if text
    ]
    return ["What went wrong:\n", *found, ""] if found else []
