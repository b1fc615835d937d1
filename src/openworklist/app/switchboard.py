"""Listeners that follow the options while the server runs, and how each of them is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from openworklist.app.ports import Listener
from openworklist.app.switches import FolderSwitch, Hl7Switch
from openworklist.domain.switches import Switches
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.ports import ListenerStatus

_RETRY: Final = 2.0  # seconds until what could not be done is tried again


class Switchboard:
    """Brings the switches to what is wanted from `start` to `stop`; what cannot be is tried again.

    `others` are listeners that are as the settings say while the server runs.
    """

    def __init__(
        self,
        hl7: Hl7Switch,
        folder: FolderSwitch,
        others: Sequence[Listener],
        wanted: Callable[[], Switches],
        *,
        clock: Clock = read_clock,
    ) -> None:
        self._hl7 = hl7
        self._folder = folder
        self._others = tuple(others)
        self._wanted = wanted
        self._since = clock()
        self._news = asyncio.Event()
        self._background = Background(self._follow)

    def statuses(self) -> tuple[ListenerStatus, ...]:
        """One for each listener, those that are switched off too."""
        others = (
            ListenerStatus(
                each.name,
                each.status.addresses,
                each.status.is_running,
                "",
                each.status.connections,
                each.status.last_error,
                self._since,
            )
            for each in self._others
        )
        return (self._hl7.status(), *others, self._folder.status())

    def find_problem(self) -> str:
        """Why no orders can be taken though they should be; "" if they can, or should not."""
        status = self._hl7.status()
        return "" if status.is_up else status.problem

    def notice(self) -> None:
        """Look at once at what is wanted; called on the loop's thread."""
        self._news.set()

    async def start(self) -> None:
        """Bring all to what is wanted, and then whenever that changes."""
        await self._turn()
        self._background.start()

    async def stop(self) -> None:
        """Follow no more, and watch no folder."""
        await self._background.stop()
        await self._folder.stop()

    async def _follow(self) -> None:
        while True:
            is_waiting = self._hl7.is_waiting or self._folder.is_waiting
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _RETRY if is_waiting else None)
            self._news.clear()
            await self._turn()

    async def _turn(self) -> None:
        wanted = self._wanted()
        await asyncio.gather(self._hl7.turn(wanted), self._folder.turn(wanted))
