"""Makes a backup beside a running server: a state of the database, then what belongs to it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from openworklist import __version__
from openworklist.domain.errors import BackupError, OpenWorklistError, StoreFull
from openworklist.services.audit import Audit
from openworklist.services.backup.archive import Show, Writer
from openworklist.services.backup.contents import (
    DATABASES,
    KEPT,
    MANIFEST,
    STUDIES,
    Manifest,
    is_study_file,
)
from openworklist.services.backup.databases import find_database
from openworklist.services.backup.workshop import open_workshop
from openworklist.store.condition import read_condition
from openworklist.store.database import Database, open_database
from openworklist.store.migrate import newest_revision
from openworklist.store.studies import list_files
from openworklist.store.study_files import sync_folder

_PAGE: Final = 1000
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_FIRST_WITH_STUDIES: Final = "0002"  # the migration that made their tables


@dataclass(frozen=True, slots=True)
class Made:
    """`files` are images, `missing` those that the index names and that are not there; `size` in bytes.

    `gap` says why the audit trail does not tell of it.
    """

    path: Path
    manifest: Manifest
    size: int
    files: int
    missing: int
    gap: str = ""


def make_backup(
    url: str, data: Path, target: Path, *, with_studies: bool, force: bool, actor: str, now: int, show: Show
) -> Made:
    """Save a server's database and data folder; `target` is a file, or a folder for one named by the moment.

    `now` is microseconds since 1970. It is whole and on the disk under its name, or not there at all.
    BackupError, StoreError and their like if it cannot be made.
    """
    moment = datetime.fromtimestamp(now // 1_000_000, UTC)
    if target.is_dir():
        target = target / f"openworklist-{moment:%Y%m%dT%H%M%SZ}.tar"
    _refuse_existing(target, force)
    kept = find_database(url, data)
    with _naming(target), open_workshop(target.parent) as workshop:
        saved = workshop / DATABASES[kept.kind]
        kept.save(saved)
        with closing(kept.open_saved(saved)) as database:
            condition = database.read(read_condition)
            manifest = Manifest(
                made_at=moment.isoformat(),
                version=__version__,
                database=kept.kind,
                revision=condition.revision,
                records=condition.records,
                messages=condition.messages,
                has_studies=with_studies,
            )
            draft = workshop / "archive"
            with Writer(draft, workshop / "sums", show) as writer:
                files, missing = _write(writer, manifest, moment.timestamp(), saved, data, database)
        size = draft.stat().st_size
        _refuse_existing(target, force)
        os.replace(draft, target)
        sync_folder(target.parent)
    made = Made(target, manifest, size, files, missing)
    return replace(made, gap=_note(url, data, actor, made))


def _write(
    writer: Writer, manifest: Manifest, at: float, saved: Path, data: Path, database: Database
) -> tuple[int, int]:
    """How many images were saved, and how many were not there."""
    writer.add_bytes(MANIFEST, manifest.encode(), at)
    writer.add_file(DATABASES[manifest.database], saved)
    for name in KEPT:
        if (data / name).exists():
            writer.add_file(name, data / name)
    files = missing = 0
    if manifest.has_studies and manifest.revision >= _FIRST_WITH_STUDIES:
        for file in _list_files(database):
            if _add_image(writer, data, f"{STUDIES}/{file}"):
                files += 1
            else:
                missing += 1
    writer.finish()
    return files, missing


def _add_image(writer: Writer, data: Path, name: str) -> bool:
    """False if it is not there: another content took its place, or another server has it."""
    if not is_study_file(name):
        return False
    try:
        writer.add_file(name, data / name)
    except FileNotFoundError:
        return False
    return True


def _list_files(database: Database) -> Iterator[str]:
    """What the index names, page by page: there may be millions."""
    after = 0
    while page := database.read(partial(list_files, after=after, most=_PAGE)):
        yield from (file for _, file in page)
        after = page[-1][0]


def _refuse_existing(target: Path, force: bool) -> None:
    if not force and target.exists():
        raise BackupError(
            f"{target} is there already.",
            where=str(target),
            hint="choose another name, a folder, or --force",
            code="backup.exists",
        )


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Say of what the operating system refuses what it was about."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(
                f"There is no room left for the backup {target}.",
                where=str(target.parent),
                hint="it needs room for the database twice, and for the images once",
            ) from error
        raise BackupError(
            f"The backup {target} cannot be made: {error.strerror or error}.",
            where=str(error.filename or target),
            code="backup.failed",
        ) from error


def _note(url: str, data: Path, actor: str, made: Made) -> str:
    """Take it up in the audit trail; why that cannot be, "" if it could."""
    if made.manifest.revision != newest_revision():
        return "the tables are older than this version"
    detail = f"{made.path.name}, images: {made.files if made.manifest.has_studies else 'left out'}"
    try:
        with closing(open_database(url, data, shared=True)) as database:
            Audit(database).note(actor, "backup.make", detail=detail)
    except OpenWorklistError as error:
        return error.sentence
    return ""
