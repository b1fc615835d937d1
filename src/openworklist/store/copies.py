"""Copies of SQLite's file: made while others write, and looked at before one is trusted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple


class Found(NamedTuple):
    """The revision of a database's tables, "" without any, and what is wrong with its file, "" if nothing."""

    revision: str
    damage: str


def copy_sqlite(source: Path, target: Path) -> None:
    """Make `target` a whole database, as `source` is at one moment; sqlite3.Error if that cannot be.

    Others go on writing meanwhile: the copy is one long read.
    """
    with closing(_open_for_reading(source)) as opened, closing(sqlite3.connect(target)) as copy:
        opened.backup(copy)
        # One file that needs none beside it, wherever it is carried; the server that opens it decides anew.
        copy.execute("PRAGMA journal_mode=DELETE")


def examine_sqlite(path: Path) -> Found:
    """Read a database whole, as it lies there."""
    try:
        with closing(_open_for_reading(path)) as opened:
            rows = opened.execute("PRAGMA integrity_check(3)").fetchall()
            found = [str(row[0]) for row in rows]
            if found != ["ok"]:
                return Found("", "; ".join(found))
            broken = opened.execute("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                return Found("", f"a row of {broken[0]} belongs to none of {broken[2]}")
            if not opened.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone():
                return Found("", "")
            row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
            return Found(str(row[0]) if row else "", "")
    except sqlite3.Error as error:
        return Found("", str(error))


def _open_for_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
