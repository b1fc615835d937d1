"""The whole server as people start it: the real command, on free ports, in a folder of its own.

And the databases that tests run on: a SQLite file, and a real PostgreSQL where there is one.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

from openworklist.services.certificate_making import make_certificates
from openworklist.store.database import Database, open_database

# How long an example takes is the machine's affair.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_COMMAND = Path(sys.executable).with_name("openworklist")
# At least two: half of the time a test waits for a server. Each has a PostgreSQL of its own.
_WORKERS = (2, 8)
_SECONDS = 60  # for what takes one or two on a quiet machine
_ATTEMPTS = 5

Ended = subprocess.CompletedProcess[str]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` means here."""
    least, most = _WORKERS
    return min(max(os.cpu_count() or 0, least), most)


def _find_ports(count: int) -> list[int]:
    """Ports that nobody holds just now; somebody may have taken one before a server opens it."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _environment() -> dict[str, str]:
    """Ours without the settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OPENWORKLIST_")}


@contextmanager
def _killing(process: subprocess.Popen[str]) -> Iterator[None]:
    """Nobody waits for ever for what a process prints."""
    timer = threading.Timer(_SECONDS, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@dataclass
class Running:
    process: subprocess.Popen[str]
    hl7: int
    dicom: int
    web: int
    data: Path
    log: Path
    said: str  # what it printed

    def kill(self) -> None:
        """As the power going off would, for the process; nothing if it has ended."""
        self.process.kill()
        self._end()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        output = self.process.stdout
        if output and not output.closed:
            # Not by communicate(), which misses what was read ahead with the first line.
            with _killing(self.process), output:
                self.said += output.read()
        return self.process.wait(_SECONDS)


def _start(data: Path, *more: str) -> Running:
    """A server that said it is ready."""
    for _ in range(_ATTEMPTS):
        running = _try_to_start(data, *more)
        if running.said.startswith("ready:"):
            return running
        running.kill()
        if "(listener.port-taken)" not in running.log.read_text():
            break
    raise AssertionError(running.said + running.log.read_text())


def _try_to_start(data: Path, *more: str) -> Running:
    """A server that has said something, or ended."""
    hl7, dicom, web = _find_ports(3)
    ports = ["--hl7-port", str(hl7), "--dicom-port", str(dicom), "--web-port", str(web)]
    command = [str(_COMMAND), "serve", "--data", str(data), "--host", "127.0.0.1", *ports, *more]
    log = data.parent / f"server-{hl7}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=file, text=True, env=_environment()
        )
    assert process.stdout is not None
    with _killing(process):
        line = process.stdout.readline()
    return Running(process, hl7, dicom, web, data, log, line)


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `server` keeps its data; a module that wants records in it from the start has one of its own."""
    return tmp_path_factory.mktemp("server") / "data"


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    """What `server` is started with besides; a module that wants other settings has one of its own."""
    return ()


@pytest.fixture(scope="module")
def server(data_folder: Path, server_flags: tuple[str, ...]) -> Iterator[Running]:
    running = _start(data_folder, *server_flags)
    try:
        yield running
        assert running.stop() == 0
    finally:
        running.kill()


@pytest.fixture
def start_server() -> Iterator[Callable[..., Running]]:
    """Starts a server on a folder. The test ends it; what a failed test leaves is killed."""
    started: list[Running] = []

    def start(data: Path, *more: str) -> Running:
        started.append(_start(data, *more))
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca, server and client, each `.pem` and `.key`, for servers on this machine."""
    folder = tmp_path_factory.mktemp("papers")
    make_certificates(folder, ("localhost", "127.0.0.1"))
    return folder


@pytest.fixture
def free_ports() -> Callable[[int], list[int]]:
    """As many ports that nobody holds just now."""
    return _find_ports


@pytest.fixture(scope="session")
def make_port() -> Callable[[], int]:
    """A port that nobody holds just now."""
    return lambda: _find_ports(1)[0]


@pytest.fixture(scope="session")
def openworklist() -> Callable[..., Ended]:
    """Runs the command as people type it; `environment` is added to ours."""

    def run(*arguments: object, environment: dict[str, str] | None = None, input: str = "") -> Ended:
        return subprocess.run(
            [str(_COMMAND), *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            input=input,
            timeout=_SECONDS,
            env=_environment() | (environment or {}),
        )

    return run


@pytest.fixture
def serve_in_vain(openworklist: Callable[..., Ended]) -> Callable[..., Ended]:
    """Runs `serve` where it cannot start; the flags that are not given are free ports."""

    def run(data: Path, **ports: int) -> Ended:
        chosen = dict(zip(("hl7", "dicom", "web"), _find_ports(3), strict=True)) | ports
        flags = [text for name, port in chosen.items() for text in (f"--{name}-port", port)]
        return openworklist("serve", "--data", data, "--host", "127.0.0.1", *flags)

    return run


_WAY = "PostgreSQL not found: apt-get install postgresql"


def _find(program: str) -> str | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(program) or next((str(p / program) for p in places if (p / program).exists()), None)


@pytest.fixture(scope="session")
def _postgresql_folder() -> Iterator[Path]:
    # Not in pytest's own folder: each run that starts takes it away from other users again.
    with TemporaryDirectory(prefix="openworklist-postgresql-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgresql_url(_postgresql_folder: Path) -> Iterator[str]:
    """A server of our own on a free port, gone after the tests."""
    initdb, control = _find("initdb"), _find("pg_ctl")
    if initdb is None or control is None:
        pytest.skip(_WAY)
    folder = _postgresql_folder
    data = folder / "data"
    user: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, "postgres")
        user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"

    def run(*command: str) -> None:
        ended = subprocess.run([*user, *command], capture_output=True, text=True, cwd=folder, timeout=120)
        assert ended.returncode == 0, ended.stdout + ended.stderr

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

    def make(template: str = "template0") -> str:
        """The URL of a new database: empty, or a copy of one of that name."""
        name = f"t{next(count)}"
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return postgresql_url.rpartition("/")[0] + f"/{name}"

    return make


@pytest.fixture(scope="session")
def _postgresql_template(make_postgresql: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that has its tables: a copy of it is quicker made than they are."""
    url: str = make_postgresql()
    open_database(url, tmp_path_factory.mktemp("template")).close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    template = request.getfixturevalue("_postgresql_template")
    url: str = request.getfixturevalue("make_postgresql")(template)
    return url


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(database_url, tmp_path)
    yield opened
    opened.close()
