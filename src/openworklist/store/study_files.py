"""The files of stored instances: written aside, synced, then given their place. Blocking: for threads."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sys
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Final

from openworklist.domain.errors import StoreFull
from openworklist.domain.instance import Instance, is_stored_uid

_INCOMING: Final = "incoming"
_ENDING: Final = ".dcm"
_NAME_PARTS: Final = 4  # study, series, instance, and what tells two drafts of it apart
_BLOCK: Final = 1 << 20
_STRETCH: Final = 16 << 20  # bytes after which the room on the disk is looked at again
_MOST_PARTS: Final = 1024  # that are written in one call, IOV_MAX of POSIX systems
_MOST_KNOWN: Final = 10_000
# What file systems say that know one name for a file only.
_NO_LINKS: Final = frozenset((errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL))


class StudyFiles:
    """The folder of studies: STUDY/SERIES/INSTANCE.dcm below 256 folders, and what is still coming beside it.

    The name of a draft says where it is to go, once it may: whatever a crash leaves of it is found again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / _INCOMING
        self._known: set[Path] = set()  # folders that are on disk for sure

    def begin(self, room: int, instance: Instance | None = None) -> Draft:
        """A file for what begins to come; StoreFull if less than `room` bytes are left.

        Where its instance is known its name says so from the start.
        """
        self._have(self._incoming)
        self.check_room(room)
        name = _name(instance) if instance is not None else secrets.token_hex(16)
        make = partial(Draft, self, self._incoming / name, room=room, is_named=instance is not None)
        try:
            return make()
        except FileNotFoundError:
            self._have_anew(self._incoming)
            return make()

    def check_room(self, room: int) -> None:
        """StoreFull if less than `room` bytes are left."""
        if room and shutil.disk_usage(self._incoming).free < room:
            raise StoreFull("The disk of the studies is full.")

    def place_of(self, study_uid: str, series_uid: str) -> Path:
        """The folder of a series; UIDs are digits and dots, which no folder above is reached by."""
        shard = blake2b(study_uid.encode(), digest_size=1).hexdigest()
        return self.folder / shard / study_uid / series_uid

    def path_of(self, file: str) -> Path:
        """Where a file is that the index names."""
        return self.folder / file

    def remove(self, file: str) -> None:
        self.path_of(file).unlink(missing_ok=True)

    def remove_stray(self, instance: Instance) -> None:
        """Do away with a file that has an instance's place and is not in the index."""
        place = self.place_of(instance.study_uid, instance.series_uid)
        (place / f"{instance.uid}{_ENDING}").unlink(missing_ok=True)

    def find_left(self) -> list[Path]:
        """What a crash left: drafts that were not given up, and not all that was to be done was done."""
        try:
            return sorted(self._incoming.iterdir())
        except FileNotFoundError:
            return []

    def clean(self, left: Path, indexed: str | None) -> None:
        """Do away with a draft, and with the files that it became but for the one that is indexed."""
        named = uids_of(left)
        if named is not None:
            study, series, uid = named
            place = self.place_of(study, series)
            for found in (place / f"{uid}{_ENDING}", *place.glob(f"{uid}-*{_ENDING}")):
                if indexed is None or found != self.folder / indexed:
                    found.unlink(missing_ok=True)
        left.unlink(missing_ok=True)

    def spare(self) -> None:
        """Have no start do away with files because the index does not know them: it is an older one."""
        for left in self.find_left():
            if (named := uids_of(left)) is not None:
                study, series, uid = named
                if any(self.place_of(study, series).glob(f"{uid}*{_ENDING}")):
                    left.unlink()

    def is_there(self, file: str, size: int) -> bool:
        """Whether a file that the index names has at least its dataset's size."""
        try:
            return self.path_of(file).stat().st_size > size
        except FileNotFoundError:
            return False

    def give_place(self, draft: Path, target: Path) -> None:
        """Name a draft `target` too, in a folder that is on disk; FileExistsError if the name is taken."""
        self._have(target.parent)
        try:
            _link(draft, target)
        except FileNotFoundError:
            self._have_anew(target.parent)
            _link(draft, target)

    def _have(self, folder: Path) -> None:
        """Have a folder below that of studies, on disk."""
        if folder in self._known:
            return
        if folder != self.folder:
            self._have(folder.parent)
        # Patients' data: for this user alone.
        folder.mkdir(mode=0o700, parents=folder == self.folder, exist_ok=True)
        sync_folder(folder.parent)
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        self._known.add(folder)

    def _have_anew(self, folder: Path) -> None:
        """As `_have`, for one that somebody removed."""
        self._known.clear()
        self._have(folder)


