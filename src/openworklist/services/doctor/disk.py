"""The data folder: room, speed of a durable write, the kind of file system, who may read it."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from openworklist.services.doctor.case import Case
from openworklist.services.doctor.finding import Finding, Level

_MIB: Final = 1024 * 1024
_LITTLE: Final = 1024 * _MIB
_NEARLY_NONE: Final = 100 * _MIB
_WRITES: Final = 20
_PAGE: Final = 4096
_SLOW: Final = 0.03  # seconds a durable write: about what a disk that turns needs
_MOUNTS: Final = Path("/proc/mounts")
# SQLite's locks and its shared memory do not work there (sqlite.org/wal.html, "How To Corrupt").
_NETWORK: Final = frozenset(
    ("nfs", "nfs4", "cifs", "smb", "smbfs", "smb3", "9p", "afs", "ncpfs", "davfs", "glusterfs", "lustre")
) | {"fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs2", "vboxsf", "prl_fs", "drvfs"}
_FLEETING: Final = frozenset(("tmpfs", "ramfs"))


def check_disk(case: Case) -> Iterator[Finding]:
    """The data folder, or of one that is not there yet the folder in which it will be."""
    folder = case.data
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    yield _check_room("disk", folder)
    temporary = Path(tempfile.gettempdir())
    if temporary.stat().st_dev != folder.stat().st_dev:
        yield _check_room("temporary folder", temporary)
    if case.data.exists():
        yield _check_speed(case.data)
    yield from _check_kind(folder, has_sqlite=not case.database.startswith("postgres"))
    if os.name == "posix" and case.data.exists():
        yield _check_rights(case.data)


def _check_room(name: str, folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    details = (("folder", str(folder.resolve())), ("free", _size(usage.free)), ("of", _size(usage.total)))
    if usage.free < _LITTLE:
        level = Level.PROBLEM if usage.free < _NEARLY_NONE else Level.WARNING
        return Finding(name, level, f"Only {_size(usage.free)} are free.", "make room", details)
    return Finding(name, Level.OK, f"{_size(usage.free)} are free.", "", details)


def _size(count: int) -> str:
    return f"{count / _MIB / 1024:.1f} GiB" if count >= 1024 * _MIB else f"{count / _MIB:.0f} MiB"


def _check_speed(folder: Path) -> Finding:
    name = "durable writes"
    try:
        seconds = measure_writes(folder)
    except OSError as error:
        return Finding(
            name,
            Level.PROBLEM,
            f"Nothing can be written in the data folder: {error.strerror or error}.",
            "call the doctor as the user of the server; if that was it, make the folder writable for it",
        )
    details = (("median", f"{seconds * 1000:.2f} ms"),)
    sentence = f"A write is on the disk after {seconds * 1000:.2f} ms."
    if seconds > _SLOW:
        return Finding(
            name,
            Level.WARNING,
            sentence,
            "orders wait for the disk before they are acknowledged: a solid state disk is far quicker",
            details,
        )
    return Finding(name, Level.OK, sentence, "", details)


def measure_writes(folder: Path) -> float:
    """The median of the seconds that a page takes to the disk, on a file that is gone after."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_WRITES):
            began = time.perf_counter()
            file.write(os.urandom(_PAGE))
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took)


class Mount(NamedTuple):
    folder: Path
    kind: str
    is_read_only: bool


def _check_kind(folder: Path, *, has_sqlite: bool) -> Iterator[Finding]:
    if not _MOUNTS.exists():
        return
    mount = find_mount(folder.resolve(), _MOUNTS.read_text("utf_8", "replace"))
    if mount is None:
        return
    details = (("kind", mount.kind), ("mounted at", str(mount.folder)))
    name = "file system"
    if mount.is_read_only:
        yield Finding(
            name,
            Level.PROBLEM,
            f"{mount.folder} is mounted for reading only.",
            "mount it for writing",
            details,
        )
    elif mount.kind in _NETWORK and has_sqlite:
        yield Finding(
            name,
            Level.PROBLEM,
            f"The data folder is on a network file system ({mount.kind}): SQLite's locks are not safe there.",
            "put the data folder on a disk of this machine, or use PostgreSQL",
            details,
        )
    elif mount.kind in _FLEETING:
        yield Finding(
            name,
            Level.WARNING,
            f"The data folder is in memory ({mount.kind}): it is gone when the machine restarts.",
            "put the data folder on a disk",
            details,
        )
    else:
        yield Finding(name, Level.OK, f"The data folder is on {mount.kind}.", "", details)


def find_mount(folder: Path, table: str) -> Mount | None:
    """The line of a table like /proc/mounts that a folder belongs to: the longest, the last of equals."""
    found: Mount | None = None
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 4:
            continue
        place = Path(_unescape(fields[1]))
        is_inside = place == folder or place in folder.parents
        if is_inside and (found is None or len(place.parts) >= len(found.folder.parts)):
            found = Mount(place, fields[2], "ro" in fields[3].split(","))
    return found


def _unescape(text: str) -> str:
    """Blanks and their like are octal numbers there (proc(5), getmntent(3))."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, letter)
    return text


def _check_rights(folder: Path) -> Finding:
    mode = folder.stat().st_mode & 0o777
    details = (("mode", f"{mode:o}"),)
    name = "rights"
    if mode & 0o007:
        return Finding(
            name,
            Level.WARNING,
            "Every user of this machine can look into the data folder, which holds patients' data.",
            f"chmod 700 {folder}",
            details,
        )
    return Finding(name, Level.OK, "The data folder is closed to other users.", "", details)
