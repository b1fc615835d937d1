"""What drivers' errors mean: SQLite's are made by SQLite itself, PostgreSQL's by their codes (appendix A)."""

import sqlite3
from pathlib import Path

import pytest

from openworklist.domain.errors import DataFolderInUse, StoreBusy, StoreError, StoreFull, StoreSlow
from openworklist.store.failures import is_general, name, translate


def provoke(path: Path, *statements: str) -> sqlite3.Error:
    """The error of the last statement, on a small database that another connection may hold."""
    driver = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        for statement in statements:
            driver.execute(statement)
    except sqlite3.Error as error:
        return error
    finally:
        driver.close()
    raise AssertionError("nothing went wrong")


def full(path: Path) -> sqlite3.Error:
    return provoke(
        path, "CREATE TABLE things (content)", "PRAGMA max_page_count=2",
        "INSERT INTO things VALUES (zeroblob(100000))",
    )  # fmt: skip


def busy(path: Path) -> sqlite3.Error:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        return provoke(path, "BEGIN IMMEDIATE")
    finally:
        holder.close()


def not_unique(path: Path) -> sqlite3.Error:
    return provoke(
        path, "CREATE TABLE things (number UNIQUE)", "INSERT INTO things VALUES ('Doe^Jane')",
        "INSERT INTO things VALUES ('Doe^Jane')",
    )  # fmt: skip


def no_database(path: Path) -> sqlite3.Error:
    path.write_text("this is no database" * 100)
    return provoke(path, "SELECT * FROM things")


def no_table(path: Path) -> sqlite3.Error:
    return provoke(path, "SELECT * FROM things")


@pytest.mark.parametrize(
    ("make", "kind", "concerns_all"),
    [
        (full, StoreFull, True),
        (busy, StoreBusy, True),
        (no_database, StoreError, True),
        (not_unique, StoreError, False),
        (no_table, StoreError, False),
    ],
)
def test_sqlites_errors(make: object, kind: type[StoreError], concerns_all: bool, tmp_path: Path) -> None:
    error = make(tmp_path / "things.sqlite3")  # type: ignore[operator]
    translated = translate(error)
    assert type(translated) is kind
    assert translated.hint
    assert is_general(error) is concerns_all


class PostgresqlError(Exception):
    """As psycopg's: it has the code, and words that may quote a value."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("Key (patient_id)=(Doe^Jane) already exists.")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        ("53100", StoreFull),  # disk_full
        ("53300", StoreBusy),  # too_many_connections
        ("40001", StoreBusy),  # serialization_failure
        ("40P01", StoreBusy),  # deadlock_detected
        ("55P03", StoreBusy),  # lock_not_available
        ("57014", StoreSlow),  # query_canceled
        ("23505", StoreError),  # unique_violation
        (None, StoreError),
    ],
)
def test_postgresqls_errors(sqlstate: str | None, kind: type[StoreError]) -> None:
    translated = translate(PostgresqlError(sqlstate))
    assert type(translated) is kind
    # Not even as a cause, which a log at DEBUG would show with its words.
    assert translated.__cause__ is None
    assert "Doe" not in str(translated)


def test_an_error_of_ours_stays_what_it_is() -> None:
    error = DataFolderInUse("No.")
    assert translate(error) is error


def test_a_log_is_told_kind_and_code_and_no_value(tmp_path: Path) -> None:
    assert name(not_unique(tmp_path / "a")) == "IntegrityError SQLITE_CONSTRAINT_UNIQUE"
    assert name(full(tmp_path / "b")) == "OperationalError SQLITE_FULL"
    assert name(PostgresqlError("23505")) == "PostgresqlError 23505"
    assert name(ValueError("Doe^Jane")) == "ValueError"
