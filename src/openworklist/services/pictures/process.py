"""A process that decodes, as the server sees it: started, asked, ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final, cast

from openworklist.domain.errors import PictureError
from openworklist.services.pictures.wire import Message, receive, send, to_error

_COMMAND: Final = (sys.executable, "-P", "-m", "openworklist.services.pictures.worker")
_START: Final = 60.0  # seconds that loading the codecs may take: one or two, unless the machine is busy
_OURS: Final = "OPENWORKLIST_"  # settings, passwords of databases among them, are no business of a decoder


class Process:
    """One process, which does one thing at a time. It is of no use once `ask` has found it dead."""

    def __init__(self, *, seconds: float, memory: int) -> None:
        """`seconds` for each question; `memory` in bytes, where the system can limit it."""
        self._seconds = seconds
        self._is_ended = False
        self._is_ready = False
        self._process = subprocess.Popen(
            (*_COMMAND, str(memory), str(seconds)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
            **_apart(),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return not self._is_ended and self._process.poll() is None

    def ask(self, question: Mapping[str, Any]) -> Message:
        """What it answers. PictureError is its answer too, or says that it died or took too long."""
        if not self._is_ready:
            self._await(_START, None)
            self._is_ready = True
        answer = self._await(self._seconds, question)
        values, _ = answer
        if "error" in values:
            raise to_error(values)
        return answer

    def end(self) -> None:
        """Have it gone, whatever it does."""
        self._is_ended = True
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what it had not read yet is lost with it
                    continue

    def _await(self, seconds: float, question: Mapping[str, Any] | None) -> Message:
        """What comes back, or PictureError; without a question, that it is ready."""
        overdue = threading.Event()
        alarm = threading.Timer(seconds, self._cut_off, [overdue])
        alarm.daemon = True
        alarm.start()
        try:
            answer = self._exchange(question)
        finally:
            alarm.cancel()
        if answer is not None:
            return answer
        self.end()
        if overdue.is_set():
            raise PictureError(
                f"The picture is not ready after {seconds:g} seconds.", code="picture.too-slow"
            )
        if question is None:
            raise PictureError("The process that decodes pixels does not start.", code="picture.too-slow")
        raise PictureError("The pixels cannot be decoded: their decoder broke down over them.")

    def _exchange(self, question: Mapping[str, Any] | None) -> Message | None:
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            return None
        try:
            if question is not None:
                send(cast(Any, into), question)
            return receive(cast(Any, out))
        except (OSError, ValueError):  # a broken pipe, or one that `end` has closed
            return None

    def _cut_off(self, overdue: threading.Event) -> None:
        overdue.set()
        self._process.kill()


def _apart() -> dict[str, Any]:
    """Ctrl-C at the server's terminal is not for its processes: it ends them itself."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