class Draft:
    """A file under way: `write`, then `publish`, and at the end `forget` or `discard`."""

    def __init__(self, files: StudyFiles, path: Path, *, room: int = 0, is_named: bool) -> None:
        self._files = files
        self._path = path
        self._room = room  # bytes that are left free on the disk
        self._unchecked = 0  # bytes written since that was looked at
        self._is_named = is_named
        self.published = ""  # the path for the index, once it has one
        self._file = open(path, "xb", buffering=0)  # noqa: SIM115 - open until it is synced or discarded

    def write(self, parts: list[bytes]) -> None:
        """Write these one behind the other; the list is used up. StoreFull if there is room for no more."""
        while parts:
            written = self._write(parts[:_MOST_PARTS])
            self._unchecked += written
            if self._unchecked >= _STRETCH:
                self._unchecked = 0
                self._files.check_room(self._room)
            while parts and written >= len(parts[0]):
                written -= len(parts.pop(0))
            if written:
                parts[0] = parts[0][written:]

    def publish(self, instance: Instance, *, beside: bool = False) -> bool:
        """Give it its place and have it there on disk; False if another file has the place.

        `beside` gives it a name of its own there.
        """
        if sys.platform == "win32":
            self._sync()  # a file that is open cannot be renamed there
        if not self._is_named:
            self._path = self._path.rename(self._path.with_name(_name(instance)))
            self._is_named = True
        self._withdraw()
        place = self._files.place_of(instance.study_uid, instance.series_uid)
        own = f"-{secrets.token_hex(4)}" if beside else ""
        target = place / f"{instance.uid}{own}{_ENDING}"
        try:
            self._files.give_place(self._path, target)
        except FileExistsError:
            return False
        self.published = target.relative_to(self._files.folder).as_posix()
        # In this order a journal that holds both names is written once: it is for the file, and for the
        # folder nothing is left to be done.
        self._sync()
        sync_folder(place)
        return True

    def forget(self) -> None:
        """The index knows the file: nothing is left to be done."""
        self._path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Do away with it, published or not."""
        self._file.close()
        self._withdraw()
        self._path.unlink(missing_ok=True)

    def is_same(self, file: str, size: int) -> bool:
        """Whether the last `size` bytes, those of the dataset, are those of another file too."""
        with open(self._path, "rb") as ours, open(self._files.path_of(file), "rb") as theirs:
            for each in (ours, theirs):
                each.seek(-size, os.SEEK_END)
            while block := ours.read(_BLOCK):
                if block != theirs.read(_BLOCK):
                    return False
        return True

    def _write(self, parts: list[bytes]) -> int:
        if sys.platform == "win32":
            return self._file.write(b"".join(parts))
        return os.writev(self._file.fileno(), parts)

    def _sync(self) -> None:
        if not self._file.closed:
            os.fsync(self._file.fileno())
            self._file.close()

    def _withdraw(self) -> None:
        if self.published:
            self._files.remove(self.published)
            self.published = ""


def uids_of(left: Path) -> tuple[str, str, str] | None:
    """Study, series and instance of a draft that was given its place, or was about to; None for another."""
    parts = left.name.split("_")
    if len(parts) != _NAME_PARTS or not all(map(is_stored_uid, parts[:-1])):
        return None
    return parts[0], parts[1], parts[2]


def _name(instance: Instance) -> str:
    """A name for a draft that says where it is to go."""
    return "_".join((instance.study_uid, instance.series_uid, instance.uid, secrets.token_hex(8)))


def _link(draft: Path, target: Path) -> None:
    try:
        # The draft keeps its name until the index knows the file: see StudyFiles.clean.
        os.link(draft, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError from None
        draft.rename(target)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    if sys.platform == "win32":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
