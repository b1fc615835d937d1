"""The archive of a backup, written and read: a tar file in which nothing is taken that we do not write."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Final, NamedTuple, Self, cast

from openworklist.domain.errors import BackupError
from openworklist.services.backup.contents import SUMS

_BLOCK: Final = 1 << 20
_MOST_AT_ONCE: Final = 4 * _BLOCK  # that a header may have read into memory
_LONGEST_SHOWN: Final = 100  # letters of a name
_PLAIN: Final = (tarfile.REGTYPE, tarfile.AREGTYPE)
# What tarfile may raise on bytes that are no archive.
_BROKEN: Final = (tarfile.TarError, ValueError, LookupError, OverflowError, EOFError, RecursionError)

Show = Callable[[int], None]  # is told of bytes that were copied


class Writer:
    """Adds file after file, and at the end their sums; nothing is compressed, images hardly can be."""

    def __init__(self, path: Path, sums: Path, show: Show) -> None:
        self._file = open(path, "xb", opener=_open_closed)  # noqa: SIM115 - it is ours until `finish`
        self._sums = open(sums, "x+b", opener=_open_closed)  # noqa: SIM115
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        self._tar.copybufsize = _BLOCK  # type: ignore[attr-defined]
        self._show = show

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._sums.close()

    def add_bytes(self, name: str, data: bytes, at: float) -> None:
        self._add(name, BytesIO(data), len(data), at)

    def add_file(self, name: str, path: Path) -> int:
        """Its size in bytes; FileNotFoundError if it is not there, and then nothing was added."""
        with open(path, "rb") as file:
            known = os.fstat(file.fileno())
            self._add(name, file, known.st_size, known.st_mtime)
        return known.st_size

    def finish(self) -> None:
        """Add the sums, and have all of it on the disk."""
        self._sums.flush()
        size = self._sums.tell()
        self._sums.seek(0)
        self._tar.addfile(_make_header(SUMS, size, 0), self._sums)
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _add(self, name: str, file: IO[bytes], size: int, at: float) -> None:
        hashed = _Hashed(file, self._show)
        self._tar.addfile(_make_header(name, size, at), hashed)
        self._tar.members.clear()  # type: ignore[attr-defined] # else millions of files stay in memory
        self._sums.write(to_line(name, hashed.digest()))


class Member(NamedTuple):
    """A file of an archive, to be read before the next one."""

    name: str
    size: int
    file: IO[bytes]

    def copy(self, target: IO[bytes] | None, show: Show) -> str:
        """Read it whole, and write it to `target`, if there is one; its sum."""
        hashed = _Hashed(self.file, show)
        left = self.size
        while left:
            try:
                block = hashed.read(min(left, _BLOCK))
            except _BROKEN:
                block = b""
            if not block:
                raise _cut_short(self.name)
            left -= len(block)
            if target is not None:
                target.write(block)
        return hashed.digest()


def read_members(path: Path) -> Iterator[Member]:
    """The files of an archive in their order; the caller judges names. BackupError where it is broken."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            with tarfile.open(fileobj=cast(IO[bytes], _Wary(file)), mode="r:") as tar:
                while (found := tar.next()) is not None:
                    tar.members.clear()  # type: ignore[attr-defined]
                    yield _check(tar, found, size)
    except _BROKEN:
        raise BackupError(
            f"{path} is no backup, or it is damaged.", where=str(path), hint="take another one"
        ) from None
    except OSError as error:
        raise BackupError(
            f"The backup {path} cannot be read: {error.strerror or error}.",
            where=str(path),
            code="backup.unreadable",
        ) from error


def to_line(name: str, digest: str) -> bytes:
    return f"{digest}  {name}\n".encode()


def show_name(name: str) -> str:
    """A name that somebody else chose, as it may stand in an error."""
    return ascii(name[:_LONGEST_SHOWN])


def _check(tar: tarfile.TarFile, found: tarfile.TarInfo, size: int) -> Member:
    shown = show_name(found.name)
    if found.type not in _PLAIN or found.sparse is not None:
        raise BackupError(
            f"The backup holds {shown}, which is no plain file.", where=shown, code="backup.foreign"
        )
    if not 0 <= found.size <= size - found.offset_data:
        raise _cut_short(shown)
    file = tar.extractfile(found)
    assert file is not None  # it is for plain files
    return Member(found.name, found.size, file)


def _cut_short(name: str) -> BackupError:
    return BackupError("The backup is cut short.", where=name, hint="take another one")


def _make_header(name: str, size: int, at: float) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mtime, header.mode = size, int(at), 0o600
    return header


def _open_closed(path: str, flags: int) -> int:
    """Patients' data: for this user alone."""
    return os.open(path, flags, 0o600)


class _Hashed:
    """A file whose sum is made as it is read."""

    def __init__(self, file: IO[bytes], show: Show) -> None:
        self._file = file
        self._sum = sha256()
        self._show = show

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._sum.update(block)
        self._show(len(block))
        return block

    def digest(self) -> str:
        return self._sum.hexdigest()


class _Wary:
    """The file of an archive, which no header has read into memory whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MOST_AT_ONCE:
            raise ValueError
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True
