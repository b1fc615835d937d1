"""A study as one ZIP archive with a DICOMDIR, made while it is read: it lies nowhere meanwhile."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, cast

from openworklist.dicom.directory import WANTED, Directory
from openworklist.dicom.metadata import to_metadata
from openworklist.dicom.stored_file import StoredDataset, read_dataset
from openworklist.domain.errors import InstanceError
from openworklist.domain.study import Study, StudyInstance
from openworklist.services.studies import StudySource
from openworklist.services.study_contents import read_syntax

_BLOCK: Final = 256 * 1024
_FOLDER: Final = "DICOM"
_DIRECTORY: Final = "DICOMDIR"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # that a ZIP archive can say
_READABLE: Final = 0o644 << 16
_WIDE: Final = 1 << 31  # bytes from which on a file has 64 bits for its sizes

Moment = tuple[int, int, int, int, int, int]


class _Sink:
    """What an archive is written to, from its beginning to its end; `take` gives what came since."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def pack_study(source: StudySource, study: Study, instances: Iterable[StudyInstance]) -> Iterator[bytes]:
    """The archive, piece by piece; instances of a series stand together. For a thread.

    Files are as they are stored, under names that any file system takes (PS3.10 8.5). NotFound in the middle
    if one of them has vanished.
    """
    sink = _Sink()
    directory = Directory()
    moment = _find_moment(study)
    # It cannot be sought in: sizes and checksums follow each file, in data descriptors.
    with zipfile.ZipFile(cast(Any, sink), "w", zipfile.ZIP_STORED) as archive:
        for instance, names in _name(instances):
            with source.locate(instance) as path:
                known = read_syntax(instance, path)
                directory.add(_describe(study, known, path), names, known.transfer_syntax)
                for _ in _store(archive, path, "/".join(names), moment):
                    yield sink.take()
        archive.writestr(_make_entry(_DIRECTORY, moment), directory.encode(study.uid))
        yield sink.take()
    yield sink.take()


def _store(archive: zipfile.ZipFile, path: Path, name: str, moment: Moment) -> Iterator[None]:
    """One file, block by block: at each there is something to take."""
    entry = _make_entry(name, moment)
    with open(path, "rb") as file:
        is_wide = path.stat().st_size >= _WIDE
        with archive.open(entry, "w", force_zip64=is_wide) as target:
            while block := file.read(_BLOCK):
                target.write(block)
                yield


def _make_entry(name: str, moment: Moment) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, moment)
    entry.external_attr = _READABLE
    return entry


def _name(instances: Iterable[StudyInstance]) -> Iterator[tuple[StudyInstance, tuple[str, ...]]]:
    """PS3.10 8.2: components of eight capital letters, digits and underscores at the most."""
    series: dict[str, int] = {}
    counts: dict[str, int] = {}
    for each in instances:
        number = series.setdefault(each.series_uid, len(series) + 1)
        counts[each.series_uid] = count = counts.get(each.series_uid, 0) + 1
        yield each, (_FOLDER, f"SER{number:05d}", f"IMG{count:05d}")


def _describe(study: Study, instance: StudyInstance, path: Path) -> dict[str, Any]:
    """The elements of its dataset; what is not read there is as the index has it."""
    known = {
        "00080016": instance.sop_class,
        "00080018": instance.uid,
        "0020000D": study.uid,
        "0020000E": instance.series_uid,
    }
    try:
        stored = read_dataset(path)
    except InstanceError:
        stored = StoredDataset(instance.transfer_syntax, (), {})
    wanted = tuple(each for each in stored.elements if each.tag in WANTED)
    dataset = to_metadata(stored._replace(elements=wanted), str)
    return {**dataset, **{tag: {"vr": "UI", "Value": [uid]} for tag, uid in known.items()}}


def _find_moment(study: Study) -> Moment:
    date, time = study.values.get("study_date", ""), study.values.get("study_time", "")
    digits = f"{date:0<8}{time[:6]:0<6}"
    if not (digits.isascii() and digits.isdigit() and date[:8] > "1980"):
        return _EARLIEST
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    clock = int(digits[8:10]), int(digits[10:12]), int(digits[12:14])
    is_fit = 1 <= month <= 12 and 1 <= day <= 31 and clock < (24,) and max(clock[1:]) < 60
    return (min(year, 2107), month, day, *clock) if is_fit else _EARLIEST
