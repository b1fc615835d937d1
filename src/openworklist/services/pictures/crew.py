"""The few processes that decode: started when there is work, ended when there has been none for a while."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

from openworklist.domain.errors import PictureError
from openworklist.services.pictures.process import Process
from openworklist.services.pictures.wire import Message

_IDLE: Final = 120.0


class Crew:
    """At most `most` processes. `ask` is for threads: as many are answered at once, the others wait."""

    def __init__(self, *, most: int, seconds: float, memory: int, idle: float = _IDLE) -> None:
        self._seconds = seconds
        self._memory = memory
        self._idle = idle
        self._places = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._waiting: list[Process] = []  # without work; who worked last stands at the end
        self._at_work: set[Process] = set()
        self._rest: threading.Timer | None = None
        self._is_stopped = False

    @property
    def pids(self) -> list[int]:
        """Those of the processes that there are."""
        with self._lock:
            return [each.pid for each in (*self._waiting, *self._at_work)]

    @property
    def busy(self) -> int:
        """How many are at work."""
        with self._lock:
            return len(self._at_work)

    def ask(self, question: Mapping[str, Any]) -> Message:
        """What a process answers; PictureError as `Process.ask`, and if none is free for long."""
        if not self._places.acquire(timeout=2 * self._seconds):
            raise PictureError("Too many pictures are asked for at once.", code="picture.too-slow")
        try:
            process = self._take()
            try:
                return process.ask(question)
            finally:
                self._give_back(process)
        finally:
            self._places.release()

    def stop(self) -> None:
        """End them all, at work or not. What is asked afterwards fails."""
        with self._lock:
            self._is_stopped = True
            everybody = (*self._waiting, *self._at_work)
            self._waiting.clear()
            if self._rest is not None:
                self._rest.cancel()
        for process in everybody:
            process.end()

    def _take(self) -> Process:
        with self._lock:
            if self._is_stopped:
                raise PictureError("The server is stopping.", code="picture.too-slow")
            while self._waiting:
                process = self._waiting.pop()
                if process.is_alive:
                    break
                process.end()
            else:
                process = self._start()
            self._at_work.add(process)
            return process

    def _start(self) -> Process:
        try:
            return Process(seconds=self._seconds, memory=self._memory)
        except OSError as error:
            raise PictureError(
                f"No process can be started to decode pixels: {error.strerror}.", code="picture.too-slow"
            ) from None

    def _give_back(self, process: Process) -> None:
        with self._lock:
            self._at_work.discard(process)
            if process.is_alive and not self._is_stopped:
                self._waiting.append(process)
            else:
                process.end()
            if self._rest is not None:
                self._rest.cancel()
                self._rest = None
            if self._waiting and not self._is_stopped:
                self._rest = threading.Timer(self._idle, self._send_home)
                self._rest.daemon = True
                self._rest.start()

    def _send_home(self) -> None:
        with self._lock:
            idle = list(self._waiting)
            self._waiting.clear()
        for process in idle:
            process.end()
