"""Single files of the watched folder: read when nobody writes them, renamed without overwriting another."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

DONE: Final = ".DON"
FAILED: Final = ".ERR"
REASON: Final = ".reason"
_PIECE: Final = 64 * 1024
# A FIFO that nobody writes would else be waited for.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Stamp(NamedTuple):
    """What changes when a file is written: bytes, and nanoseconds since 1970."""

    size: int
    modified: int


class Changed(Exception):
    """The file is not what it was when it was looked at: it is being written, or there is a new one."""


class Stopped(Exception):
    """The watch is to end, in the middle of the file."""


def read_stamp(path: Path) -> Stamp:
    """OSError if it is gone, or no file."""
    # Not from the folder's listing: on Windows that is old while somebody writes the file.
    return _to_stamp(os.stat(path))


def _to_stamp(found: os.stat_result) -> Stamp:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "It is no file")
    return Stamp(found.st_size, found.st_mtime_ns)


@contextmanager
def open_still(path: Path, stamp: Stamp) -> Iterator[int]:
    """A descriptor to read the file with; Changed if it has another stamp, OSError if somebody locked it."""
    descriptor = os.open(path, _FLAGS)
    try:
        if _to_stamp(os.fstat(descriptor)) != stamp:
            raise Changed
        _share(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def read_pieces(descriptor: int, should_stop: Callable[[], bool]) -> Iterator[bytes]:
    while piece := os.read(descriptor, _PIECE):
        if should_stop():
            raise Stopped
        yield piece


def move_aside(path: Path, stamp: Stamp, ending: str, names: Collection[str]) -> Path:
    """Rename a file that was read to its name with `ending`, and a number if there is one of that name.

    `names` are those known to be in the folder. Changed if it is not the file that was read: then one of a
    watched name is there still.
    """
    if read_stamp(path) != stamp:
        raise Changed
    target = _find_free(path, ending, names)
    os.rename(path, target)
    if read_stamp(target) != stamp:
        # Written in this very moment: who renames a new file into place does so at any time.
        os.rename(target, path if not os.path.lexists(path) else _find_free_watched(path))
        raise Changed
    return target


def write_reason(failed: Path, text: str) -> None:
    """Put the reason beside a file that failed; OSError, and nothing is left of it, if there is no room."""
    path = failed.with_name(failed.name + REASON)
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _find_free(path: Path, ending: str, names: Collection[str]) -> Path:
    for number in count(1):
        name = f"{path.name}.{number}{ending}" if number > 1 else path.name + ending
        if name not in names and not any(
            os.path.lexists(path.with_name(name + more)) for more in ("", REASON)
        ):
            return path.with_name(name)
    raise AssertionError("numbers do not end")


def _find_free_watched(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}.{number}{path.suffix}") for number in count(2))
    return next(name for name in names if not os.path.lexists(name))


if sys.platform == "win32":

    def _share(descriptor: int) -> None:
        """Windows itself lets nobody read what another program holds."""

else:
    import fcntl

    _TAKEN: Final = frozenset((errno.EACCES, errno.EAGAIN))

    def _share(descriptor: int) -> None:
        """OSError if a program has locked the file; of both kinds, and Samba's are of the second."""
        for lock in (fcntl.flock, fcntl.lockf):
            try:
                lock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in _TAKEN:
                    raise OSError(errno.EAGAIN, "Another program has locked it") from error
