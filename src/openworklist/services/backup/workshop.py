"""A folder in which something is made before it has its place: for this user alone, and gone after."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from openworklist.domain.errors import StoreError
from openworklist.store.folder import take_folder

_BEGINNING: Final = ".openworklist-"
_ENDING: Final = ".part"


@contextmanager
def open_workshop(beside: Path) -> Iterator[Path]:
    """A new folder in `beside`. Those that a kill left there are removed: patients' data lie in them."""
    for left in beside.glob(f"{_BEGINNING}*{_ENDING}"):
        _sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=_BEGINNING, suffix=_ENDING, dir=beside))
    try:
        lock = take_folder(folder)
        try:
            yield folder
        finally:
            lock.release()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(left: Path) -> None:
    """Remove one that nobody works in; what belongs to somebody else is left alone."""
    with suppress(OSError, StoreError):
        known = left.lstat()
        if not stat.S_ISDIR(known.st_mode) or (hasattr(os, "geteuid") and known.st_uid != os.geteuid()):
            return
        lock = take_folder(left)
        lock.release()
        shutil.rmtree(left)
