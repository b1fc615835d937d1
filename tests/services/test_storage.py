"""Instances on the disk and in the index, on each database: what is stored, what stays, what is cleaned."""

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom.dsutils import encode
from sqlalchemy import select

from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import InstanceError, StoreError, StoreFull
from openworklist.domain.instance import Sender, StoredInstance
from openworklist.domain.options import Options
from openworklist.observe.metrics import Metrics
from openworklist.services.storage import Storage
from openworklist.store.connection import Statement
from openworklist.store.database import Database
from openworklist.store.studies import find_instance
from openworklist.store.study_schema import instances, series, studies
from players.archive import make_slice

BEGIN = 1_773_478_800_000_000
SENDER = Sender("CT01", "OPENWORKLIST", "192.0.2.1:4711")


class Desk:
    """Where instances arrive; all of it is for the loop."""

    def __init__(self, database: Database, folder: Path, options: Options) -> None:
        self.database = database
        self.folder = folder
        self.options = options
        self.metrics = Metrics()
        clock = count(BEGIN, 1_000_000).__next__
        self.storage = Storage(database, folder, lambda: self.options, self.metrics, clock=clock)

    async def send(self, image: Dataset, *, pieces: int = 0, **more: Any) -> None:
        """Send a dataset as a scanner would, in pieces of some size."""
        data = write(image)
        incoming = self.open(image, **more)
        for start in range(0, len(data), pieces or len(data)):
            incoming.write(data[start : start + (pieces or len(data))])
        await incoming.finish()

    def open(self, image: Dataset, *, uid: str = "", sop_class: str = "", syntax: str = "") -> Any:
        return self.storage.open(
            SENDER,
            uid or str(image.SOPInstanceUID),
            sop_class or str(image.SOPClassUID),
            syntax or EXPLICIT_LITTLE_ENDIAN,
            lambda: None,
        )

    def find(self, uid: str) -> StoredInstance:
        found = self.database.read(lambda connection: find_instance(connection, uid))
        assert found is not None
        return found

    def read(self, uid: str) -> Dataset:
        return dcmread(self.folder / self.find(uid).file)

    async def files(self) -> list[str]:
        """All files there are, once what is tidied up later is tidied up."""
        await self.storage.stop()
        return sorted(
            each.relative_to(self.folder).as_posix() for each in self.folder.rglob("*") if each.is_file()
        )

    def counts(self) -> dict[str, int]:
        found = self.metrics.snapshot()
        return {name: found[name] for name in found if name.startswith("instances") and found[name]}


def write(image: Dataset, *, is_implicit: bool = False) -> bytes:
    data = encode(image, is_implicit, True)
    assert data is not None
    return data


@pytest.fixture
def play(database: Database, tmp_path: Path) -> Callable[..., Desk]:
    """Plays a scene on a desk with these options."""

    def run(scene: Callable[[Desk], Awaitable[None]], **options: Any) -> Desk:
        desk = Desk(database, tmp_path / "studies", Options(storage_keep_free=0, **options))

        async def stage() -> None:
            database.attach(asyncio.get_running_loop())
            await desk.storage.start()
            try:
                async with asyncio.timeout(60):
                    await scene(desk)
            finally:
                await desk.storage.stop()

        asyncio.run(stage())
        return desk

    return run


Play = Callable[..., Desk]


def rows(database: Database, table: Any, *names: str) -> list[tuple[Any, ...]]:
    statement = Statement(select(*(table.c[name] for name in names)).order_by(table.c.id))
    return database.read(lambda connection: connection.run(statement))


@pytest.mark.parametrize("pieces", [0, 100, 300_000])
def test_an_instance_is_a_file_and_a_row(play: Play, database: Database, pieces: int) -> None:
    image = make_slice(7, pixels=os.urandom(2_000_000))

    async def scene(desk: Desk) -> None:
        await desk.send(image, pieces=pieces)
        stored = desk.find(image.SOPInstanceUID)
        assert stored.size == len(write(image))
        assert (desk.folder / stored.file).read_bytes().endswith(write(image))
        assert desk.read(image.SOPInstanceUID) == image
        assert await desk.files() == [stored.file]
        assert stored.file.endswith(
            f"/{image.StudyInstanceUID}/{image.SeriesInstanceUID}/{image.SOPInstanceUID}.dcm"
        )

    desk = play(scene)
    assert desk.counts() == {"instances_stored": 1, "instances_bytes": len(write(image))}
    assert rows(database, studies, "uid", "patient_name", "patient_id", "accession_number", "study_date") == [
        (image.StudyInstanceUID, "Test^Test", "P1", "A1", "20260314")
    ]
    assert rows(database, series, "uid", "modality", "series_number") == [
        (image.SeriesInstanceUID, "CT", "1")
    ]
    assert rows(
        database, instances, "uid", "instance_number", "rows", "calling_ae", "peer", "received_at"
    ) == [(image.SOPInstanceUID, "7", "8", "CT01", "192.0.2.1:4711", BEGIN)]


