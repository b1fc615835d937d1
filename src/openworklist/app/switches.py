"""The HL7 port and the watched folder, each brought to what is wanted while the server runs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from openworklist.domain.errors import ListenError
from openworklist.domain.switches import Switches
from openworklist.listeners.folder import FolderListener
from openworklist.listeners.mllp import MllpListener
from openworklist.services.clock import Clock, read_clock
from openworklist.services.ports import ListenerStatus

log = logging.getLogger(__name__)

_STUCK = "The folder that was watched before does not answer: it is let go when it does."


class Hl7Switch:
    """The plain HL7 port. While a new one cannot be opened the old one goes on."""

    def __init__(self, listener: MllpListener, *, drain_seconds: float, clock: Clock = read_clock) -> None:
        self._listener = listener
        self._drain_seconds = drain_seconds
        self._clock = clock
        self._port = listener.port
        self._problem = ""
        self._since = clock()

    @property
    def is_waiting(self) -> bool:
        return bool(self._problem)

    def status(self) -> ListenerStatus:
        status = self._listener.status
        return ListenerStatus(
            self._listener.name,
            status.addresses,
            status.is_running,
            self._problem,
            status.connections,
            status.last_error,
            self._since,
        )

    async def turn(self, wanted: Switches) -> None:
        """Open the port that is wanted, close the old one, and answer what was taken there."""
        if wanted.hl7_port == self._port:
            self._problem = ""
            return
        try:
            await self._listener.move(wanted.hl7_port or None)
        except ListenError as error:
            self._note(error)
            return
        old, self._port = self._port, wanted.hl7_port
        self._problem = ""
        self._since = self._clock()
        log.info("the HL7 port was changed", extra={"from": old, "to": self._port})
        if old:
            await self._listener.leave(old, self._drain_seconds)

    def _note(self, error: ListenError) -> None:
        problem = f"{error.sentence} ({error.hint})" if error.hint else error.sentence
        if problem != self._problem:
            log.error("the HL7 port was not changed", extra={"error": problem})
        self._problem = problem


class FolderSwitch:
    """The watched folder. Another one is watched only when the one before has been let go."""

    def __init__(
        self,
        make: Callable[[str, bool], FolderListener],
        *,
        drain_seconds: float,
        clock: Clock = read_clock,
    ) -> None:
        self._make = make
        self._drain_seconds = drain_seconds
        self._clock = clock
        self._listener: FolderListener | None = None
        self._is_as: tuple[str, bool] | None = None
        self._is_stuck = False
        self._since = clock()

    @property
    def is_waiting(self) -> bool:
        return self._is_stuck

    def status(self) -> ListenerStatus:
        if self._listener is None:
            return ListenerStatus(FolderListener.name, (), False, "", 0, "", self._since)
        status = self._listener.status
        problem = _STUCK if self._is_stuck else "; ".join(status.problems)
        return ListenerStatus(
            self._listener.name,
            status.addresses,
            status.is_running,
            problem,
            0,
            status.last_error,
            self._since,
        )

    async def turn(self, wanted: Switches) -> None:
        """Watch what is wanted, or nothing."""
        state = wanted.folder, wanted.folder_erase
        if state == self._is_as:
            return
        await self.stop()
        if self._is_stuck:
            return
        if wanted.folder:
            self._listener = self._make(*state)
            await self._listener.start()
            log.info("a folder is watched", extra={"folder": wanted.folder})
        self._is_as = state
        self._since = self._clock()

    async def stop(self) -> None:
        """End after the messages under way."""
        if self._listener is None:
            return
        self._is_as = None
        await self._listener.stop(self._drain_seconds)
        self._is_stuck = self._listener.status.is_running
        if not self._is_stuck:
            self._listener = None
            log.info("the folder is watched no more")
