"""A PostgreSQL database cluster of the benchmark's own, with PostgreSQL's defaults: fsync is on."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.process import ServerFailed, find_free_ports

_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root
_USER = "worklist"


def find_program(name: str) -> str | None:
    """On the path, or where Debian puts the newest PostgreSQL."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or next((str(place) for place in places), None)


def find_missing_programs() -> str:
    """Empty if a cluster can be made here, else what to do."""
    if find_program("initdb") is None or find_program("pg_ctl") is None:
        return "apt-get install postgresql"
    if os.geteuid() == 0:
        with suppress(KeyError):
            pwd.getpwnam(_ACCOUNT)
            return ""
        return f"run it as another user than root, or make the account {_ACCOUNT}"
    return ""


class Cluster:
    """The cluster in a folder that it shares with nobody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"

    def create(self) -> None:
        """Make the folder and an empty cluster in it; raises ServerFailed."""
        self._folder.mkdir(parents=True)
        self.hand_over()
        options = ["-A", "trust", "-U", _USER, "-E", "UTF8", "--locale=C.UTF-8"]
        self._run("initdb", "-D", str(self._data), *options)

    def hand_over(self) -> None:
        """Give the files to the account that PostgreSQL runs as."""
        if os.geteuid() == 0:
            for path in (self._folder, *self._folder.rglob("*")):
                shutil.chown(path, _ACCOUNT, _ACCOUNT)

    @contextmanager
    def serve(self) -> Iterator[None]:
        """Run it on a free port of 127.0.0.1; raises ServerFailed."""
        (port,) = find_free_ports(1)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-l", log, "-o", options)
        try:
            yield
        finally:
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self._data))

    def get_process_id(self) -> int:
        """Of the process that is the parent of all others."""
        return int(self._read_status()[0])

    def get_url(self) -> str:
        """Where a running cluster is reached."""
        return f"postgresql://{_USER}@127.0.0.1:{int(self._read_status()[3])}/postgres"

    def _read_status(self) -> Sequence[str]:
        return (self._data / "postmaster.pid").read_text().splitlines()

    def _run(self, program: str, *arguments: str) -> None:
        found = find_program(program)
        assert found is not None
        user = ["runuser", "-u", _ACCOUNT, "--"] if os.geteuid() == 0 else []
        # pg_ctl leaves its server with our end of a pipe, so that a pipe would never end: a file.
        with (self._folder.parent / f"{self._folder.name}-{program}.log").open("w+") as output:
            done = subprocess.run(
                [*user, found, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=120,
                check=False,
            )
            if done.returncode:
                output.seek(0)
                raise ServerFailed(f"{program} {arguments[0]} failed: {output.read()[-600:].strip()}")
