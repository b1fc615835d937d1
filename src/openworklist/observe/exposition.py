"""Counters and measures as Prometheus reads them: text format 0.0.4. No patient's data is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol

from openworklist import __version__
from openworklist.observe.catalogue import COUNTERS, DURATIONS, GAUGES
from openworklist.observe.durations import BOUNDS, Durations
from openworklist.observe.metrics import Metrics

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
PREFIX: Final = "openworklist_"
INFO: Final = "info"
_INFO_HELP: Final = "1, with the version of the server"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})


class Status(Protocol):
    """How a listener is."""

    @property
    def name(self) -> str: ...
    @property
    def is_up(self) -> bool: ...
    @property
    def problem(self) -> str: ...
    @property
    def connections(self) -> int: ...


def format_metrics(
    metrics: Metrics, statuses: Iterable[Status] = (), gauges: Mapping[str, float] | None = None
) -> str:
    """All of it; `gauges` are those of the catalogue that are not of listeners, as far as they are known."""
    lines = [*_write(INFO, "gauge", _INFO_HELP, [f'{{version="{_escape(__version__)}"}} 1'])]
    for name, help in COUNTERS.items():
        lines += _write(f"{name}_total", "counter", help, [f" {metrics.get(name)}"])
    measured = metrics.acknowledgements, metrics.questions
    for (name, help), durations in zip(DURATIONS.items(), measured, strict=True):
        lines += _write_histogram(name, help, durations)
    for name, samples in _measure(tuple(statuses), gauges or {}).items():
        lines += _write(name, "gauge", GAUGES[name], samples)
    return "\n".join(lines) + "\n"


def _measure(statuses: tuple[Status, ...], gauges: Mapping[str, float]) -> dict[str, list[str]]:
    found = {
        "listener_up": [_of(each, each.is_up) for each in statuses],
        "listener_problem": [_of(each, bool(each.problem)) for each in statuses],
        "listener_connections": [_of(each, each.connections) for each in statuses],
    }
    found |= {name: [f" {gauges[name]}"] for name in GAUGES if name in gauges}
    return {name: found[name] for name in GAUGES if found.get(name)}


def _of(status: Status, value: int) -> str:
    return f'{{listener="{_escape(status.name)}"}} {int(value)}'


def _write(name: str, kind: str, help: str, samples: Iterable[str]) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {help}"
    yield f"# TYPE {PREFIX}{name} {kind}"
    for sample in samples:
        yield f"{PREFIX}{name}{sample}"


def _write_histogram(name: str, help: str, durations: Durations) -> Iterator[str]:
    yield from _write(name, "histogram", help, ())
    below = 0
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), durations.counts, strict=True):
        below += count
        yield f'{PREFIX}{name}_bucket{{le="{bound}"}} {below}'
    yield f"{PREFIX}{name}_sum {durations.total}"
    yield f"{PREFIX}{name}_count {durations.count}"


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)
