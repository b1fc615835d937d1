"""The databases that tests of the store run on: a SQLite file, and a real PostgreSQL where there is one."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openworklist.store.database import Database, open_database

WAY = "PostgreSQL not found: apt-get install postgresql"


def _find(program: str) -> str | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(program) or next((str(p / program) for p in places if (p / program).exists()), None)


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own on a free port, gone after the tests."""
    initdb, control = _find("initdb"), _find("pg_ctl")
    if initdb is None or control is None:
        pytest.skip(WAY)
    folder = tmp_path_factory.mktemp("postgresql")
    data = folder / "data"
    user: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        for path in (folder, *folder.parents):
            if path.stat().st_uid == 0 and path.name.startswith("pytest"):
                path.chmod(0o755)
        shutil.chown(folder, "postgres")
        user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, capture_output=True, cwd=folder, timeout=120)

    run(initdb, "-D", str(data), "-A", "trust", "-U", "worklist", "-E", "UTF8", "--locale=C.UTF-8")
    start = ["start", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options]
    subprocess.run(
        [*user, control, *start], check=True, cwd=folder, timeout=120,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"postgresql://worklist@127.0.0.1:{port}/postgres"
    finally:
        run(control, "stop", "-w", "-m", "fast", "-D", str(data))


@pytest.fixture(scope="session")
def make_postgresql(postgresql_url: str) -> Any:
    import psycopg

    count = iter(range(1_000_000))

    def make() -> str:
        """The URL of a new, empty database."""
        name = f"t{next(count)}"
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgresql_url.rpartition("/")[0] + f"/{name}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("make_postgresql")()
    return url


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(database_url, tmp_path)
    yield opened
    opened.close()
