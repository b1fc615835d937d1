"""Brings a backup back into a data folder: all of it, or nothing is changed. Nothing is deleted."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from openworklist.domain.audit import Deed
from openworklist.domain.errors import BackupError, StoreFull
from openworklist.services.backup.archive import Show
from openworklist.services.backup.contents import DATABASES, STUDIES, Manifest
from openworklist.services.backup.databases import Kept, find_database
from openworklist.services.backup.opening import Opened, unpack
from openworklist.services.backup.workshop import open_workshop
from openworklist.store.audit import insert_deed
from openworklist.store.connection import Connection
from openworklist.store.database import open_database
from openworklist.store.folder import UNFINISHED, take_folder
from openworklist.store.outbound import count_waiting
from openworklist.store.records import skip_numbers
from openworklist.store.sessions import delete_all_sessions
from openworklist.store.studies import list_files
from openworklist.store.study_files import StudyFiles, sync_folder

_PAGE: Final = 1000
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
# Numbers of records that may have been given since the backup: other systems know them from control IDs.
_SKIPPED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Restored:
    """`aside` is where that lies which made way, None if nothing had to; `missing` are images that are not
    there though the index names them; `waiting` messages are still to be sent; `sessions` were ended.
    """

    manifest: Manifest
    files: int
    missing: int
    waiting: int
    sessions: int
    aside: Path | None


@dataclass(frozen=True, slots=True)
class _Finished:
    waiting: int
    sessions: int


def restore_backup(
    url: str, data: Path, archive: Path, *, force: bool, actor: str, now: int, show: Show
) -> Restored:
    """Bring a backup back as the database and the data folder of a server that does not run.

    `now` is microseconds since 1970. What is in its way moves aside, if `force` says so, and nothing else.
    BackupError if the backup or the place is not fit, DataFolderInUse if a server has the folder.
    """
    kept = find_database(url, data)
    with ExitStack() as stack:
        folders = [data.resolve(), *([kept.path.resolve().parent] if kept.path else [])]
        for folder in dict.fromkeys(folders):
            stack.callback(take_folder(folder).release)
        stack.enter_context(_naming(archive))
        workshop = stack.enter_context(open_workshop(data))
        _refuse_obstacles(kept.find_obstacles(), force)  # before what may take hours
        opened = unpack(archive, partial(_find_place, workshop), show)
        _refuse_other_kind(kept, opened)
        obstacles = [*kept.find_obstacles(), *_find_obstacles(data, opened)]
        _refuse_obstacles(obstacles, force)
        saved = workshop / DATABASES[kept.kind]
        finished = _finish(kept.put(saved), workshop, opened, archive, actor, now)
        moment = datetime.fromtimestamp(now // 1_000_000, UTC)
        aside = data / f"before-restore-{moment:%Y%m%dT%H%M%SZ}" if obstacles else None
        _take_place(data, kept, workshop, opened, obstacles, aside)
    missing = _count_missing(url, data)
    return Restored(opened.manifest, opened.files, missing, finished.waiting, finished.sessions, aside)


def _find_place(workshop: Path, name: str) -> Path:
    return workshop / name


def _refuse_other_kind(kept: Kept, opened: Opened) -> None:
    if opened.manifest.database != kept.kind:
        raise BackupError(
            f"The backup is of a database of {opened.manifest.database}, the settings name {kept.kind}.",
            where="database",
            hint="name one of the same kind with --database",
            code="backup.other-database",
        )


def _find_obstacles(data: Path, opened: Opened) -> list[Path]:
    """What the files beside the database would take the place of."""
    found = [data / name for name in opened.names if (data / name).exists()]
    studies = data / STUDIES
    if opened.files and studies.is_mount():
        raise BackupError(
            "The folder of studies is a disk of its own, which no other can take the place of.",
            where=str(studies),
            hint="unmount it, or copy the images there and restore a backup without images",
            code="backup.failed",
        )
    if opened.files and studies.exists() and any(studies.iterdir()):
        found.append(studies)
    return found


def _refuse_obstacles(obstacles: Sequence[Path], force: bool) -> None:
    if obstacles and not force:
        raise BackupError(
            f"There is a server's data already: {obstacles[0]}.",
            where="data",
            hint="name another folder with --data, or move what is there aside with --force",
            code="backup.not-empty",
        )


def _finish(url: str, workshop: Path, opened: Opened, archive: Path, actor: str, now: int) -> _Finished:
    """What must not be as it was: who is logged in, and the numbers that are given next."""
    deed = Deed(now, actor, "backup.restore", detail=f"{archive.name} of {opened.manifest.made_at}")

    def change(connection: Connection) -> _Finished:
        # Somebody may have been locked out since: passwords are as they were, but they are asked for.
        sessions = delete_all_sessions(connection)
        skip_numbers(connection, _SKIPPED)
        insert_deed(connection, deed)
        return _Finished(count_waiting(connection), sessions)

    with closing(open_database(url, workshop, shared=True)) as database:
        return database.write(change)


def _take_place(
    data: Path, kept: Kept, workshop: Path, opened: Opened, obstacles: Sequence[Path], aside: Path | None
) -> None:
    """Give all its place, or put back what had it. A server does not start while that is half done."""
    if hasattr(os, "sync"):
        os.sync()  # once, for what may be millions of files
    moves = [(path, aside / path.name) for path in obstacles] if aside else []
    moves += [(workshop / name, data / name) for name in opened.names]
    if opened.files:
        moves.append((workshop / STUDIES, data / STUDIES))
    if kept.path is not None:
        moves.append((workshop / DATABASES[kept.kind], kept.path))
    mark = data / UNFINISHED
    mark.touch(mode=0o600)
    sync_folder(data)
    if aside is not None:
        aside.mkdir(mode=0o700, exist_ok=True)
    moved: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            _move(source, target)
            moved.append((source, target))
    except OSError:
        for source, target in reversed(moved):
            _move(target, source)
        mark.unlink()
        raise
    if not opened.files:
        StudyFiles(data / STUDIES).spare()
    sync_folder(data)
    mark.unlink()
    sync_folder(data)


def _move(source: Path, target: Path) -> None:
    """By its name, or onto another disk: whole or not at all."""
    if target.is_dir() and not any(target.iterdir()):
        target.rmdir()
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        draft = target.with_name(f"{target.name}.moving")
        shutil.copy2(source, draft)
        with open(draft, "r+b") as file:
            os.fsync(file.fileno())
        draft.rename(target)
        source.unlink()
    sync_folder(target.parent)


def _count_missing(url: str, data: Path) -> int:
    """Images that the index names and that are not in the folder."""
    missing = after = 0
    with closing(open_database(url, data, read_only=True)) as database:
        while page := database.read(partial(list_files, after=after, most=_PAGE)):
            missing += sum(not (data / STUDIES / file).exists() for _, file in page)
            after = page[-1][0]
    return missing


@contextmanager
def _naming(archive: Path) -> Iterator[None]:
    """Say of what the operating system refuses what it was about."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(
                "There is no room left for what is in the backup.",
                where=str(error.filename or "data"),
                hint="make room; nothing was changed",
            ) from error
        raise BackupError(
            f"The backup {archive} cannot be restored: {error.strerror or error}.",
            where=str(error.filename or archive),
            code="backup.failed",
        ) from error
