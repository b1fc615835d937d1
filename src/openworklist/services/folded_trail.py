"""What peers do many times in a minute, noted in the audit trail without filling it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from typing import Final, NamedTuple

from openworklist.services.audit import Audit
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.throttle import to_network

_MINUTE: Final = 60_000_000
_REMEMBERED: Final = 100_000  # deeds a minute that are folded; what is more is noted each time
_OF_A_NETWORK: Final = 60  # rows a minute about one kind of attempt of one network
_OF_AN_ACTION: Final = 1_000  # rows a minute about one kind of attempt
_SECONDS: Final = 5.0  # between two looks whether the minute is over


class _Attempt(NamedTuple):
    actor: str
    action: str
    network: str


_Row = tuple[str, str, str, str, str, str]


class FoldedTrail:
    """What was done is noted, the same again within a minute not. What was tried in vain is kept to few rows.

    The two do not share their room: who tries much in vain takes none from what was done. `note`, `attempt`
    and `count` are for any thread, `start` and `stop` for the loop's.
    """

    def __init__(self, audit: Audit, *, clock: Clock = read_clock) -> None:
        self._audit = audit
        self._clock = clock
        self._lock = threading.Lock()
        self._began = 0
        self._done: set[_Row] = set()
        self._tried: set[_Row] = set()
        self._of_networks: Counter[_Attempt] = Counter()
        self._of_actions: Counter[str] = Counter()
        self._left_out: Counter[_Attempt] = Counter()
        self._background = Background(self._turn)

    def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        await self._background.stop()
        self._begin(self._clock())

    def note(
        self, actor: str, action: str, peer: str, *, subject: str = "", subject_id: str = "", detail: str = ""
    ) -> None:
        """What was done to something: a row, however many there are, unless it is the same again."""
        row = (actor, action, peer, subject, subject_id, detail)
        self.turn()
        with self._lock:
            is_known = row in self._done
            if len(self._done) < _REMEMBERED:
                self._done.add(row)
        if not is_known:
            self._write(row)

    def attempt(
        self, actor: str, action: str, peer: str, *, subject: str = "", subject_id: str = "", detail: str = ""
    ) -> None:
        """What was tried in vain: of too many of a network, a row says how many there were."""
        row = (actor, action, peer, subject, subject_id, detail)
        if self._is_listed(row, _OF_A_NETWORK):
            self._write(row)

    def count(self, actor: str, action: str, peer: str) -> None:
        """What is of interest by its number: the first of a network is a row, and how many followed."""
        row = (actor, action, peer, "", "", "")
        if self._is_listed(row, 1):
            self._write(row)

    def _write(self, row: _Row) -> None:
        actor, action, peer, subject, subject_id, detail = row
        self._audit.note(actor, action, subject=subject, subject_id=subject_id, peer=peer, detail=detail)

    def _is_listed(self, row: _Row, most: int) -> bool:
        """Whether it is to have a row, of `most` of its network; else it is counted, or no news."""
        self.turn()
        actor, action, peer, *_ = row
        kind = _Attempt(actor, action, to_network(peer))
        with self._lock:
            if most > 1 and row in self._tried:
                return False
            if self._of_networks[kind] < most and self._of_actions[action] < _OF_AN_ACTION:
                self._tried.add(row)
                self._of_networks[kind] += 1
                self._of_actions[action] += 1
                return True
            # Who comes from ever other networks does not fill the memory either.
            known = kind in self._left_out or len(self._left_out) < _OF_AN_ACTION
            self._left_out[kind if known else kind._replace(network="")] += 1
            return False

    def turn(self) -> None:
        """Begin a new minute if the last one is over."""
        now = self._clock()
        if not 0 <= now - self._began < _MINUTE:
            self._begin(now)

    def _begin(self, now: int) -> None:
        with self._lock:
            left_out, self._left_out = self._left_out, Counter()
            self._done.clear()
            self._tried.clear()
            self._of_networks.clear()
            self._of_actions.clear()
            self._began = now
        for kind, count in left_out.items():
            detail = f"{count} more within a minute"
            self._audit.note(kind.actor, kind.action, peer=kind.network, detail=detail)

    async def _turn(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            self.turn()
