"""The new orders of a round, and how they are known when they are looked for again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from benchmarks.worklists import format_hl7, make_order

_LARGEST = 1_000_000  # orders, more than a round sends
_STATIONS = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders of one day that no other batch has, for stations of its own."""

    number: int
    day: date

    @property
    def stations(self) -> list[str]:
        """The AE titles, in turn those of the orders."""
        return [f"B{self.number}S{station:02d}" for station in range(_STATIONS)]

    def make_messages(self) -> Iterator[bytes]:
        """The orders as HL7 without MLLP framing, always in the same order."""
        stations = self.stations
        for number in range(_LARGEST):
            order = make_order(self.number * _LARGEST + number, stations[number % _STATIONS], self.day)
            yield format_hl7(order, f"{self.number}-{number}-{time.time_ns()}")

    def list_accession_numbers(self, count: int) -> Iterator[str]:
        """Those of the first so many orders."""
        for number in range(count):
            yield f"A{self.number * _LARGEST + number:09d}"
