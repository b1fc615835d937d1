"""The database: whether it opens, its revision and soundness, and how much is in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from openworklist.domain.errors import OpenWorklistError
from openworklist.services.doctor.backup import check_backup
from openworklist.services.doctor.case import Case
from openworklist.services.doctor.finding import Finding, Level
from openworklist.store.condition import Condition, find_damage, read_condition
from openworklist.store.database import Database, open_database
from openworklist.store.migrate import newest_revision

_MIB: Final = 1024 * 1024
_QUICKLY: Final = 256 * _MIB  # a database up to this size is read whole
_LARGE_LOG: Final = 512 * _MIB
_SLOW: Final = 0.02  # seconds to PostgreSQL and back


def check_database(case: Case) -> Iterator[Finding]:
    """One finding each about the tables, soundness, SQLite's log or PostgreSQL's settings, and backups."""
    is_sqlite = not case.database.startswith("postgres")
    path = find_file(case)
    if is_sqlite and not path.exists():
        yield Finding(
            "database",
            Level.WARNING,
            f"There is no database at {path}: a server that starts with these settings makes one.",
            "if there should be one, name its folder with --data",
        )
        return
    with closing(open_database(case.database, case.data, read_only=True)) as database:
        condition = database.read(read_condition)
        yield _check_tables(condition, path if is_sqlite else None)
        if is_sqlite:
            yield _check_soundness(case, database, condition.size)
            yield _check_log(path)
        else:
            yield _check_postgresql(database, condition)
        if condition.revision == newest_revision():
            yield from check_backup(database)


def find_file(case: Case) -> Path:
    """SQLite's file."""
    name = case.database.removeprefix("sqlite://").removeprefix("/")
    return Path(name) if name else case.data / "openworklist.sqlite3"


def _check_tables(condition: Condition, path: Path | None) -> Finding:
    newest = newest_revision()
    details = (
        *((("file", str(path)),) if path else ()),
        ("size", f"{condition.size / _MIB:.1f} MiB"),
        ("records", str(condition.records)),
        ("messages", str(condition.messages)),
        ("revision", condition.revision or "none"),
        ("version", condition.version),
    )
    if condition.revision > newest:
        return Finding(
            "database",
            Level.PROBLEM,
            f"A newer version made the database (its tables are at {condition.revision}, ours at {newest}).",
            "install that version, or bring back the copy made before it",
            details,
        )
    if condition.revision < newest:
        return Finding(
            "database",
            Level.WARNING,
            f"The tables are at {condition.revision or 'none'}, ours at {newest}.",
            "the next start of the server brings them up to date",
            details,
        )
    sentence = f"It opens. Records: {condition.records}, messages: {condition.messages}."
    return Finding("database", Level.OK, sentence, "", details)


def _check_soundness(case: Case, database: Database, size: int) -> Finding:
    name = "database file"
    if size > _QUICKLY and not case.is_thorough:
        return Finding(name, Level.OK, "It is large and was not read whole.", "--thorough reads all of it")
    began = time.perf_counter()
    try:
        damage = database.read(find_damage)
    except OpenWorklistError as error:
        damage = error.sentence
    details = (("took", f"{time.perf_counter() - began:.1f} s"),)
    if damage:
        return Finding(
            name,
            Level.PROBLEM,
            f"The database file is damaged: {damage[:300]}",
            "stop the server, keep a copy of the data folder, and bring back the last backup",
            details,
        )
    return Finding(name, Level.OK, "It was read whole and is sound.", "", details)


def _check_log(path: Path) -> Finding:
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    details = (("size", f"{size / _MIB:.1f} MiB"),)
    if size > _LARGE_LOG:
        return Finding(
            "write-ahead log",
            Level.WARNING,
            f"It has {size // _MIB} MiB: some program has been reading the database for long.",
            "end programs that have the database open, like a backup that hangs",
            details,
        )
    return Finding("write-ahead log", Level.OK, f"It has {size / _MIB:.1f} MiB.", "", details)


def _check_postgresql(database: Database, condition: Condition) -> Finding:
    began = time.perf_counter()
    database.read(lambda connection: connection.execute_text("SELECT 1"))
    took = time.perf_counter() - began
    details = (
        ("version", condition.version),
        ("there and back", f"{took * 1000:.1f} ms"),
        ("synchronous_commit", condition.synchronous_commit),
        ("collation", condition.collation),
    )
    sentence = f"PostgreSQL {condition.version} answers in {took * 1000:.1f} ms."
    if took > _SLOW:
        return Finding(
            "PostgreSQL",
            Level.WARNING,
            sentence,
            "put it nearer: an order waits for several answers",
            details,
        )
    return Finding("PostgreSQL", Level.OK, sentence, "", details)
