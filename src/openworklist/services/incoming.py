"""One instance on its way in: pieces go to the disk as they come, and few of them wait in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from openworklist.dicom.instance_head import InstanceReader
from openworklist.dicom.part10 import encode_file_meta
from openworklist.domain.errors import InstanceError
from openworklist.domain.instance import Instance, Sender
from openworklist.store.study_files import Draft

if TYPE_CHECKING:
    from openworklist.services.storage import Storage

# Bytes worth a turn of a thread: a CT slice goes to the disk in one.
_PIECE: Final = 640 * 1024
_MOST: Final = 1024 * 1024  # bytes that may wait for the disk


class Incoming:
    """`write` what comes, then `finish`, or `drop` it. All but `put` is for the loop's thread.

    `draft` is its file, once something was written.
    """

    def __init__(
        self,
        storage: Storage,
        sender: Sender,
        uid: str,
        sop_class: str,
        transfer_syntax: str,
        resume: Callable[[], None],
        *,
        longest: int,
        problem: BaseException | None,
    ) -> None:
        self.draft: Draft | None = None
        self._storage = storage
        self._sender = sender
        self._uid = uid
        self._sop_class = sop_class
        self._transfer_syntax = transfer_syntax
        self._resume = resume
        self._longest = longest
        self._problem = problem  # why nothing more is written: the rest is only counted
        self._reader = InstanceReader(sop_class, uid, transfer_syntax)
        self._size = 0
        self._parts: list[bytes] = []
        self._waiting = 0  # bytes in them
        self._writing: asyncio.Future[Draft] | None = None

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be read before `resume` was called."""
        return self._waiting >= _MOST

    def write(self, data: bytes) -> None:
        self._size += len(data)
        if self._problem is not None:
            return
        if self._longest and self._size > self._longest:
            self._fail(InstanceError("It is larger than storage_max_size allows.", code="instance.too-large"))
            return
        self._reader.feed(data)
        self._parts.append(data)
        self._waiting += len(data)
        if self._waiting >= _PIECE and self._writing is None:
            self._write_parts()

    async def finish(self) -> None:
        """Store it; InstanceError or StoreError, and it is gone."""
        while self._writing is not None:
            await asyncio.wait((self._writing,))
        if self._problem is None:
            try:
                head = self._reader.read()
            except InstanceError as error:
                self._fail(error)
        if self._problem is not None:
            raise self._problem
        instance = Instance(
            head.study_uid,
            head.series_uid,
            self._uid,
            self._sop_class,
            self._transfer_syntax,
            head.values,
            self._size,
            self._sender.calling,
            self._sender.peer,
            self._storage.read_clock(),
        )
        await self._storage.keep(self, instance)

    def take(self) -> list[bytes]:
        """What waits to be written."""
        parts, self._parts = self._parts, []
        self._waiting = 0
        return parts

    def put(self, parts: list[bytes], instance: Instance | None = None) -> Draft:
        """Write these, with `instance` the last ones; for a thread."""
        if self.draft is None:
            self.draft = self._storage.begin(instance)
            parts.insert(0, self._encode_meta())
        self.draft.write(parts)
        return self.draft

    def drop(self) -> None:
        """Nobody waits for it any more."""
        if self._problem is None:
            self._fail(InstanceError("Its association has ended.", code="instance.unfinished"))

    def _encode_meta(self) -> bytes:
        calling, called, _ = self._sender
        return encode_file_meta(
            self._sop_class, self._uid, self._transfer_syntax, calling=calling, called=called
        )

    def _write_parts(self) -> None:
        self._writing = asyncio.ensure_future(self._storage.run(self.put, self.take()))
        self._writing.add_done_callback(self._note_written)

    def _note_written(self, task: asyncio.Future[Draft]) -> None:
        self._writing = None
        if task.cancelled():  # the loop ends
            return
        error = task.exception()
        if error is not None:
            self._fail(error)
        elif self._problem is not None:
            self._give_up()
        elif self._waiting >= _PIECE:
            self._write_parts()
        self._resume()

    def _fail(self, problem: BaseException) -> None:
        self._problem = self._problem or problem
        self.take()
        if self._writing is None:
            self._give_up()

    def _give_up(self) -> None:
        if self.draft is not None:
            self._storage.discard(self.draft)
            self.draft = None
