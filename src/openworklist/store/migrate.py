"""Brings a database's tables up to date when it is opened."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine

from openworklist.store.schema import metadata


def bring_up_to_date(url: str, *, backup: Path | None = None) -> None:
    engine = create_engine(url)
    try:
        metadata.create_all(engine)
    finally:
        engine.dispose()
