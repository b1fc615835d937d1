"""Statements, savepoints and locks, the same on both databases."""

import threading
from contextlib import suppress

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, bindparam, func, insert, literal, select, update

from openworklist.domain.errors import OrderError
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database
from openworklist.store.schema import NUMBER, TEXT

things = Table(
    "things",
    MetaData(),
    Column("id", NUMBER, primary_key=True),
    Column("name", TEXT),
    Column("content", LargeBinary),
)
INSERT = Statement(
    insert(things).values(name=bindparam("name"), content=bindparam("content")).returning(things.c.id)
)
ALL = Statement(select(things.c.name, things.c.content).order_by(things.c.id))
COUNT = Statement(select(func.count(), literal("%s ? :name 100%")).select_from(things))
RENAME = Statement(
    update(things).where(things.c.name == bindparam("before")).values(name=bindparam("after"), content=b"new")
)


@pytest.fixture(autouse=True)
def _table(database: Database, request: pytest.FixtureRequest) -> None:
    key = "serial" if "postgresql" in request.node.name else "INTEGER"
    kind = "bytea" if "postgresql" in request.node.name else "BLOB"
    text = f"CREATE TABLE things (id {key} PRIMARY KEY, name text, content {kind})"
    database.write(lambda connection: connection.execute_text(text))


def add(connection: Connection, name: str, content: bytes = b"") -> int:
    return connection.insert(INSERT, {"name": name, "content": content})


def names(database: Database) -> list[str]:
    return [row[0] for row in database.read(lambda connection: connection.run(ALL))]


def test_parameters_go_by_name_and_come_back_as_they_were(database: Database) -> None:
    name, content = "O'Brien; ü 山田 %s ? :name", bytes(range(256))
    assert database.write(lambda connection: add(connection, name, content)) == 1
    ((found, raw),) = database.read(lambda connection: connection.run(ALL))
    assert (found, bytes(raw)) == (name, content)


def test_keys_count_up_and_changed_rows_are_counted(database: Database) -> None:
    def change(connection: Connection) -> tuple[list[int], int]:
        keys = [add(connection, name) for name in ("a", "b", "a")]
        return keys, connection.run_count(RENAME, {"before": "a", "after": "c"})

    assert database.write(change) == ([1, 2, 3], 2)
    assert names(database) == ["c", "b", "c"]


def test_a_constant_in_a_statement_is_no_parameter(database: Database) -> None:
    assert database.read(lambda connection: connection.run(COUNT)) == [(0, "%s ? :name 100%")]


def test_a_savepoint_takes_back_what_failed_inside_it_alone(database: Database) -> None:
    def change(connection: Connection) -> None:
        add(connection, "before")
        with suppress(OrderError), connection.savepoint():
            add(connection, "inside")
            with suppress(OrderError), connection.savepoint():
                add(connection, "deeper")
                raise OrderError("No.")
            add(connection, "inside, after the deeper one")
            raise OrderError("No.")
        with connection.savepoint():
            add(connection, "kept")
        add(connection, "after")

    database.write(change)
    assert names(database) == ["before", "kept", "after"]


def test_a_deeper_savepoint_is_taken_back_alone(database: Database) -> None:
    def change(connection: Connection) -> None:
        with connection.savepoint():
            add(connection, "outer")
            with suppress(OrderError), connection.savepoint():
                add(connection, "inner")
                raise OrderError("No.")
            add(connection, "outer again")

    database.write(change)
    assert names(database) == ["outer", "outer again"]


def test_what_the_database_refuses_inside_a_savepoint_leaves_the_rest(database: Database) -> None:
    def change(connection: Connection) -> None:
        add(connection, "before")
        with suppress(Exception), connection.savepoint():
            connection.execute_text("INSERT INTO nowhere VALUES (1)")
        add(connection, "after")

    database.write(change)
    assert names(database) == ["before", "after"]


def test_who_has_a_lock_is_waited_for_and_sees_what_it_did(database: Database) -> None:
    """Every writer counts, then adds: without the lock two would count the same."""

    def change(connection: Connection) -> None:
        connection.lock("things")
        ((count, _),) = connection.run(COUNT)
        add(connection, str(count))

    threads = [threading.Thread(target=database.write, args=(change,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert names(database) == [str(number) for number in range(8)]
