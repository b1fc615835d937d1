"""The page that tells what was measured: a row for each deed, a column for each database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.results import OURS


@dataclass(frozen=True, slots=True)
class Column:
    """What was measured with so many records: what is written, by the name of the deed."""

    server: str
    count: int
    cells: dict[str, str]

    @property
    def head(self) -> str:
        return f"{self.count:,}{self.server.removeprefix(OURS)}"

    def add(self, name: str, times: Sequence[float], failures: int, processor: float) -> None:
        """Median, the time that 19 of 20 did not exceed, and processor time of the server, in milliseconds.

        The last is the mean; 0 where others were served meanwhile.
        """
        ordered = sorted(times)
        most = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        missed = f" ({failures} not answered)" * bool(failures)
        worked = f" / {processor:,.0f}" if processor else ""
        self.cells[name] = f"{median(ordered):,.1f} / {most:,.1f}{worked}{missed}"


def write_page(
    page: Path, columns: Sequence[Column], machine: Mapping[str, str], rounds: int, day: str
) -> None:
    names = dict.fromkeys(name for column in columns for name in column.cells)
    heads = " | ".join(column.head for column in columns)
    lines = [
        *_BEFORE.format(day=day, rounds=rounds).splitlines(),
        "",
        *(f"- {name}: {value}" for name, value in machine.items()),
        "",
        f"| milliseconds, by records stored | {heads} |",
        f"|---|{'---:|' * len(columns)}",
        *(f"| {name} | {' | '.join(column.cells.get(name, '') for column in columns)} |" for name in names),
        *_AFTER.splitlines(),
    ]
    page.write_text("\n".join(lines) + "\n", "utf-8")


_BEFORE = """\
# The pages

Written by `python -m benchmarks.pages` on {day}; do not edit. How long what people do on the pages takes,
asked by HTTP of a server that `openworklist serve` started (without login), on the embedded database if
nothing else is said: the median of {rounds} rounds, the time that 19 of 20 did not exceed, and the processor
time of the server. Where the machine had other work (see its load), only the last is of use. What takes
seconds is asked less often, but thrice at least. Server, client and Chromium share the machine."""

_AFTER = """
## What is measured

- **A page, a list, a pane**: from the request until the last byte of the answer, on a connection that is
  open. A list is the region that htmx asks for. Where not all is on the page, the total comes by a request of
  its own.
- **Search**: the search box's form is posted, and the page that it leads to is read: what a person waits for
  after Enter. `bak` begins a tenth of the names, `baker01` a hundred times fewer, `nobody` none.
- **Saved**: the form of a record is read and posted with a change, and the page behind it is read.
- **Chromium**: from the begin of the navigation until the first row stands on the screen, with scripts,
  styles and painting; 5 times.
- **Scanners**: 50 ask the question with ten answers once a second (see [benchmarks](../benchmarks.md)), while
  4 people do nothing but sort everything by a column that no index has; 10 seconds.

## How to measure again

    python -m benchmarks.pages --work /var/tmp/pages                        # 10, 10,000 and 1,000,000 records
    python -m benchmarks.pages --work /var/tmp/pages --postgresql 100000    # on PostgreSQL too
    python -m benchmarks.pages --records 10000 --only http --output /tmp/pages.md

`--work` keeps the filled databases, so that the million is stored once (some minutes). Nothing else should
run on the machine."""
