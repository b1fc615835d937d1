"""The demo: a hospital that orders and scanners that ask, beside the server and through its own ports."""

from __future__ import annotations

import asyncio
import heapq
import logging
import threading
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import partial
from typing import Final, NamedTuple

from openworklist.clients.mllp import MllpClient
from openworklist.domain.errors import OpenWorklistError
from openworklist.services.demo.his import Ward, tell_plan
from openworklist.services.demo.hospital import Fate, plan
from openworklist.services.demo.receiver import Receiver
from openworklist.services.demo.scanners import HABITS, Scanner
from openworklist.services.demo.site import find_receiver, set_up
from openworklist.store.database import Database

log = logging.getLogger(__name__)

_EVERY: Final = 20.0  # seconds between two messages of the hospital system
_SEED: Final = 4711
_TIMEOUT: Final = 10.0
_PATIENCE: Final = 15.0  # seconds that what is under way may take at the end
_TOLD: Final = (Fate.PERFORMED, Fate.BEGUN, Fate.GIVEN_UP)  # what scanners tell of


class Place(NamedTuple):
    """The server that the demo plays with: what holds its data, and its ports; `called` is its AE title."""

    data: str
    hl7: tuple[str, int]
    dicom: tuple[str, int]
    called: str
    zone: tzinfo


class Demo:
    """`start` when the ports are open, `stop` before they close.

    All its actors take turns on one thread, so that the same day goes the same way.
    """

    def __init__(self, database: Database, place: Place) -> None:
        """Make the database that of the demo; SettingsError if it holds anything else."""
        self.place = place
        self._receiver = Receiver(find_receiver(database))
        try:
            set_up(database, place.data, place.dicom, place.called, self._receiver.address)
        except BaseException:
            self._receiver.close()
            raise
        self._scanners = {each.ae_title: Scanner(each, *place.dicom, place.called) for each in HABITS}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="openworklist-demo", daemon=True)

    async def start(self) -> None:
        log.warning("this is a demo: every patient is made up", extra={"data": self.place.data})
        await self._receiver.start()
        self._thread.start()

    async def stop(self) -> None:
        """Let what is under way end, and begin nothing more."""
        self._stopping.set()
        if self._thread.is_alive():
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join, _PATIENCE)
        self._receiver.close()

    def _run(self) -> None:
        self._try(self._send_plan)
        self._tell_fates()
        if not self._stopping.is_set():
            log.info("the hospital of the demo is filled")
        self._go_on()

    def _send_plan(self) -> None:
        with MllpClient(*self.place.hl7, timeout=_TIMEOUT) as client:
            for message in tell_plan(self._now().date()):
                if self._stopping.is_set():
                    return
                client.send(message)

    def _tell_fates(self) -> None:
        for planned in plan(self._now().date()):
            scanner = self._scanners.get(planned.exam.station)
            if self._stopping.is_set():
                return
            if scanner is not None and planned.fate in _TOLD:
                self._try(partial(scanner.tell_fate, planned))

    def _go_on(self) -> None:
        """Each actor in turn, when its time has come, until the end."""
        actors = self._make_actors()
        moments = [(0.0, number) for number in range(len(actors))]
        passed = 0.0
        while True:
            due, number = heapq.heappop(moments)
            if self._stopping.wait(max(0.0, due - passed)):
                return
            passed = max(passed, due)
            every, act = actors[number]
            self._try(act)
            heapq.heappush(moments, (due + every, number))

    def _make_actors(self) -> list[tuple[float, Callable[[], None]]]:
        """How often, in seconds, and what: the scanners and the hospital system."""

        def make(scanner: Scanner) -> Callable[[], None]:
            return lambda: scanner.poll(self._now())

        ward = Ward(_SEED)
        scanners = [(each.habit.every, make(each)) for each in self._scanners.values()]
        return [*scanners, (_EVERY, lambda: self._send(ward.next_message(self._now())))]

    def _send(self, message: bytes) -> None:
        with MllpClient(*self.place.hl7, timeout=_TIMEOUT) as client:
            client.send(message)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except OpenWorklistError as error:
            # Who is turned away tries again, as a scanner does; the port has told of it.
            log.debug("an actor of the demo failed", extra={"error": error})

    def _now(self) -> datetime:
        return datetime.now(self.place.zone).replace(tzinfo=None, microsecond=0)
