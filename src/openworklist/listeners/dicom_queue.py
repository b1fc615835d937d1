"""What a peer sent while it waits for an answer: in order, and bounded."""

from __future__ import annotations

from collections import deque
from typing import Final

from openworklist.dicom.events import CommandReceived, PartReceived, StoreBegun

Asked = CommandReceived | StoreBegun | PartReceived
_MOST: Final = 64  # commands and pieces of datasets
_MOST_BYTES: Final = 1 << 20  # of their datasets


class Queue:
    """True while something waits; `first` is what came first."""

    __slots__ = ("_bytes", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[Asked] = deque()
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def first(self) -> Asked:
        return self._waiting[0]

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be read before some of it was done."""
        return len(self._waiting) >= _MOST or self._bytes >= _MOST_BYTES

    def put(self, asked: Asked) -> None:
        self._waiting.append(asked)
        self._bytes += _size(asked)

    def take(self) -> Asked:
        """What came first; it waits no more."""
        asked = self._waiting.popleft()
        self._bytes -= _size(asked)
        return asked

    def withdraw(self, message_id: int) -> CommandReceived | None:
        """A command that waits and that its sender wants no more, if there is one."""
        for asked in self._waiting:
            if isinstance(asked, CommandReceived) and asked.command.message_id == message_id:
                self._waiting.remove(asked)
                self._bytes -= _size(asked)
                return asked
        return None

    def clear(self) -> None:
        self._waiting.clear()
        self._bytes = 0


def _size(asked: Asked) -> int:
    if type(asked) is PartReceived:
        return len(asked.data)
    return len(asked.dataset or b"") if type(asked) is CommandReceived else 0
