"""What this machine and its programs allow: open files, versions, the quick event loop."""

from __future__ import annotations

import importlib.util
import platform
import sqlite3
import sys
from collections.abc import Iterator
from typing import Final

from openworklist import __version__
from openworklist.services.doctor.case import Case
from openworklist.services.doctor.finding import Finding, Level

_OWN_FILES: Final = 100  # database, log, libraries: with a margin


def check_limits(case: Case) -> Iterator[Finding]:
    """Open files, and the versions of what the server runs on."""
    yield from _check_files(case)
    yield _check_versions()


def _check_files(case: Case) -> Iterator[Finding]:
    if sys.platform == "win32":  # it has no such limit
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = case.connections + _OWN_FILES
    details = (("limit", "none" if hard == resource.RLIM_INFINITY else str(hard)), ("needed", str(needed)))
    if hard != resource.RLIM_INFINITY and hard < needed:
        yield Finding(
            "open files",
            Level.WARNING,
            f"{hard} files may be open at once; as many connections as the settings allow need {needed}.",
            "raise the limit (LimitNOFILE= of the systemd unit, or ulimit -Hn),"
            " or lower hl7_max_connections, dicom_max_associations and dicom_max_pending",
            details,
        )
    else:
        yield Finding("open files", Level.OK, "There is no lack of open files.", "", details)


def _check_versions() -> Finding:
    has_uvloop = importlib.util.find_spec("uvloop") is not None
    details = (
        ("OpenWorklist", __version__),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        ("event loop", "uvloop" if has_uvloop else "asyncio"),
        ("system", platform.platform()),
    )
    versions = (
        f"OpenWorklist {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    if not has_uvloop and sys.platform != "win32":
        return Finding(
            "program",
            Level.WARNING,
            f"{versions}. The quick event loop is missing: all works, more slowly.",
            "pip install uvloop",
            details,
        )
    return Finding("program", Level.OK, f"{versions}.", "", details)
