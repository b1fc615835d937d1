"""Writes what a run found as a page of Markdown tables with its plots; measures nothing."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.goals import make_goal_rows
from benchmarks.plots import Style, draw_bars, draw_lines
from benchmarks.results import Result, Run

OURS = "OpenWorklist"
_STYLES = {
    OURS: Style(0),
    "OpenWorklist, PostgreSQL": Style(0, is_dashed=True),
    "wlmscpfs, no delay": Style(1),
    "wlmscpfs": Style(1, is_dashed=True),
    "Orthanc, no delay": Style(2),
    "Orthanc": Style(2, is_dashed=True),
    "pynetdicom, no delay": Style(3),
    "pynetdicom": Style(3, is_dashed=True),
}
_INTRODUCTION = """# Benchmarks

Written by `make bench`; do not edit. Every server of a run holds the same generated orders and is asked
by the same client with the same bytes, in turn, round after round, while the others are suspended. A
value is the median of the rounds. *No delay* means Nagle's algorithm switched off (`TCP_NODELAY`), which
these servers do not do by themselves; OpenWorklist does. In brackets: how many times better OpenWorklist
is.

"""
_AGAIN = """## How to measure again

    make bench                                  # everything
    .venv/bin/python -m benchmarks --quick      # a smoke run that does not touch this page
    .venv/bin/python -m benchmarks --only hl7   # one part: dicom, idle, hl7 or startup; the rest is kept
    .venv/bin/python -m benchmarks --draw       # this page again from docs/benchmarks/results.json

The servers to compare with are Debian packages: `apt-get install dcmtk orthanc`. What is not installed
is left out. Linux only. Nothing else should run on the machine: client and server share its cores.

## What is measured

- **Full cycle**: connect, associate, one C-FIND for a station and a day with ten answers (25 attributes
  each), release, close: the broad query of a scanner. Ten of the stored records match, whatever their
  number.
- **Open association**: the same question again and again without a new association.
- **A thousand answers**: one question on a new association; the time until it is released.
- **Idle associations**: so many stand open and silent while one more caller works in full cycles.
- **Orders**: an ORM^O01 over MLLP, acknowledged once it is on disk (`fdatasync` before the answer), then
  the next on that connection. After each round the stored orders are counted by C-FIND: none
  acknowledged may be missing. *Polling* means that 50 scanners ask in full cycles meanwhile, each once a
  second.
- **Start-up**: from exec to the first accepted association.
- **Memory**: resident memory of the process and its children.