def test_a_study_of_many_that_come_at_once(play: Play, database: Database) -> None:
    images = [make_slice(number, SeriesInstanceUID=f"1.2.{number % 3}") for number in range(60)]

    async def scene(desk: Desk) -> None:
        await asyncio.gather(*map(desk.send, images))

    play(scene)
    assert len(rows(database, studies, "uid")) == 1
    assert sorted(rows(database, series, "uid")) == [("1.2.0",), ("1.2.1",), ("1.2.2",)]
    assert len(rows(database, instances, "uid")) == 60


@pytest.mark.parametrize(
    ("charset", "name", "shown"),
    [
        ("ISO_IR 100", "Müller^Jürgen", "Müller^Jürgen"),
        ("ISO_IR 192", "Иванов^Иван", "Иванов^Иван"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎", "Yamada^Tarou=山田^太郎"),
        ("GB18030", "王^小东", "王^小东"),
    ],
)
def test_names_in_every_script(play: Play, database: Database, charset: Any, name: str, shown: str) -> None:
    image = make_slice(SpecificCharacterSet=charset, PatientName=name)

    async def scene(desk: Desk) -> None:
        await desk.send(image)

    play(scene)
    assert rows(database, studies, "patient_name") == [(shown,)]


def test_the_same_again_is_stored_once(play: Play) -> None:
    image = make_slice()

    async def scene(desk: Desk) -> None:
        await asyncio.gather(*(desk.send(image) for _ in range(5)))
        assert await desk.files() == [desk.find(image.SOPInstanceUID).file]

    desk = play(scene)
    assert desk.counts()["instances_stored"] == 1
    assert desk.counts()["instances_repeated"] == 4


@pytest.mark.parametrize("option", ["first", "newest"])
@pytest.mark.parametrize("values", [{"PatientName": "Test^Other"}, {"StudyInstanceUID": "1.2.3"}])
def test_the_same_instance_with_another_content(
    play: Play, database: Database, option: str, values: dict[str, str]
) -> None:
    first = make_slice()
    newest = make_slice(SOPInstanceUID=first.SOPInstanceUID, **values)

    async def scene(desk: Desk) -> None:
        await desk.send(first)
        await desk.send(newest)
        assert desk.read(first.SOPInstanceUID) == (first if option == "first" else newest)
        assert await desk.files() == [desk.find(first.SOPInstanceUID).file]

    desk = play(scene, storage_duplicates=option)
    assert desk.counts()["instances_stored"] == 1
    assert desk.counts().get("instances_replaced", 0) == (option == "newest")
    assert desk.counts().get("instances_not_replaced", 0) == (option == "first")
    kept = first if option == "first" else newest
    assert rows(database, studies, "uid") == [(kept.StudyInstanceUID,)]
    assert len(rows(database, series, "uid")) == 1


def test_another_transfer_syntax_is_another_content(play: Play) -> None:
    image = make_slice()

    async def scene(desk: Desk) -> None:
        await desk.send(image)
        incoming = desk.open(image, syntax=IMPLICIT_LITTLE_ENDIAN)
        incoming.write(write(image, is_implicit=True))
        await incoming.finish()
        assert desk.find(image.SOPInstanceUID).transfer_syntax == IMPLICIT_LITTLE_ENDIAN
        assert desk.read(image.SOPInstanceUID) == image

    play(scene, storage_duplicates="newest")


@pytest.mark.parametrize("harm", ["removed", "cut"])
def test_a_file_that_was_lost_is_written_again(play: Play, harm: str) -> None:
    image = make_slice()

    async def scene(desk: Desk) -> None:
        await desk.send(image)
        path = desk.folder / desk.find(image.SOPInstanceUID).file
        if harm == "removed":
            path.unlink()
            path.parent.rmdir()
        else:
            path.write_bytes(path.read_bytes()[:100])
        await desk.send(image)
        assert desk.read(image.SOPInstanceUID) == image
        assert await desk.files() == [desk.find(image.SOPInstanceUID).file]

    play(scene)


def _without(keyword: str) -> Dataset:
    image = make_slice()
    delattr(image, keyword)
    return image


@pytest.mark.parametrize(
    ("image", "more", "code", "tag"),
    [
        (_without("StudyInstanceUID"), {}, "instance.unreadable", 0x0020_000D),
        (_without("SeriesInstanceUID"), {}, "instance.unreadable", 0x0020_000E),
        (_without("SOPInstanceUID"), {"uid": "1.2"}, "instance.unreadable", 0x0008_0018),
        (_without("SOPClassUID"), {"sop_class": "1.2"}, "instance.unreadable", 0x0008_0016),
        (make_slice(StudyInstanceUID=""), {}, "instance.unreadable", 0x0020_000D),
        (make_slice(), {"uid": "1.2"}, "instance.mismatch", 0x0008_0018),
        (make_slice(), {"sop_class": "1.2"}, "instance.mismatch", 0x0008_0016),
        (make_slice(), {"uid": "../1.2"}, "instance.unreadable", 0x0000_1000),
        (make_slice(), {"syntax": "1.2.840.10008.1.2.2"}, "instance.unreadable", None),
        (make_slice(), {"syntax": "1.2.840.10008.1.2.1.99"}, "instance.unreadable", None),
    ],
)
def test_what_is_no_instance(
    play: Play, database: Database, image: Dataset, more: dict[str, str], code: str, tag: int | None
) -> None:
    async def scene(desk: Desk) -> None:
        with pytest.raises(InstanceError) as caught:
            await desk.send(image, **more)
        assert caught.value.code == code
        assert tag is None or caught.value.tag == tag
        assert await desk.files() == []

    play(scene)
    assert rows(database, studies, "uid") == []


@pytest.mark.parametrize("uid", ["../../../x", "1.2/3", "1..2", ".1", "1.2\0", "1" * 65, "1.2.a", "1.2\\3"])
def test_no_uid_leads_out_of_the_folder(play: Play, uid: str) -> None:
    async def scene(desk: Desk) -> None:
        data = write(make_slice(StudyInstanceUID="1.2.3"))
        value = uid.encode() + b"\0" * (len(uid) % 2)
        data = data.replace(b"UI\x06\x001.2.3\0", b"UI" + len(value).to_bytes(2, "little") + value)
        image = make_slice()
        incoming = desk.open(image)
        incoming.write(data)
        with pytest.raises(InstanceError):
            await incoming.finish()
        assert await desk.files() == []

    play(scene)


def test_uids_with_leading_zeros_are_taken(play: Play) -> None:
    image = make_slice(StudyInstanceUID="1.2.3.4", SOPInstanceUID="1.2.5.6")

    async def scene(desk: Desk) -> None:
        incoming = desk.open(image, uid="1.2.006")
        incoming.write(write(image).replace(b"1.2.3.4", b"1.2.003").replace(b"1.2.5.6", b"1.2.006"))
        await incoming.finish()
        assert desk.find("1.2.006").study_uid == "1.2.003"

    play(scene)


def test_half_an_instance_is_none(play: Play, database: Database) -> None:
    image = make_slice(pixels=bytes(3_000_000))

    async def scene(desk: Desk) -> None:
        incoming = desk.open(image)
        for _ in range(3):
            incoming.write(write(image)[:900_000])
        incoming.drop()
        await asyncio.gather(desk.send(make_slice()))
        assert len(await desk.files()) == 1

    play(scene)
    assert len(rows(database, instances, "uid")) == 1


def test_little_waits_for_the_disk(play: Play) -> None:
    image = make_slice(pixels=os.urandom(8 << 20))
    data = write(image)

    async def scene(desk: Desk) -> None:
        room = asyncio.Event()
        incoming = desk.storage.open(
            SENDER, str(image.SOPInstanceUID), str(image.SOPClassUID), EXPLICIT_LITTLE_ENDIAN, room.set
        )
        times = 0
        for start in range(0, len(data), 60_000):
            if incoming.is_full:
                times += 1
                room.clear()
                await room.wait()
                assert not incoming.is_full
            incoming.write(data[start : start + 60_000])
        assert times >= 5
        await incoming.finish()
        assert desk.read(image.SOPInstanceUID) == image

    play(scene)


def test_one_that_is_too_large(play: Play) -> None:
    image = make_slice(pixels=bytes(3 << 20))

    async def scene(desk: Desk) -> None:
        with pytest.raises(InstanceError, match="storage_max_size") as caught:
            await desk.send(image, pieces=100_000)
        assert caught.value.code == "instance.too-large"
        await desk.send(make_slice(pixels=bytes(1 << 19)))
        assert len(await desk.files()) == 1

    play(scene, storage_max_size=2)


def test_a_disk_that_is_nearly_full(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        desk.options = Options(storage_keep_free=1 << 40)
        with pytest.raises(StoreFull):
            await desk.send(make_slice())
        with pytest.raises(StoreFull):
            await desk.send(make_slice(pixels=bytes(3_000_000)), pieces=100_000)
        desk.options = Options(storage_keep_free=0)
        await desk.send(make_slice())
        assert len(await desk.files()) == 1

    play(scene)


def test_a_folder_that_cannot_be_written(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        desk.folder.parent.mkdir(exist_ok=True)
        desk.folder.write_text("a file where the folder should be")
        with pytest.raises(StoreError, match="cannot be written"):
            await desk.send(make_slice())
        desk.folder.unlink()
        await desk.send(make_slice())

    play(scene)


@pytest.mark.parametrize(
    ("harm", "mend"),
    [
        ("RENAME TO gone", "ALTER TABLE gone RENAME TO instances"),
        # It can be asked, and nothing be written.
        ("RENAME COLUMN peer TO gone", "ALTER TABLE instances RENAME COLUMN gone TO peer"),
    ],
)
def test_a_database_that_cannot_store_it(play: Play, database: Database, harm: str, mend: str) -> None:
    image = make_slice()

    async def scene(desk: Desk) -> None:
        def run(text: str) -> Callable[[Any], None]:
            return lambda connection: connection.execute_text(text)

        await asyncio.to_thread(database.write, run(f"ALTER TABLE instances {harm}"))
        with pytest.raises(StoreError):
            await desk.send(image)
        await asyncio.to_thread(database.write, run(mend))
        await desk.send(image)
        # Nor does what is tidied up behind the first one take the file of the second.
        assert desk.find(image.SOPInstanceUID).file in await desk.files()
        assert desk.read(image.SOPInstanceUID) == image

    play(scene)


def test_what_a_crash_left_is_cleaned_at_the_start(play: Play, database: Database) -> None:
    kept, lost, half = make_slice(), make_slice(), make_slice()

    async def crash(desk: Desk) -> None:
        await desk.send(kept)
        incoming = desk.folder / "incoming"
        file = desk.folder / desk.find(kept.SOPInstanceUID).file
        # Indexed, and its draft not yet removed.
        os.link(file, incoming / f"{kept.StudyInstanceUID}_{kept.SeriesInstanceUID}_{kept.SOPInstanceUID}_0a")
        # In its place, and not yet indexed.
        os.link(file, file.with_name(f"{lost.SOPInstanceUID}.dcm"))
        os.link(file, incoming / f"{lost.StudyInstanceUID}_{lost.SeriesInstanceUID}_{lost.SOPInstanceUID}_0b")
        # Replaced, and the old one not yet removed.
        os.link(file, file.with_name(f"{kept.SOPInstanceUID}-0c.dcm"))
        # Still coming.
        (incoming / "0123456789abcdef").write_bytes(b"half")

    play(crash)

    async def start(desk: Desk) -> None:
        assert desk.read(kept.SOPInstanceUID) == kept
        await desk.send(lost)
        await desk.send(half)
        stored = sorted(desk.find(each.SOPInstanceUID).file for each in (kept, lost, half))
        assert await desk.files() == stored

    play(start)


def test_a_file_system_that_knows_no_second_name(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Any, target: Any) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    image = make_slice()

    async def scene(desk: Desk) -> None:
        await desk.send(image)
        await desk.send(image)
        await desk.send(make_slice(SOPInstanceUID=image.SOPInstanceUID, PatientID="P2"))
        assert desk.read(image.SOPInstanceUID).PatientID == "P2"
        assert await desk.files() == [desk.find(image.SOPInstanceUID).file]

    play(scene, storage_duplicates="newest")


def test_a_stray_file_in_the_place_of_an_instance(play: Play) -> None:
    image, other = make_slice(), make_slice(2)
    image.SOPInstanceUID = generate_uid()

    async def scene(desk: Desk) -> None:
        await desk.send(other)
        file = desk.folder / desk.find(other.SOPInstanceUID).file
        file.with_name(f"{image.SOPInstanceUID}.dcm").write_bytes(b"stray")
        await desk.send(image)
        assert desk.read(image.SOPInstanceUID) == image

    play(scene)
