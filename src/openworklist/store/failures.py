"""What the drivers' errors mean to the people who run the server."""

from __future__ import annotations

import sqlite3
from typing import Final

from openworklist.domain.errors import StoreBusy, StoreError, StoreFull, StoreSlow

_FULL: Final = StoreFull, "There is no room left on the database's disk.", "make room; the sender tries again"
_BUSY: Final = StoreBusy, "Another program holds the database.", "close it"
_SLOW: Final = StoreSlow, "The database was asked for too much.", "ask for less"
_FAILED: Final = StoreError, "The database refused.", "look at the log and at the disk"

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_INTERRUPT: _SLOW,
}
# About the disk or the whole database, not one change: SQLite may have rolled back all that was going on.
_GENERAL: Final = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )
)
# SQLSTATE classes and codes, PostgreSQL appendix A.
_POSTGRESQL: Final = {
    "53100": _FULL,
    "53300": _BUSY,
    "40001": _BUSY,
    "40P01": _BUSY,
    "55P03": _BUSY,
    "57014": _SLOW,
}


def translate(error: Exception) -> StoreError:
    """The error of ours for one of sqlite3 or psycopg; one of ours stays what it is."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, sqlite3.Error):
        kind, sentence, hint = _SQLITE.get(_primary(error), _FAILED)
    else:
        kind, sentence, hint = _POSTGRESQL.get(getattr(error, "sqlstate", "") or "", _FAILED)
    translated = kind(sentence, hint=hint)
    if isinstance(error, sqlite3.Error):
        translated.__cause__ = error  # PostgreSQL's own words tell values: they stay behind
    return translated


def is_general(error: Exception) -> bool:
    """Whether an error of SQLite's is about the disk or the whole database."""
    return isinstance(error, sqlite3.Error) and _primary(error) in _GENERAL


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another program holds SQLite's database."""
    return _primary(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def name(error: BaseException) -> str:
    """What a log may say of an error: its kind and the database's code, no value."""
    code = getattr(error, "sqlite_errorname", "") or getattr(error, "sqlstate", "") or ""
    return f"{type(error).__name__} {code}".rstrip()


def _primary(error: sqlite3.Error) -> int:
    # The low byte of SQLite's extended code; the driver's own complaints have none.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