The client (`benchmarks/client.py`) is one thread that sends encoded bytes and reads PDUs by their
length, so that it can ask faster than any of these servers answers. Its share of a core stands beside
ours: below 100 % it was not the limit.
"""


def _format(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _make_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _compare(run: Run, result: Result, is_rate: bool) -> str:
    """The value, and how many times better ours is in the same cell."""
    if not result.is_answered:
        return f"none in {result.value / 1000:.0f} s"
    text = _format(result.value) + (" †" if result.is_partial else "")
    ours = run.find(result.measure, OURS, result.stored, result.load)
    if ours is None or result.server == OURS:
        return text
    times = ours.value / result.value if is_rate else result.value / ours.value
    return f"{text} ({_format(times) if times < 10 else f'{times:,.0f}'} ×)"


def _name_servers(results: Sequence[Result]) -> list[str]:
    return [name for name in _STYLES if any(one.server == name for one in results)]


def _tabulate(run: Run, results: Sequence[Result], column: str, is_rate: bool) -> str:
    """A row a server, a column a value of `stored` or `load`."""
    columns = sorted({getattr(one, column) for one in results})
    rows = []
    for name in _name_servers(results):
        row = [name]
        for value in columns:
            found = next(
                (one for one in results if one.server == name and getattr(one, column) == value), None
            )
            row.append(_compare(run, found, is_rate) if found else "")
        rows.append(row)
    return _make_table(["", *(f"{value:,}" for value in columns)], rows)


def _draw(
    run: Run,
    folder: Path,
    name: str,
    title: str,
    labels: tuple[str, str],
    results: Sequence[Result],
    column: str,
) -> str:
    series = {
        server: [
            (float(max(getattr(one, column), 1)), max(one.value, 0.01))
            for one in sorted(results, key=lambda one: getattr(one, column))
            if one.server == server and one.is_answered
        ]
        for server in _name_servers(results)
    }
    if len({point[0] for points in series.values() for point in points}) < 2:
        return ""
    (folder / f"{name}.svg").write_text(draw_lines(title, labels, series, _STYLES))
    return f"![{title}]({folder.name}/{name}.svg)\n"


def _write_cycles(run: Run, folder: Path) -> list[str]:
    one_caller = [one for one in run.get_all("cycle") if one.load == 1]
    many = [one for one in run.get_all("cycle") if one.stored == 1000]
    if not one_caller:
        return []
    parts = ["## Full cycles a second, one caller, by records stored\n"]
    parts.append(
        _draw(
            run,
            folder,
            "stored",
            "Full cycles a second, one caller",
            ("records stored", "a second"),
            one_caller,
            "stored",
        )
    )
    parts.append(_tabulate(run, one_caller, "stored", is_rate=True))
    parts.append("## Full cycles a second, 1,000 records stored, by callers at once\n")
    parts.append(
        _draw(
            run,
            folder,
            "callers",
            "Full cycles a second, 1,000 records stored",
            ("callers", "a second"),
            many,
            "load",
        )
    )
    parts.append(_tabulate(run, many, "load", is_rate=True))
    rows = [
        [
            f"{one.stored:,} stored, {one.load} callers",
            f"{one.p50_ms:.2f}",
            f"{one.p99_ms:.2f}",
            f"{one.server_cpu:.0%}",
            f"{one.client_cpu:.0%}",
        ]
        for one in run.get_all("cycle")
        if one.server == OURS
    ]
    if rows:
        parts.append("Ours in detail; shares are of one core, the largest of the rounds:\n")
        parts.append(_make_table(["", "p50 ms", "p99 ms", "server", "client"], rows))
    refused = [one for one in run.get_all("cycle") if one.failures]
    if refused:
        parts.append("Callers turned away or cut off, and tried again:\n")
        parts += [f"- {one.server}, {one.load} callers: {one.failures:,} times" for one in refused]
        parts.append("")
    return parts


def _write_questions(run: Run, folder: Path) -> list[str]:
    parts = []
    opened, thousand = run.get_all("open"), run.get_all("thousand")
    if opened:
        parts.append("## Questions a second on open associations, 1,000 records stored, by associations\n")
        parts.append(_tabulate(run, opened, "load", is_rate=True))
    if thousand:
        parts.append("## One question with a thousand answers, milliseconds, by records stored\n")
        parts.append(_tabulate(run, thousand, "stored", is_rate=False))
    return parts


def _write_idle(run: Run, folder: Path) -> list[str]:
    idle = run.get_all("idle")
    if not idle:
        return []
    labels = ("idle associations (the first point: none)", "milliseconds")
    parts = ["## A full cycle while idle associations stand open, milliseconds (p50)\n"]
    parts.append(_draw(run, folder, "idle", "One full cycle beside idle associations", labels, idle, "load"))
    parts.append(_tabulate(run, idle, "load", is_rate=False))
    parts.append("† So many were not accepted. What the idle associations cost:\n")
    parts += [f"- {one.server}, {one.load:,} idle: {one.note}" for one in idle if one.load]
    return [*parts, ""]


def _write_orders(run: Run, folder: Path) -> list[str]:
    found = run.get_all("hl7") + run.get_all("hl7-polled")
    if not found:
        return []
    rows, bars = [], []
    for one in found:
        state = "50 scanners polling" if one.measure == "hl7-polled" else "alone"
        connections = f"{one.load} connection{'s' if one.load > 1 else ''}"
        shares = (f"{one.server_cpu:.0%}", f"{one.client_cpu:.0%}")
        latency = (f"{one.p50_ms:.2f}", f"{one.p99_ms:.2f}")
        rows.append(
            [f"{one.server}, {connections}, {state}", _format(one.value), *latency, *shares, one.note]
        )
        bars.append(
            (f"{connections}, {state}", one.value, f"{one.value:,.0f}/s, p99 {one.p99_ms:.1f} ms", one.server)
        )
    colours = [0 if server == OURS else 4 for *_, server in bars]
    title = "Durable HL7 orders a second"
    (folder / "orders.svg").write_text(draw_bars(title, "a second", [bar[:3] for bar in bars], colours))
    head = ["", "orders a second", "p50 ms", "p99 ms", "server", "client", ""]
    return [f"## {title}\n", f"![{title}]({folder.name}/orders.svg)\n", _make_table(head, rows)]


def _write_footprint(run: Run, folder: Path) -> list[str]:
    parts = []
    for measure, title in (
        ("startup", "Start-up in seconds, by records stored"),
        ("memory-start", "Resident memory in MiB after start, by records stored"),
        ("memory-used", "Resident memory in MiB after the full cycles, by records stored"),
    ):
        if found := run.get_all(measure):
            parts += [f"## {title}\n", _tabulate(run, found, "stored", is_rate=False)]
    return parts


def write_report(run: Run, page: Path) -> None:
    """Write the page, and its plots into the folder of the same name beside it."""
    folder = page.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    machine = _make_table(["machine", ""], [[name, value] for name, value in run.machine.items()]).replace(
        "---:", "---"
    )
    parts = [_INTRODUCTION, machine]
    if run.missing:
        parts += ["Not measured:\n", *(f"- {name}: {reason}" for name, reason in run.missing.items()), ""]
    if rows := make_goal_rows(run):
        parts += ["## Goals\n", _make_table(["goal", "wanted", "measured", ""], rows)]
    for write in (_write_cycles, _write_questions, _write_idle, _write_orders, _write_footprint):
        parts += write(run, folder)
    parts.append(_AGAIN)
    page.write_text("\n".join(part for part in parts if part is not None).rstrip() + "\n")
