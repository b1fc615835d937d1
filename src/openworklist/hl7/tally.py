"""What the envelopes of a batch say of it, held against what came (HL7 v2.9 2.10.3)."""

from __future__ import annotations

from typing import Final

_TRAILERS: Final = {"BHS": "BTS", "FHS": "FTS"}
_MOST: Final = 20  # faults told: each is kept with a message, and envelopes may lie thousands of times


class Tally:
    """Counts messages and batches: is told of each MSH, FHS, BHS, BTS and FTS in order, then of the end."""

    def __init__(self) -> None:
        self._faults: dict[str, None] = {}  # once each, in order
        self._messages = self._batches = 0
        self._open = {"BHS": False, "FHS": False}

    @property
    def faults(self) -> tuple[str, ...]:
        """What is not so: counts in BTS-1 and FTS-1, trailers that miss."""
        return tuple(self._faults)

    def note(self, name: str, number: bytes) -> None:
        """A segment by its name; `number` is what its first field says, empty if it says none."""
        if name == "MSH":
            self._messages += 1
        elif name == "BTS":
            self._compare("BTS-1", number, self._messages, "messages")
            self._open["BHS"] = False
            self._batches, self._messages = self._batches + 1, 0
        else:
            self._end_batch()
            if name == "FTS":
                self._compare("FTS-1", number, self._batches, "batches")
                self._open["FHS"] = False
            elif name == "FHS":
                self._end("FHS")
            if name in self._open:
                self._open[name] = True
            if name != "BHS":
                self._batches = 0

    def close(self) -> None:
        """Nothing more comes."""
        self._end("BHS")
        self._end("FHS")

    def _end_batch(self) -> None:
        # BHS and BTS may be left out (HL7 v2.9 2.10.3.1): messages on their own are a batch too.
        self._batches += bool(self._messages or self._open["BHS"])
        self._messages = 0
        self._end("BHS")

    def _end(self, header: str) -> None:
        if self._open[header]:
            self._add(f"{header} has no {_TRAILERS[header]}: the batch may have been cut off.")
        self._open[header] = False

    def _compare(self, path: str, number: bytes, counted: int, what: str) -> None:
        if number and int(number) != counted:
            self._add(f"{path} says {int(number)} {what}, but {counted} came.")

    def _add(self, fault: str) -> None:
        if len(self._faults) < _MOST:
            self._faults[fault] = None
