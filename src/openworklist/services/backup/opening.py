"""Reads a backup: unpacks it where the caller says, and takes nothing that is not whole and ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from openworklist.domain.errors import BackupError
from openworklist.services.backup.archive import Member, Show, read_members, show_name, to_line
from openworklist.services.backup.contents import (
    DATABASES,
    KEPT,
    LONGEST_MANIFEST,
    MANIFEST,
    SUMS,
    Manifest,
    decode_manifest,
    is_study_file,
)
from openworklist.services.backup.databases import examine

# Where a file goes by its name; None: it is only looked at.
FindPlace = Callable[[str], Path | None]


@dataclass(frozen=True, slots=True)
class Opened:
    """`names` are the files of the data folder beside the database; `files` counts images."""

    manifest: Manifest
    names: tuple[str, ...]
    files: int


def check_backup(archive: Path, show: Show) -> Opened:
    """Read a backup whole, the database on its own too; BackupError if it cannot be brought back."""
    with tempfile.TemporaryDirectory(prefix="openworklist-") as folder:
        place = Path(folder)
        databases = frozenset(DATABASES.values())
        return unpack(archive, lambda name: place / name if name in databases else None, show)


def unpack(archive: Path, find_place: FindPlace, show: Show) -> Opened:
    """Read a backup whole, write its files, and look at its database.

    BackupError if anything is wrong, and then what was written is to be thrown away.
    """
    members = read_members(archive)
    with tempfile.TemporaryFile() as sums:
        manifest = _read_manifest(archive, members, sums)
        database = DATABASES[manifest.database]
        _take(members, archive, database, find_place(database), sums, show)
        names, files = [], 0
        for member in members:
            if member.name == SUMS:
                _compare(sums, member)
                break
            if is_study_file(member.name) and manifest.has_studies:
                files += 1
            elif member.name in KEPT and member.name not in names:
                names.append(member.name)
            else:
                raise _foreign(member.name)
            _copy(member, find_place(member.name), sums, show)
        else:
            raise _cut_short(archive)
        for member in members:
            raise _foreign(member.name)
    place = find_place(database)
    assert place is not None
    examine(manifest.database, place, manifest.revision)
    return Opened(manifest, tuple(names), files)


def _read_manifest(archive: Path, members: Iterator[Member], sums: IO[bytes]) -> Manifest:
    first = next(members, None)
    if first is None or first.name != MANIFEST or first.size > LONGEST_MANIFEST:
        raise BackupError(
            f"{archive} is no backup of OpenWorklist.", where=str(archive), code="backup.foreign"
        )
    content = BytesIO()
    sums.write(to_line(MANIFEST, first.copy(content, _ignore)))
    return decode_manifest(content.getvalue())


def _take(
    members: Iterator[Member], archive: Path, name: str, place: Path | None, sums: IO[bytes], show: Show
) -> None:
    """The next file, which must be the one of that name."""
    member = next(members, None)
    if member is None:
        raise _cut_short(archive)
    if member.name != name:
        raise _foreign(member.name)
    _copy(member, place, sums, show)


def _copy(member: Member, place: Path | None, sums: IO[bytes], show: Show) -> None:
    if place is None:
        digest = member.copy(None, show)
    else:
        _ensure(place.parent)
        try:
            with open(place, "xb", opener=_open_closed) as file:
                digest = member.copy(file, show)
        except FileExistsError:
            raise _foreign(member.name) from None  # the same name twice
    sums.write(to_line(member.name, digest))


def _ensure(folder: Path) -> None:
    """Have a folder, and those above it; patients' data will lie in it: for this user alone."""
    if not folder.is_dir():
        _ensure(folder.parent)
        folder.mkdir(mode=0o700)


def _compare(sums: IO[bytes], member: Member) -> None:
    """BackupError that names the first file that is not as it was."""
    sums.seek(0)
    left = member.size
    for ours in sums:
        line = member.file.read(min(left, len(ours)))
        left -= len(line)
        if line != ours:
            name = ours.decode().partition("  ")[2].rstrip()
            raise BackupError(
                f"The backup is damaged: {name} is not as it was.", where=name, hint="take another one"
            )
    if left:
        raise BackupError("The backup is damaged: files are missing.", where=SUMS, hint="take another one")


def _cut_short(archive: Path) -> BackupError:
    return BackupError("The backup is cut short or damaged.", where=str(archive), hint="take another one")


def _foreign(name: str) -> BackupError:
    shown = show_name(name)
    return BackupError(
        f"The backup holds {shown}, which no backup holds there.",
        where=shown,
        hint="take one that openworklist backup made",
        code="backup.foreign",
    )


def _open_closed(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _ignore(size: int) -> None:
    """Nobody is told of the manifest."""
