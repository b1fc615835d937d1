"""Brings a database's tables up to date when it is opened; Alembic is loaded only if there is work for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, create_engine, inspect, text

from openworklist.domain.errors import StoreError
from openworklist.store.copies import copy_sqlite

MIGRATIONS: Final = Path(__file__).with_name("migrations")
_LOCK: Final = 0x6F70656E776F726B  # of all servers on one PostgreSQL database, the first does the work


def newest_revision() -> str:
    """The last migration: their files are named by number."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def bring_up_to_date(url: str | URL, *, backup: Path | None = None) -> None:
    """Run the migrations that a database lacks, under a lock.

    `url` names SQLAlchemy's driver too: `sqlite`, `postgresql+psycopg`. `backup` is SQLite's file: a copy of
    it is made beside it first. StoreError if the database is newer than this program.
    """
    newest = newest_revision()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if _find_revision(connection) == newest:
                return
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK})
            found = _find_revision(connection)
            if found > newest:
                raise StoreError(
                    f"A newer version made the database (its tables are at {found}, ours at {newest}).",
                    where="database",
                    hint="install that version, or bring back the copy made before it",
                    code="store.newer",
                )
            if found and backup is not None:
                copy_sqlite(backup, backup.with_name(f"{backup.stem}.before-{newest}{backup.suffix}"))
            connection.rollback()
            if found != newest:
                _upgrade(connection)
    finally:
        engine.dispose()  # and with its session the lock is gone


def _find_revision(connection: Connection) -> str:
    """The last migration that ran here, "" on an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else ""


def _upgrade(connection: Connection) -> None:
    from alembic import command

    with connection.begin():
        command.upgrade(make_config(connection), "head")


def make_config(connection: Connection) -> Any:
    """Alembic's settings for a connection that is open."""
    from alembic.config import Config

    config = Config()
    # A % in the path of an installation would be read as a reference.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
