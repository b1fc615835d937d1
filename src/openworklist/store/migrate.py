"""Brings a database's tables up to date when it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, create_engine, text

from openworklist.store.schema import metadata

_LOCK: Final = 0x6F70656E776F726B  # of all servers on one PostgreSQL database, the first makes the tables


def bring_up_to_date(url: str | URL, *, backup: Path | None = None) -> None:
    """Make the tables that are missing. `url` names SQLAlchemy's driver too: `sqlite`, `postgresql+psycopg`."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
            metadata.create_all(connection)
    finally:
        engine.dispose()
