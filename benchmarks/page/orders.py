"""The section on durable HL7 orders."""

from pathlib import Path

from benchmarks.page.plots import Bar, draw_bars
from benchmarks.page.sessions import write_when
from benchmarks.page.styles import STYLES, name_servers
from benchmarks.page.tables import format_value, list_troubles, make_table
from benchmarks.results import Result, Run

_TITLE = "Durable HL7 orders a second"
_HEAD = (
    "",
    "orders a second",
    "p50 ms",
    "p99 ms",
    "server",
    "client",
    "scanners' p50 ms",
    "scanners' p99 ms",
)


def write_orders(run: Run, folder: Path) -> list[str]:
    """Alone, and while scanners poll."""
    every = run.get_all("hl7") + run.get_all("hl7-polled")
    found = [one for name in name_servers(every) for one in every if one.server == name]
    if not found:
        return []
    plot = folder / "orders.svg"
    plot.write_text(draw_bars(_TITLE, "orders a second", [_make_bar(one) for one in found]))
    return [
        f"## {_TITLE}\n",
        f"![{_TITLE}]({folder.name}/{plot.name})\n",
        make_table(_HEAD, [_make_row(run, one) for one in found]),
        *list_troubles(run.get_all("polls")),
        *write_when(run, found),
    ]


def _name(one: Result) -> str:
    state = "50 scanners polling" if one.measure == "hl7-polled" else "alone"
    return f"{one.load} connection{'s' * (one.load > 1)}, {state}"


def _make_bar(one: Result) -> Bar:
    return Bar(
        one.server, _name(one), one.value, f"{one.value:,.0f}, p99 {one.p99_ms:.1f} ms", STYLES[one.server]
    )


def _make_row(run: Run, one: Result) -> list[str]:
    polls = run.find("polls", one.server, one.stored, one.load) if one.measure == "hl7-polled" else None
    return [
        f"{one.server}, {_name(one)}",
        format_value(one.value),
        f"{one.p50_ms:.2f}",
        f"{one.p99_ms:.2f}",
        f"{one.server_cpu:.0%}",
        f"{one.client_cpu:.0%}",
        *((f"{polls.p50_ms:.2f}", f"{polls.p99_ms:.2f}") if polls else ("", "")),
    ]
