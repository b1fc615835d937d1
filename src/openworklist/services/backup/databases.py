"""The database of a backup: how each kind is copied, looked at, and brought back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import URL

from openworklist.domain.errors import BackupError, StoreError, StoreFull
from openworklist.services.backup.dump import Dump, check_dump
from openworklist.store.copies import copy_sqlite, examine_sqlite
from openworklist.store.database import Database, open_database
from openworklist.store.migrate import bring_up_to_date, newest_revision
from openworklist.store.sqlite import find_path

_BESIDE: Final = ("", "-wal", "-shm")  # SQLite's file, and what is beside it while it is open or after a kill


class Kept(Protocol):
    """The database of a server, as a backup sees it."""

    @property
    def kind(self) -> str:
        """As the manifest names it."""

    @property
    def path(self) -> Path | None:
        """The file that it is, if it is one."""

    def save(self, target: Path) -> None:
        """Copy it, as it is at one moment, into a file. StoreError if it cannot be."""

    def open_saved(self, saved: Path) -> Database:
        """What tells of what was saved, for reading."""

    def find_obstacles(self) -> list[Path]:
        """Files that have to make way for another one. BackupError where what is there is no file."""

    def put(self, saved: Path) -> str:
        """Bring tables up to date that have no place yet, or a server of databases; the URL to open."""


def find_database(url: str, data: Path) -> Kept:
    if not url or url.startswith("sqlite://"):
        return SqliteFile(find_path(url, data))
    return Dump(url, data)


def examine(kind: str, saved: Path, revision: str) -> None:
    """BackupError if a database that was saved cannot be brought back; it is read whole."""
    newest = newest_revision()
    if revision > newest:
        raise BackupError(
            f"A newer version made the backup (its tables are at {revision}, ours at {newest}).",
            hint="restore it with that version",
            code="backup.newer",
        )
    _EXAMINERS[kind](saved, revision)


@dataclass(frozen=True, slots=True)
class SqliteFile:
    path: Path
    kind: str = "sqlite"

    def save(self, target: Path) -> None:
        if not self.path.exists():
            raise StoreError(
                f"There is no database at {self.path}.", where="data", hint="name its folder with --data"
            )
        try:
            copy_sqlite(self.path, target)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
                raise StoreFull(
                    "There is no room left for the backup.", hint="it needs room for the database twice"
                ) from error
            raise StoreError(f"The database cannot be copied: {error}.", where=str(self.path)) from error

    def open_saved(self, saved: Path) -> Database:
        return open_database(_to_url(saved), saved.parent, read_only=True)

    def find_obstacles(self) -> list[Path]:
        return [path for end in _BESIDE if (path := self.path.with_name(self.path.name + end)).exists()]

    def put(self, saved: Path) -> str:
        # Without the copy that a new version leaves at its first start: the backup is one.
        bring_up_to_date(URL.create("sqlite", database=str(saved)))
        return _to_url(saved)


def _examine_sqlite(saved: Path, revision: str) -> None:
    found = examine_sqlite(saved)
    if found.damage:
        raise BackupError(
            f"The database in the backup is damaged: {found.damage[:300]}.", hint="take another one"
        )
    if found.revision != revision or not revision:
        raise BackupError("The database in the backup is not the one that its manifest tells of.")


def _to_url(path: Path) -> str:
    return f"sqlite:///{path.resolve()}"


_EXAMINERS: Final[Mapping[str, Callable[[Path, str], None]]] = {
    "sqlite": _examine_sqlite,
    "postgresql": check_dump,
}
