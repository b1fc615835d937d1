"""One look after the other at the watched folder: which files stand still, and what becomes of them."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openworklist.domain.errors import StoreError
from openworklist.listeners.folder_files import (
    DONE,
    FAILED,
    Changed,
    Stamp,
    Stopped,
    move_aside,
    open_still,
    read_pieces,
    read_stamp,
    write_reason,
)
from openworklist.services.file_report import Report
from openworklist.services.files import Files
from openworklist.services.reading import Source

log = logging.getLogger(__name__)

CHANNEL: Final = "folder"
_WATCHED: Final = (".txt", ".hl7")
_EMPTY_PATIENCE: Final = 60.0  # seconds until an empty file is taken for what it is: writers begin with one
_STORE_PATIENCE: Final = 30.0  # seconds to leave a database alone that could take nothing
_MOST_PATIENCE: Final = 60.0  # seconds between tries of a file: they begin at one and double
_MOST_OWED: Final = 100


@dataclass(slots=True)
class _Sighting:
    """A file that was seen; one that is `taken` lacks only its new name."""

    stamp: Stamp
    since: float
    is_still: bool = False
    taken: Report | None = None
    resume_at: float = 0.0
    patience: float = 1.0


class FolderWatch:
    """Takes the files of a folder once they have stood still from one `poll` to the next.

    A poll raises nothing that the folder or the database may do: it is noted in `problems`, and the next one
    tries again. A file whose taking was cut off is taken again from its beginning, and nothing is applied
    twice. `count` is told `files_done` and `files_failed`.
    """

    def __init__(
        self,
        folder: Path,
        files: Files,
        *,
        erase: bool = False,
        clock: Callable[[], float] = time.monotonic,
        should_stop: Callable[[], bool] = lambda: False,
        count: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._folder = folder
        self._files = files
        self._erase = erase
        self._clock = clock
        self._should_stop = should_stop
        self._count = count
        self._seen: dict[str, _Sighting] = {}
        self._names: set[str] = set()  # of everything in the folder
        self._owed: dict[Path, str] = {}  # reasons that could not be written
        self._resume_at = 0.0
        self.problems: dict[str, str] = {}  # by name; "" is the folder's own, or the database's
        self.done = 0
        self.failed = 0

    @property
    def waiting(self) -> int:
        """Files that were seen and not taken yet."""
        return len(self._seen)

    def poll(self) -> None:
        """Look once, and take what stands still, the oldest first."""
        now = self._clock()
        try:
            self._look(now)
        except OSError as error:
            self._note("", f"The folder cannot be read: {error.strerror}.")
            return
        self._write_owed()
        if now < self._resume_at:
            return
        ready = [
            (seen.stamp.modified, name) for name, seen in self._seen.items() if self._is_ready(seen, now)
        ]
        for _, name in sorted(ready):
            if self._should_stop():
                return
            try:
                self._take(name, self._seen[name])
            except StoreError as error:
                self._resume_at = self._clock() + _STORE_PATIENCE
                self._note("", error.sentence)
                return
            except Exception as error:
                # The edge: one that we fail at does not stop the others.
                self._postpone(name, f"An error of ours: {type(error).__name__}.")
                log.error("a file of the watched folder was not taken", extra={"error": type(error).__name__})
                log.debug("the error", exc_info=error)
        self.problems.pop("", None)

    def _look(self, now: float) -> None:
        with os.scandir(self._folder) as entries:
            self._names = {entry.name for entry in entries}
        before, self._seen = self._seen, {}
        for name in self._names:
            # Names that begin with a dot are those of copying programs and file managers.
            if not name.lower().endswith(_WATCHED) or name.startswith("."):
                continue
            try:
                stamp = read_stamp(self._folder / name)
            except FileNotFoundError:
                continue
            except OSError as error:
                self._note(name, f"It cannot be read: {error.strerror}.")
                continue
            seen = before.get(name)
            if seen is not None and seen.stamp == stamp:
                seen.is_still = True
                self._seen[name] = seen
            else:
                self._seen[name] = _Sighting(stamp, now)
        for name in self.problems.keys() - self._names - {""}:
            del self.problems[name]

    def _is_ready(self, seen: _Sighting, now: float) -> bool:
        is_due = seen.is_still and now >= seen.resume_at
        return is_due and (seen.stamp.size > 0 or now - seen.since >= _EMPTY_PATIENCE)

    def _take(self, name: str, seen: _Sighting) -> None:
        path = self._folder / name
        try:
            if seen.taken is None:
                seen.taken = self._read(path, seen.stamp)
            self._finish(path, seen.stamp, seen.taken)
        except (FileNotFoundError, Changed):
            log.info("a file of the watched folder changed while it was taken")
            log.debug("the file", extra={"file": name})
        except Stopped:
            return
        except OSError as error:
            before = "It was taken, but cannot be renamed" if seen.taken else "It cannot be read"
            self._postpone(name, f"{before}: {error.strerror}.")
            return
        self._seen.pop(name)
        self.problems.pop(name, None)

    def _read(self, path: Path, stamp: Stamp) -> Report:
        report = Report()
        source = Source(CHANNEL, path.name)
        with open_still(path, stamp) as descriptor:
            for taken in self._files.take(read_pieces(descriptor, self._should_stop), source):
                report.add(taken)
        if self._should_stop() and not report.is_good:
            raise Stopped  # what failed may have failed for that
        return report

    def _finish(self, path: Path, stamp: Stamp, report: Report) -> None:
        """Rename or delete a file whose messages are on disk."""
        if report.is_good:
            target = move_aside(path, stamp, DONE, self._names)
            if self._erase:
                self._delete(target)
            self.done += 1
            self._count("files_done")
            log.info("a file was taken", extra={"messages": report.total})
            return
        target = move_aside(path, stamp, FAILED, self._names)
        self._owed[target] = report.format(path.name)
        if len(self._owed) > _MOST_OWED:
            self._owed.pop(next(iter(self._owed)))
        self._write_owed()
        self.failed += 1
        self._count("files_failed")
        log.warning(
            "a file of the watched folder failed", extra={"messages": report.total, "failed": report.failed}
        )
        log.debug("the file", extra={"file": path.name})

    def _delete(self, path: Path) -> None:
        try:
            path.unlink()
        except OSError as error:
            log.warning("a file that was taken cannot be deleted", extra={"reason": error.strerror})

    def _write_owed(self) -> None:
        """Write the reasons of files that failed; those that cannot be written now are tried again."""
        for path, text in list(self._owed.items()):
            try:
                if os.path.lexists(path):
                    write_reason(path, text)
            except OSError as error:
                self._note(path.name, f"Its reason cannot be written: {error.strerror}.")
            else:
                del self._owed[path]
                self.problems.pop(path.name, None)

    def _postpone(self, name: str, problem: str) -> None:
        seen = self._seen[name]
        seen.resume_at = self._clock() + seen.patience
        seen.patience = min(2 * seen.patience, _MOST_PATIENCE)
        self._note(name, problem)

    def _note(self, name: str, problem: str) -> None:
        """Remember what is wrong, and log it once. A file's name may be a patient's."""
        if self.problems.get(name) == problem:
            return
        self.problems[name] = problem
        log.warning("the watched folder has a problem", extra={"reason": problem})
        log.debug("the file", extra={"file": name})
