"""C-STORE on the DICOM port, byte by byte: what is handed on, which answer, and who waits for whom."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from openworklist.dicom import dimse
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.pdu import (
    Abort,
    AssociateAccept,
    AssociateRequest,
    Data,
    Pdu,
    decode,
    encode,
    encode_pieces,
)
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT, EXPLICIT_LITTLE_ENDIAN, VERIFICATION
from openworklist.dicom.user_information import ExtendedNegotiation, UserInformation
from openworklist.domain.errors import InstanceError, StoreError, StoreFull
from openworklist.domain.instance import Sender
from openworklist.listeners.dicom import DicomLimits, DicomListener
from openworklist.listeners.dicom_contract import DicomObserver, FindCursor, IncomingInstance, StoreService

CT, MR, JPEG = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.1.2.4.50"
REQUEST = AssociateRequest(
    "OPENWORKLIST",
    "CT1",
    APPLICATION_CONTEXT,
    (
        ProposedContext(1, VERIFICATION, (EXPLICIT_LITTLE_ENDIAN,)),
        ProposedContext(3, CT, ("1.2.840.10008.1.2.4.94", JPEG, EXPLICIT_LITTLE_ENDIAN)),
        ProposedContext(5, MR, (EXPLICIT_LITTLE_ENDIAN,)),
    ),
    UserInformation(16384, "1.2.3", extended=(ExtendedNegotiation(CT, bytes(6)),)),
)
STORE, ECHO = 0x0001, 0x0030
DATASET = b"\x08\0\x18\0UI\x04\x001.2\0"
MEGABYTE = 1 << 20


class Worklist:
    def open(self, calling_ae: str, identifier: bytes, transfer_syntax: str) -> FindCursor:
        raise AssertionError("nobody asks")


class Taken(IncomingInstance):
    def __init__(self, archive: "Archive", asked: tuple[object, ...], resume: Callable[[], None]) -> None:
        self.asked = asked
        self.resume = resume
        self.parts: list[bytes] = []
        self.is_dropped = self.is_finished = False
        self.size = self.most = 0
        self._archive = archive

    @property
    def is_full(self) -> bool:
        return sum(map(len, self.parts)) >= self._archive.room

    @property
    def data(self) -> bytes:
        return b"".join(self.parts)

    def write(self, data: bytes) -> None:
        self.parts.append(data)
        self.size += len(data)
        self.most = max(self.most, sum(map(len, self.parts)))
        self._archive.changed.set()

    def empty(self) -> None:
        self.parts.clear()
        self.resume()

    async def finish(self) -> None:
        self.is_finished = True
        self._archive.changed.set()
        await self._archive.go_on.wait()
        if self._archive.error is not None:
            raise self._archive.error

    def drop(self) -> None:
        self.is_dropped = True
        self._archive.changed.set()


class Archive(StoreService):
    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.error: BaseException | None = None
        self.room = 1 << 30
        self.on = True
        self.changed = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    @property
    def is_on(self) -> bool:
        return self.on

    def open(
        self, sender: Sender, uid: str, sop_class: str, transfer_syntax: str, resume: Callable[[], None]
    ) -> Taken:
        self.taken.append(
            Taken(self, (sender.calling, sender.called, uid, sop_class, transfer_syntax), resume)
        )
        return self.taken[-1]

    async def wait(self, is_so: Callable[[], bool]) -> None:
        """Until something is so that pieces bring about."""
        while not is_so():
            self.changed.clear()
            await self.changed.wait()


class Counts(DicomObserver):
    def __init__(self) -> None:
        self.events: list[str] = []

    def stored(self, peer: str, calling: str, seconds: float, status: int) -> None:
        self.events.append(f"stored {status:04X}")

    def unfinished(self, peer: str, calling: str) -> None:
        self.events.append("unfinished")

    def failed(self, peer: str, error: BaseException) -> None:
        self.events.append(f"failed {type(error).__name__}")


class Scene:
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, archive: Archive, counts: Counts
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.archive = archive
        self.counts = counts

    async def read_pdu(self) -> Pdu:
        header = await self.reader.readexactly(6)
        return decode(header + await self.reader.readexactly(int.from_bytes(header[2:], "big")))

    async def store(
        self, dataset: bytes | None = DATASET, *, context: int = 3, sop_class: str = CT
    ) -> dimse.Command:
        self.begin(context=context, sop_class=sop_class, has_dataset=dataset is not None)
        if dataset is not None:
            self.write(dataset, context=context)
        return await self.read_answer()

    def begin(
        self, *, context: int = 3, sop_class: str = CT, number: int = 7, has_dataset: bool = True
    ) -> None:
        elements: dict[int, dimse.Element] = {
            dimse.AFFECTED_SOP_CLASS_UID: sop_class,
            dimse.COMMAND_FIELD: STORE,
            dimse.MESSAGE_ID: number,
            dimse.DATA_SET_TYPE: 1 if has_dataset else 0x0101,
            dimse.AFFECTED_SOP_INSTANCE_UID: "1.2",
        }
        self.writer.write(b"".join(encode_pieces(context, dimse.encode(elements), 0, is_command=True)))

    def write(self, dataset: bytes, *, context: int = 3) -> None:
        self.writer.write(b"".join(encode_pieces(context, dataset, 60_000, is_command=False)))

    def echo(self, number: int) -> None:
        command = {dimse.COMMAND_FIELD: ECHO, dimse.MESSAGE_ID: number, dimse.DATA_SET_TYPE: 0x0101}
        self.writer.write(b"".join(encode_pieces(1, dimse.encode(command), 0, is_command=True)))

    async def read_answer(self) -> dimse.Command:
        pdu = await self.read_pdu()
        assert isinstance(pdu, Data), pdu
        return dimse.decode(pdu.pdvs[0].data)


def run(
    play: Callable[[Scene], Awaitable[None]],
    *,
    limits: DicomLimits | None = None,
    results: tuple[int, ...] = (0, 0, 0),
    archive: Archive | None = None,
) -> None:
    async def stage() -> None:
        counts, store = Counts(), archive or Archive()
        listener = DicomListener(
            Worklist(), None, store, host="127.0.0.1", port=0, observer=counts, limits=limits,
            sweep_seconds=0.02,
        )  # fmt: skip
        await listener.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port, limit=1 << 26)
        try:
            scene = Scene(reader, writer, store, counts)
            writer.write(encode(REQUEST))
            answer = await scene.read_pdu()
            assert isinstance(answer, AssociateAccept)
            assert tuple(each.result for each in answer.contexts) == results
            async with asyncio.timeout(30):
                await play(scene)
        finally:
            writer.transport.abort()
            await listener.stop(0)

    asyncio.run(stage())


def status(command: dimse.Command) -> int | None:
    return command.find_number(dimse.STATUS)


@pytest.mark.parametrize("size", [len(DATASET), 60_000, 300_001])
def test_what_comes_is_handed_on_and_answered(size: int) -> None:
    dataset = DATASET.ljust(size, b"x")

    async def play(scene: Scene) -> None:
        answer = await scene.store(dataset)
        assert (answer.field, status(answer), answer.message_id) == (STORE | 0x8000, 0, 7)
        assert answer.find_text(dimse.AFFECTED_SOP_CLASS_UID) == CT
        assert answer.find_text(dimse.AFFECTED_SOP_INSTANCE_UID) == "1.2"
        (taken,) = scene.archive.taken
        assert taken.asked == ("CT1", "OPENWORKLIST", "1.2", CT, JPEG)
        assert taken.data == dataset
        assert max(map(len, taken.parts)) <= 60_000
        assert scene.counts.events == ["stored 0000"]

    run(play)


def test_the_answer_waits_until_it_is_stored_and_what_comes_behind_waits_for_it() -> None:
    async def play(scene: Scene) -> None:
        scene.archive.go_on.clear()
        scene.begin(number=1)
        scene.write(DATASET)
        scene.begin(number=2)
        scene.write(DATASET * 2)
        scene.echo(3)
        await scene.archive.wait(lambda: len(scene.archive.taken) == 1)
        scene.archive.go_on.set()
        answers = [await scene.read_answer() for _ in range(3)]
        assert [(each.field, each.message_id) for each in answers] == [
            (STORE | 0x8000, 1), (STORE | 0x8000, 2), (ECHO | 0x8000, 3),
        ]  # fmt: skip
        assert [each.data for each in scene.archive.taken] == [DATASET, DATASET * 2]

    run(play)


def test_who_sends_faster_than_the_disk_writes_is_not_read_from() -> None:
    whole = bytes(32 * MEGABYTE)

    async def play(scene: Scene) -> None:
        archive = scene.archive
        archive.room = MEGABYTE
        scene.begin()
        scene.write(whole)
        await archive.wait(lambda: bool(archive.taken))
        (taken,) = archive.taken
        while not taken.is_finished:
            await archive.wait(lambda: taken.is_full or taken.is_finished)
            # Turns of the loop, each of which could read a packet.
            for _ in range(50):
                await asyncio.sleep(0)
            taken.empty()
        assert status(await scene.read_answer()) == 0
        assert taken.size == len(whole)
        assert taken.most < 2 * MEGABYTE

    run(play)


def test_another_sop_class_than_that_of_the_context() -> None:
    async def play(scene: Scene) -> None:
        assert status(await scene.store(bytes(200_000), sop_class=MR)) == 0x0122
        assert scene.archive.taken == []
        assert status(await scene.store()) == 0
        assert scene.counts.events == ["stored 0122", "stored 0000"]

    run(play)


def test_no_dataset() -> None:
    async def play(scene: Scene) -> None:
        assert status(await scene.store(None)) == 0xC000
        assert status(await scene.store()) == 0

    run(play)


@pytest.mark.parametrize(
    ("error", "expected", "comment", "tags"),
    [
        (
            InstanceError("not that", tag=0x0008_0018, code="instance.mismatch"),
            0xA900,
            "not that",
            (0x0008_0018,),
        ),
        (InstanceError("no UID", tag=0x0020_000D), 0xC000, "no UID", (0x0020_000D,)),
        (InstanceError("too large", code="instance.too-large"), 0xC000, "too large", ()),
        (StoreFull("disk full"), 0xA700, "disk full", ()),
        (StoreError("no database"), 0xA700, "no database", ()),
        (ValueError("Doe^Jane"), 0xC002, "internal error, see the log of the server", ()),
    ],
)
def test_what_is_not_stored(error: Exception, expected: int, comment: str, tags: tuple[int, ...]) -> None:
    async def play(scene: Scene) -> None:
        scene.archive.error = error
        answer = await scene.store()
        assert status(answer) == expected
        assert answer.find_text(dimse.ERROR_COMMENT) == comment
        assert answer.find_tags(dimse.OFFENDING_ELEMENT) == tags
        is_ours = [] if isinstance(error, InstanceError) else [f"failed {type(error).__name__}"]
        assert scene.counts.events == [*is_ours, f"stored {expected:04X}"]
        scene.archive.error = None
        assert status(await scene.store()) == 0

    run(play)


def test_an_association_that_ends_within_a_dataset() -> None:
    async def play(scene: Scene) -> None:
        scene.begin()
        scene.writer.write(b"".join(encode_pieces(3, bytes(60_000), 30_000, is_command=False))[:40_000])
        await scene.archive.wait(lambda: bool(scene.archive.taken) and bool(scene.archive.taken[0].parts))
        scene.writer.transport.abort()
        await scene.archive.wait(lambda: scene.archive.taken[0].is_dropped)
        assert scene.counts.events == ["unfinished"]

    run(play)


def test_an_association_that_ends_before_the_answer_is_stored_nevertheless() -> None:
    async def play(scene: Scene) -> None:
        scene.archive.go_on.clear()
        scene.begin()
        scene.write(DATASET)
        await scene.archive.wait(lambda: bool(scene.archive.taken) and bool(scene.archive.taken[0].parts))
        scene.writer.write(encode(Abort(0, 0)))
        assert await scene.reader.read() == b""
        assert not scene.archive.taken[0].is_dropped
        assert scene.counts.events == []

    run(play)


def test_silence_within_a_dataset_ends_the_association() -> None:
    async def play(scene: Scene) -> None:
        scene.begin()
        assert isinstance(await scene.read_pdu(), Abort)
        assert scene.archive.taken[0].is_dropped

    run(play, limits=DicomLimits(idle_timeout=0.2))


def test_a_disk_that_takes_its_time_is_not_the_fault_of_the_peer() -> None:
    async def play(scene: Scene) -> None:
        archive = scene.archive
        archive.room = 1
        scene.begin()
        scene.write(bytes(100_000))
        await archive.wait(lambda: bool(archive.taken) and archive.taken[0].is_full)
        # Another association, which began later, has been ended for its silence.
        reader, writer = await asyncio.open_connection(*scene.writer.get_extra_info("peername"))
        writer.write(encode(REQUEST))
        silent = Scene(reader, writer, archive, scene.counts)
        assert isinstance(await silent.read_pdu(), AssociateAccept)
        assert isinstance(await silent.read_pdu(), Abort)
        writer.transport.abort()
        archive.room = 1 << 30
        archive.taken[0].resume()
        assert status(await scene.read_answer()) == 0

    run(play, limits=DicomLimits(idle_timeout=0.1, pdu_timeout=0.1))


def test_switched_off_its_contexts_are_not_accepted() -> None:
    async def play(scene: Scene) -> None:
        scene.echo(1)
        assert status(await scene.read_answer()) == 0

    async def later() -> Archive:
        archive = Archive()
        archive.on = False
        return archive

    run(play, results=(0, 3, 3), archive=asyncio.run(later()))
