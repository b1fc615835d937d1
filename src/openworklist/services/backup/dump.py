"""A PostgreSQL database in a backup: its own programs, pg_dump and pg_restore, write and read it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openworklist.domain.errors import BackupError
from openworklist.store.condition import read_condition
from openworklist.store.database import Database, open_database

_MAGIC: Final = b"PGDMP"  # what pg_dump's custom format begins with
_DEBIAN: Final = Path("/usr/lib/postgresql")
_LONGEST: Final = 300  # letters of what a program says


@dataclass(frozen=True, slots=True)
class Dump:
    url: str
    data: Path
    kind: str = "postgresql"
    path: Path | None = None

    def save(self, target: Path) -> None:
        # Consistent by itself: pg_dump reads one snapshot, while others write.
        self._run("pg_dump", "--format=custom", "--no-password", f"--file={target}")

    def open_saved(self, saved: Path) -> Database:
        return open_database(self.url, self.data, read_only=True)

    def find_obstacles(self) -> list[Path]:
        with closing(open_database(self.url, self.data, read_only=True)) as database:
            if not database.read(read_condition).revision:
                return []
        raise BackupError(
            "The PostgreSQL database has tables of OpenWorklist already.",
            where="database",
            hint="make an empty one (createdb) and name it; nothing is deleted here",
            code="backup.not-empty",
        )

    def put(self, saved: Path) -> str:
        self._run(
            "pg_restore",
            "--exit-on-error",
            "--single-transaction",  # all of it or nothing
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--dbname=dbname='{self._find_name()}'",
            str(saved),
        )
        return self.url

    def _run(self, program: str, *arguments: str) -> None:
        ended = subprocess.run(
            [_find_program(program), *arguments],
            env={**os.environ, **self._environment()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if ended.returncode:
            said = " ".join(ended.stderr.split())[:_LONGEST]
            raise BackupError(f"{program} failed: {said}", where="database", code="backup.program-failed")

    def _environment(self) -> Mapping[str, str]:
        """The URL as variables: everybody on the machine can read what a program is called with."""
        from psycopg.pq import Conninfo

        found = Conninfo.parse(self.url.encode())
        return {
            each.envvar.decode(): each.val.decode() for each in found if each.envvar and each.val is not None
        }

    def _find_name(self) -> str:
        """The database's name as a value of libpq (PostgreSQL 34.1.1.1)."""
        from psycopg.conninfo import conninfo_to_dict

        found = conninfo_to_dict(self.url)
        name = str(found.get("dbname") or found.get("user") or os.environ.get("PGDATABASE", ""))
        return name.replace("\\", "\\\\").replace("'", "\\'")


def check_dump(saved: Path, revision: str) -> None:
    """BackupError if it is none. What is in it only PostgreSQL can read."""
    with open(saved, "rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC or not revision:
            raise BackupError("The database in the backup is no dump of PostgreSQL.")


def _find_program(name: str) -> str:
    """PostgreSQL's newest, which reads the databases of older servers too."""
    places = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=_version, reverse=True)
    found = next((str(place) for place in places if os.access(place, os.X_OK)), None) or shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} was not found.",
            hint="install PostgreSQL's programs for clients, in the version of its server or a newer one",
            code="backup.program-missing",
        )
    return found


def _version(place: Path) -> float:
    try:
        return float(place.parents[1].name)
    except ValueError:
        return 0
