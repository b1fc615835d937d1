"""Statements, and the connection that runs them: SQLAlchemy writes the SQL, the driver runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Final, Literal

from sqlalchemy import Executable, FromClause
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

DialectName = Literal["sqlite", "postgresql"]
Values = Mapping[str, object]


class _SqliteCompiler(SQLiteCompiler):
    """Writes what `with_hint` says of a table (INDEXED BY …), which SQLAlchemy leaves out."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


class _SqliteDialect(pysqlite.dialect):
    statement_compiler = _SqliteCompiler
    supports_statement_cache = False  # Statement keeps what was compiled


_DIALECTS: Final[dict[DialectName, Any]] = {
    "sqlite": _SqliteDialect(paramstyle="qmark"),
    "postgresql": psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
}


class Statement:
    """A statement whose text is made once for each database; its parameters go by name."""

    __slots__ = ("_compiled", "_construct")

    def __init__(self, construct: Executable) -> None:
        self._construct = construct
        self._compiled: dict[DialectName, tuple[str, tuple[str, ...], Values]] = {}

    def compile(self, dialect: DialectName) -> tuple[str, tuple[str, ...], Values]:
        """The text, the names of its parameters in order, and the values of those that are constant."""
        found = self._compiled.get(dialect)
        if found is None:
            compiled = self._construct.compile(  # type: ignore[attr-defined]
                dialect=_DIALECTS[dialect], compile_kwargs={"render_postcompile": True}
            )
            wanted = {name for name, bind in compiled.binds.items() if bind.required}
            given = {name: value for name, value in compiled.params.items() if name not in wanted}
            found = self._compiled[dialect] = (str(compiled), tuple(compiled.positiontup), given)
        return found


class Connection:
    """One transaction's connection to the driver: sqlite3 or psycopg."""

    __slots__ = ("_cursor", "_savepoints", "dialect")

    def __init__(self, cursor: Any, dialect: DialectName) -> None:
        self._cursor = cursor
        self._savepoints = 0
        self.dialect = dialect

    def run(self, statement: Statement, values: Values = {}) -> list[tuple[Any, ...]]:  # noqa: B006 - never changed
        """Run a statement that answers with rows."""
        self._execute(statement, values)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows

    def run_count(self, statement: Statement, values: Values = {}) -> int:  # noqa: B006
        """Run a statement that changes rows; how many it changed."""
        self._execute(statement, values)
        count: int = self._cursor.rowcount
        return count

    def insert(self, statement: Statement, values: Values) -> int:
        """Run an INSERT … RETURNING of one integer key; that key."""
        self._execute(statement, values)
        key: int = self._cursor.fetchall()[0][0]
        return key

    def execute_text(self, text: str) -> None:
        """Run a statement without parameters or answer, in the database's own words."""
        self._cursor.execute(text)

    def lock(self, key: str) -> None:
        """Let no other transaction work on `key` until this one ends. SQLite has one writer anyway."""
        if self.dialect == "postgresql":
            number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
            self._cursor.execute("SELECT pg_advisory_xact_lock(%s)", (number,))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is taken back if it raises; the rest of the transaction stays."""
        self._savepoints += 1
        name = f"s{self._savepoints}"
        self._cursor.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException as error:
            try:
                self._cursor.execute(f"ROLLBACK TO {name}")
                self._cursor.execute(f"RELEASE {name}")
            except Exception:  # noqa: BLE001 - a full disk or a lost connection took the whole transaction
                raise error from None
            raise
        else:
            self._cursor.execute(f"RELEASE {name}")
        finally:
            self._savepoints -= 1

    def _execute(self, statement: Statement, values: Values) -> None:
        text, names, given = statement.compile(self.dialect)
        if given:
            values = {**given, **values}
        self._cursor.execute(text, [values[name] for name in names])
