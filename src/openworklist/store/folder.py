"""The data folder belongs to one server at a time; the operating system's lock ends with its process."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import IO, Final

from openworklist.domain.errors import DataFolderInUse, StoreError

_NAME: Final = "openworklist.lock"
UNFINISHED: Final = "restore-unfinished"  # a file that is there while a backup takes its place in the folder
# What flock and msvcrt.locking say when somebody else has the lock.
_TAKEN: Final = frozenset((errno.EACCES, errno.EAGAIN, errno.EDEADLK))


class FolderLock:
    """Held from `take_folder` until `release`."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def release(self) -> None:
        self._file.close()


def take_folder(folder: Path) -> FolderLock:
    """Make the folder if need be and lock it; DataFolderInUse names the process that has it."""
    path = folder / _NAME
    try:
        # Patients' data will lie in it: a folder that we make is for this user alone.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(path, "a+", encoding="ascii")  # noqa: SIM115 - it stays open as long as the lock
    except OSError as error:
        raise _unusable(folder, error) from error
    try:
        _lock(file)
    except OSError as error:
        file.close()
        if error.errno not in _TAKEN:
            raise _unusable(folder, error) from error
        raise DataFolderInUse(
            f"The data folder {folder.resolve()} is in use by another server{_holder(path)}.",
            where="data",
            hint="stop that one, or give this one a folder of its own with --data",
        ) from error
    with contextlib.suppress(OSError):  # a full disk: the lock is held, it only does not say by whom
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
    return FolderLock(file)


def refuse_unfinished(folder: Path) -> None:
    """StoreError if a restore ended in the middle: what lies there may be of two states, or be missing."""
    if (folder / UNFINISHED).exists():
        raise StoreError(
            f"A restore into the data folder {folder} was broken off in the middle.",
            where="data",
            hint="restore again, with --force",
            code="store.restore-unfinished",
        )


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The data folder {folder} cannot be used: {error.strerror}.",
        where="data",
        hint="make it writable for this user, or choose another with --data",
        code="store.data-folder-unusable",
    )


def _holder(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        return f" (process {int(path.read_text(encoding='ascii'))})"
    return ""


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        # Far behind the text, so that others can read who holds it.
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
