"""The key of study tokens: whether it is here, and whether others can read it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from openworklist.services.doctor.case import Case
from openworklist.services.doctor.database import find_file
from openworklist.services.doctor.finding import Finding, Level
from openworklist.services.token_key import FILE
from openworklist.services.token_keys import TokenKeys
from openworklist.store.condition import read_condition
from openworklist.store.database import open_database
from openworklist.store.migrate import newest_revision
from openworklist.store.study_tokens import find_key_name

_NAME: Final = "study tokens"


def check_study_tokens(case: Case) -> Iterator[Finding]:
    """One finding, once there are tokens; StoreError where their key is missing or damaged."""
    if not case.database.startswith("postgres") and not find_file(case).exists():
        return
    with closing(open_database(case.database, case.data, read_only=True)) as database:
        if database.read(read_condition).revision != newest_revision():
            return
        name = database.read(find_key_name)
    if not name:
        return
    TokenKeys(case.data, case.token_key).get(name)
    path = case.data / FILE
    if not case.token_key and os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(
            _NAME,
            Level.WARNING,
            f"Others on this machine can read the key of study tokens, {path}.",
            f"chmod 600 {path}",
        )
        return
    yield Finding(_NAME, Level.OK, "Their key is here.", "", (("key", name),))
