"""Files that came from an archive, kept for a while: those that nobody read for longest make room."""

from __future__ import annotations

import errno
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from openworklist.domain.errors import PeerError, StoreError, StoreFull
from openworklist.services.clock import Clock, read_clock

_LONGEST: Final = 3600 * 1_000_000  # microseconds that a file counts: archives correct what they have
_STEP: Final = 16 * 1024 * 1024  # bytes after which the disk is looked at again
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))


@dataclass(slots=True)
class _Entry:
    """A file under its key: `path` once it is whole. `users` have it open, or wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    path: Path | None = None
    size: int = 0
    came_at: int = 0
    users: int = 0


class Draft:
    """A file under way: PeerError if it becomes larger than the cache, StoreFull if the disk is full."""

    def __init__(self, path: Path, most_bytes: int, keep_free: int) -> None:
        self.path = path
        self.size = 0
        self._most = most_bytes
        self._keep_free = keep_free
        self._looked_at = -_STEP
        self._file: BinaryIO = open(path, "xb", buffering=0)  # noqa: SIM115 - until it is closed or discarded

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._most:
            raise PeerError(
                "The archive sends an instance that is larger than all that is kept of it may be.",
                hint="raise the option archive_cache",
                code="archive.too-large",
            )
        if self.size - self._looked_at >= _STEP:
            self._looked_at = self.size
            if shutil.disk_usage(self.path.parent).free < self._keep_free:
                raise StoreFull("The disk of the data folder is full.")
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def restart(self) -> None:
        """Begin anew with an empty file."""
        self._file.seek(0)
        self._file.truncate()
        self.size, self._looked_at = 0, -_STEP

    def keep(self) -> Path:
        """It is whole: its path from now on."""
        self._file.close()
        return self.path.rename(self.path.with_suffix(".dcm"))

    def discard(self) -> None:
        """Do away with it, unless it is kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class ArchiveCache:
    """Files below a folder, by key, for many threads. Blocking. `clean` it before the first use of a server.

    `find_sizes` says how many bytes may be kept, and how many must stay free on the disk.
    """

    def __init__(
        self, folder: Path, find_sizes: Callable[[], tuple[int, int]], *, clock: Clock = read_clock
    ) -> None:
        self._folder = folder
        self._find_sizes = find_sizes
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._size = 0

    def clean(self) -> None:
        """Do away with all files: an earlier run knew what they were."""
        with self._lock:
            self._entries.clear()
            self._size = 0
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def open(self, key: str, fetch: Callable[[Draft], None]) -> Iterator[Path]:
        """The file of a key, there for as long as this is open; `fetch` writes it if it is not there yet.

        Of several who want it one fetches, and the others wait. What `fetch` raises leaves nothing.
        """
        entry = self._enter(key)
        try:
            with entry.lock:
                path = self._find(entry) or self._fetch(entry, fetch)
            yield path
        finally:
            self._leave(key, entry)

    def _enter(self, key: str) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            entry.users += 1
            return entry

    def _leave(self, key: str, entry: _Entry) -> None:
        with self._lock:
            entry.users -= 1
            if entry.path is None and not entry.users and self._entries.get(key) is entry:
                del self._entries[key]
            self._make_room()

    def _find(self, entry: _Entry) -> Path | None:
        # What somebody else reads at this moment is not taken away.
        is_fresh = entry.users > 1 or self._clock() - entry.came_at < _LONGEST
        # Somebody may have emptied the folder.
        return entry.path if entry.path is not None and is_fresh and entry.path.is_file() else None

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """A file to be written, gone at the end unless it was kept. Trouble of the disk is a StoreError."""
        draft: Draft | None = None
        try:
            # Patients' data: for this user alone.
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = Draft(self._folder / f"{secrets.token_hex(16)}.part", *self._find_sizes())
            yield draft
        except OSError as error:
            raise _to_store_error(error) from error
        finally:
            if draft is not None:
                draft.discard()

    def _fetch(self, entry: _Entry, fetch: Callable[[Draft], None]) -> Path:
        with self.draft() as draft:
            fetch(draft)
            path = draft.keep()
        with self._lock:
            before, self._size = entry.path, self._size + draft.size - entry.size
            entry.path, entry.size, entry.came_at = path, draft.size, self._clock()
        if before is not None:
            self._remove(before)
        return path

    def _make_room(self) -> None:
        most = self._find_sizes()[0]
        for key, entry in list(self._entries.items()):
            if self._size <= most:
                return
            if entry.path is not None and not entry.users:
                del self._entries[key]
                self._size -= entry.size
                self._remove(entry.path)

    def _remove(self, path: Path) -> None:
        with suppress(OSError):  # the next start does it
            path.unlink()


def _to_store_error(error: OSError) -> StoreError:
    if error.errno in _FULL:
        return StoreFull("The disk of the data folder is full.")
    return StoreError(f"A file of the archive cannot be kept: {error.strerror}.")
