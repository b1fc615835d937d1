"""What the drivers' errors mean to the people who run the server."""

from __future__ import annotations

import sqlite3
from typing import Final

from openworklist.domain.errors import StoreBusy, StoreError, StoreFull

_FULL: Final = StoreFull, "There is no room left on the database's disk.", "make room; the sender tries again"
_BUSY: Final = StoreBusy, "Another program holds the database.", "close it"
_FAILED: Final = StoreError, "The database refused.", "look at the log and at the disk"

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
}
# SQLSTATE classes and codes, PostgreSQL appendix A.
_POSTGRESQL: Final = {
    "53100": _FULL,
    "53200": _FULL,
    "40001": _BUSY,
    "40P01": _BUSY,
    "55P03": _BUSY,
    "57014": _BUSY,
}


def translate(error: Exception) -> StoreError:
    """The error of ours for one of sqlite3 or psycopg; one of ours stays what it is."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, sqlite3.Error):
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        kind, sentence, hint = _SQLITE.get(primary, _FAILED)
    else:
        kind, sentence, hint = _POSTGRESQL.get(getattr(error, "sqlstate", "") or "", _FAILED)
    # The driver's own words name tables and constraints, at times values: they go no further than the log.
    translated = kind(sentence, hint=hint)
    translated.__cause__ = error
    return translated
