"""The watched folder as a listener: looked at on a thread, so that a slow network share holds up nobody."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openworklist.listeners.folder_watch import FolderWatch
from openworklist.services.files import Files

log = logging.getLogger(__name__)

_MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Status:
    """`problems` are sentences, each after the name of its file; the folder's own has none."""

    is_running: bool
    addresses: tuple[str, ...]
    waiting: int
    done: int
    failed: int
    problems: tuple[str, ...] = ()
    last_error: str = ""


class FolderListener:
    """Watches a folder from `start` to `stop`. One that is missing is waited for.

    `count` is told on the loop's thread what `FolderWatch` counts.
    """

    name = "folder"

    def __init__(
        self,
        folder: Path,
        files: Files,
        *,
        erase: bool = False,
        interval: float = 2.0,
        count: Callable[[str], None] = lambda name: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder.absolute()
        self._interval = interval
        self._count = count
        self._stopping = threading.Event()
        self._watch = FolderWatch(
            self._folder,
            files,
            erase=erase,
            clock=clock,
            should_stop=self._stopping.is_set,
            count=self._tell,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._last_error = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (str(self._folder),)

    @property
    def status(self) -> Status:
        watch = self._watch
        problems = [
            f"{name}: {text}" if name else text for name, text in sorted(watch.problems.copy().items())
        ]
        return Status(
            is_running=self._thread is not None and self._thread.is_alive(),
            addresses=self.addresses,
            waiting=watch.waiting,
            done=watch.done,
            failed=watch.failed,
            problems=tuple(problems[:_MOST_SHOWN]),
            last_error=self._last_error,
        )

    def bind(self) -> None:
        """Nothing to open: a share that is not there yet does not keep the server from starting."""

    async def start(self) -> None:
        if self._thread is not None:
            return
        self._loop = asyncio.get_running_loop()
        self._stopping.clear()
        self._ended.clear()
        # A daemon: a share that hangs for ever must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="openworklist-folder", daemon=True)
        self._thread.start()

    async def stop(self, drain_seconds: float = 5) -> None:
        """End after the messages under way; a file in the middle is taken again after the next start."""
        if self._thread is None:
            return
        self._stopping.set()
        try:
            await asyncio.wait_for(self._ended.wait(), drain_seconds)
        except TimeoutError:
            log.warning("the watched folder does not answer: its thread is left behind")
        else:
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch.poll()
                self._last_error = ""
            except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the next look tries again
                self._note_failure(error)
            self._stopping.wait(self._interval)
        self._call(self._ended.set)

    def _note_failure(self, error: Exception) -> None:
        name = type(error).__name__
        if name != self._last_error:
            log.error("watching the folder failed by an error of ours: %s", name)
        log.debug("the error", exc_info=error)
        self._last_error = name

    def _tell(self, name: str) -> None:
        self._call(lambda: self._count(name))

    def _call(self, function: Callable[[], None]) -> None:
        """Call on the loop's thread; a loop that is closed has nobody who wants to know."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(function)
