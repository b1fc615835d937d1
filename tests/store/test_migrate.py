"""What the migrations make is what the tables say, and a copy is kept of what was there."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from openworklist.domain.errors import StoreError
from openworklist.store.database import open_database
from openworklist.store.migrate import bring_up_to_date, newest_revision
from openworklist.store.study_schema import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.sqlite3'}"
    made: str = request.getfixturevalue("make_postgresql")()
    return made.replace("postgresql:", "postgresql+psycopg:")


def test_migrations_make_the_tables_of_the_schema(url: str) -> None:
    bring_up_to_date(url)
    bring_up_to_date(url)  # nothing is left to do
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()
    engine.dispose()


def _set_revision(folder: Path, revision: str) -> None:
    with closing(sqlite3.connect(folder / "openworklist.sqlite3", isolation_level=None)) as driver:
        driver.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    open_database("", tmp_path).close()
    _set_revision(tmp_path, "9999")
    with pytest.raises(StoreError, match="newer version") as caught:
        open_database("", tmp_path)
    assert caught.value.code == "store.newer"
    _set_revision(tmp_path, newest_revision())
    open_database("", tmp_path).close()  # and the folder is free again
