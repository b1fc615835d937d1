"""DIMSE-N on the DICOM port, byte by byte: which answer, and that nothing else waits longer than it must."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from openworklist.dicom import dimse
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.messages import MAX_STEP
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
from openworklist.dicom.sop_classes import (
    APPLICATION_CONTEXT,
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    PERFORMED_STEP,
    PERFORMED_STEP_RETRIEVE,
    VERIFICATION,
)
from openworklist.dicom.user_information import UserInformation
from openworklist.domain.errors import IdentifierError, MappingError, StepError, StoreError
from openworklist.listeners.dicom import DicomListener
from openworklist.listeners.dicom_contract import DicomObserver, FindCursor, StepService

CONTEXTS = (
    ProposedContext(1, VERIFICATION, (IMPLICIT_LITTLE_ENDIAN,)),
    ProposedContext(3, PERFORMED_STEP, (EXPLICIT_LITTLE_ENDIAN,)),
    ProposedContext(5, PERFORMED_STEP_RETRIEVE, (EXPLICIT_LITTLE_ENDIAN,)),
)
REQUEST = AssociateRequest(
    "OPENWORKLIST", "CT1", APPLICATION_CONTEXT, CONTEXTS, UserInformation(16384, "1.2.3")
)
CREATE, SET, GET, ECHO = 0x0140, 0x0120, 0x0110, 0x0030
DATASET = b"\x10\0\x20\0LO\x02\x001 "


class Worklist:
    def open(self, calling_ae: str, identifier: bytes, transfer_syntax: str) -> FindCursor:
        raise AssertionError("nobody asks")


class Steps(StepService):
    def __init__(self, error: BaseException | None, missing: tuple[int, ...]) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self._error = error
        self._missing = missing

    async def _note(self, *asked: object) -> None:
        self.asked.append(asked)
        await self.go_on.wait()
        if self._error is not None:
            raise self._error

    async def create(self, calling_ae: str, peer: str, uid: str, dataset: bytes, transfer_syntax: str) -> str:
        await self._note("create", calling_ae, uid, dataset, transfer_syntax)
        return uid or "2.25.1"

    async def change(self, calling_ae: str, uid: str, dataset: bytes, transfer_syntax: str) -> None:
        await self._note("change", calling_ae, uid, dataset, transfer_syntax)

    async def get(self, uid: str, tags: Sequence[int], transfer_syntax: str) -> tuple[bytes, tuple[int, ...]]:
        await self._note("get", uid, tuple(tags), transfer_syntax)
        return DATASET, self._missing


class Counts(DicomObserver):
    def __init__(self) -> None:
        self.events: list[str] = []

    def step(self, calling: str, operation: str, seconds: float, status: int) -> None:
        self.events.append(f"{operation} {status:04X}")

    def failed(self, peer: str, error: BaseException) -> None:
        self.events.append(f"failed {type(error).__name__}")


class Scene:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, steps: Steps) -> None:
        self.reader = reader
        self.writer = writer
        self.steps = steps
        self.counts = Counts()

    async def read_pdu(self) -> Pdu:
        header = await self.reader.readexactly(6)
        return decode(header + await self.reader.readexactly(int.from_bytes(header[2:], "big")))

    async def ask(
        self, context: int, field: int, dataset: bytes | None = None, **more: dimse.Element
    ) -> tuple[dimse.Command, bytes | None]:
        self.send(context, field, dataset, **more)
        return await self.read_message()

    def send(self, context: int, field: int, dataset: bytes | None = None, **more: dimse.Element) -> None:
        elements: dict[int, dimse.Element] = {
            dimse.COMMAND_FIELD: field,
            dimse.MESSAGE_ID: 7,
            dimse.DATA_SET_TYPE: 0x0101 if dataset is None else 1,
            **{getattr(dimse, name): value for name, value in more.items()},
        }
        pieces = encode_pieces(context, dimse.encode(elements), 0, is_command=True)
        if dataset is not None:
            pieces += encode_pieces(context, dataset, 60_000, is_command=False)
        self.writer.write(b"".join(pieces))

    async def read_message(self) -> tuple[dimse.Command, bytes | None]:
        command = dimse.decode(await self._read_value())
        return command, await self._read_value() if command.has_dataset else None

    async def _read_value(self) -> bytes:
        value = b""
        while True:
            pdu = await self.read_pdu()
            assert isinstance(pdu, Data), pdu
            value += pdu.pdvs[0].data
            if pdu.pdvs[0].is_last:
                return value


def run(
    play: Callable[[Scene], Awaitable[None]],
    *,
    error: BaseException | None = None,
    missing: tuple[int, ...] = (),
) -> None:
    async def stage() -> None:
        steps, counts = Steps(error, missing), Counts()
        listener = DicomListener(Worklist(), steps, host="127.0.0.1", port=0, observer=counts)
        await listener.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port, limit=1 << 26)
        try:
            scene = Scene(reader, writer, steps)
            scene.counts = counts
            writer.write(encode(REQUEST))
            answer = await scene.read_pdu()
            assert isinstance(answer, AssociateAccept)
            assert [each.result for each in answer.contexts] == [0, 0, 0]
            async with asyncio.timeout(30):
                await play(scene)
        finally:
            writer.transport.abort()
            await listener.stop(0)

    asyncio.run(stage())


def number(command: dimse.Command, tag: int) -> int | None:
    return command.find_number(tag)


def test_an_n_create_is_answered_with_the_uid_that_it_has() -> None:
    async def play(scene: Scene) -> None:
        answer, dataset = await scene.ask(
            3, CREATE, DATASET, AFFECTED_SOP_CLASS_UID=PERFORMED_STEP, AFFECTED_SOP_INSTANCE_UID="1.2.3"
        )
        assert dataset is None
        assert answer.field == CREATE | 0x8000
        assert number(answer, dimse.STATUS) == 0
        assert answer.find_text(dimse.AFFECTED_SOP_CLASS_UID) == PERFORMED_STEP
        assert answer.find_text(dimse.AFFECTED_SOP_INSTANCE_UID) == "1.2.3"
        assert scene.steps.asked == [("create", "CT1", "1.2.3", DATASET, EXPLICIT_LITTLE_ENDIAN)]
        assert scene.counts.events == ["N-CREATE 0000"]

    run(play)


def test_an_n_create_without_a_uid_is_told_the_one_that_was_made() -> None:
    async def play(scene: Scene) -> None:
        answer, _ = await scene.ask(3, CREATE, DATASET, AFFECTED_SOP_CLASS_UID=PERFORMED_STEP)
        assert answer.find_text(dimse.AFFECTED_SOP_INSTANCE_UID) == "2.25.1"

    run(play)


def test_an_n_set_and_an_n_get() -> None:
    async def play(scene: Scene) -> None:
        answer, _ = await scene.ask(
            3, SET, DATASET, REQUESTED_SOP_CLASS_UID=PERFORMED_STEP, REQUESTED_SOP_INSTANCE_UID="1.2.3"
        )
        assert (answer.field, number(answer, dimse.STATUS)) == (SET | 0x8000, 0)
        answer, dataset = await scene.ask(
            5,
            GET,
            REQUESTED_SOP_CLASS_UID=PERFORMED_STEP_RETRIEVE,
            REQUESTED_SOP_INSTANCE_UID="1.2.3",
            ATTRIBUTE_IDENTIFIER_LIST=(0x0010_0020, 0x0040_0252),
        )
        assert (number(answer, dimse.STATUS), dataset) == (0, DATASET)
        assert scene.steps.asked[1] == ("get", "1.2.3", (0x0010_0020, 0x0040_0252), EXPLICIT_LITTLE_ENDIAN)

    run(play)


def test_what_is_not_there_is_listed_beside_what_is() -> None:
    async def play(scene: Scene) -> None:
        answer, dataset = await scene.ask(
            5, GET, REQUESTED_SOP_CLASS_UID=PERFORMED_STEP, REQUESTED_SOP_INSTANCE_UID="1.2.3"
        )
        assert (number(answer, dimse.STATUS), dataset) == (0x0107, DATASET)
        assert answer.find_tags(dimse.ATTRIBUTE_IDENTIFIER_LIST) == (0x0040_0253,)

    run(play, missing=(0x0040_0253,))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StepError("x", code="step.duplicate"), 0x0111),
        (StepError("x", code="step.final"), 0x0110),
        (StepError("x", code="step.invalid-instance"), 0x0117),
        (StepError("x", code="step.invalid-value", tags=(1, 2)), 0x0106),
        (StepError("x", code="step.missing-attribute", tags=(1,)), 0x0120),
        (StepError("x", code="step.missing-value", tags=(1,)), 0x0121),
        (StepError("x", code="step.no-such-attribute", tags=(1,)), 0x0105),
        (StepError("x", code="step.unknown"), 0x0112),
        (IdentifierError("x", tag=1), 0x0110),
        (StoreError("x"), 0x0213),
        (MappingError("x"), 0x0110),
        (ValueError("Doe^Jane"), 0x0110),
    ],
    ids=lambda each: getattr(each, "code", type(each).__name__),
)
def test_each_error_has_its_status(error: Exception, status: int) -> None:
    async def play(scene: Scene) -> None:
        answer, _ = await scene.ask(3, CREATE, DATASET, AFFECTED_SOP_CLASS_UID=PERFORMED_STEP)
        assert number(answer, dimse.STATUS) == status
        comment = answer.find_text(dimse.ERROR_COMMENT) or ""
        assert comment == "x" or comment.startswith("internal error")
        tags = getattr(error, "tags", None) or ((1,) if isinstance(error, IdentifierError) else ())
        assert answer.find_tags(dimse.ATTRIBUTE_IDENTIFIER_LIST) == tags
        is_final = getattr(error, "code", "") == "step.final"
        assert number(answer, dimse.ERROR_ID) == (0xA501 if is_final else None)
        assert scene.counts.events[-1] == f"N-CREATE {status:04X}"
        answer, _ = await scene.ask(1, ECHO)
        assert number(answer, dimse.STATUS) == 0

    run(play, error=error)


@pytest.mark.parametrize(
    ("context", "field", "sop_class", "status"),
    [
        (3, SET, "1.2.3", 0x0118),
        (3, SET, VERIFICATION, 0x0119),
        (3, CREATE, PERFORMED_STEP_RETRIEVE, 0x0119),
        (5, GET, VERIFICATION, 0x0119),
        (5, SET, PERFORMED_STEP_RETRIEVE, 0x0211),
        (5, CREATE, PERFORMED_STEP_RETRIEVE, 0x0211),
        (3, GET, PERFORMED_STEP, 0x0211),
        (3, 0x0130, PERFORMED_STEP, 0x0211),
        (3, 0x0150, PERFORMED_STEP, 0x0211),
        (1, CREATE, VERIFICATION, 0x0211),
    ],
)
def test_what_is_no_service_of_the_class_is_refused(
    context: int, field: int, sop_class: str, status: int
) -> None:
    async def play(scene: Scene) -> None:
        answer, _ = await scene.ask(context, field, None, REQUESTED_SOP_CLASS_UID=sop_class)
        assert number(answer, dimse.STATUS) == status
        assert scene.steps.asked == []

    run(play)


def test_what_comes_behind_waits_for_its_turn() -> None:
    async def play(scene: Scene) -> None:
        scene.steps.go_on.clear()
        scene.send(3, CREATE, DATASET, AFFECTED_SOP_CLASS_UID=PERFORMED_STEP)
        scene.send(1, ECHO)
        while not scene.steps.asked:
            await asyncio.sleep(0)
        scene.steps.go_on.set()
        fields = [(await scene.read_message())[0].field for _ in range(2)]
        assert fields == [CREATE | 0x8000, ECHO | 0x8000]

    run(play)


def test_a_peer_that_leaves_meanwhile_hurts_nobody() -> None:
    async def play(scene: Scene) -> None:
        scene.steps.go_on.clear()
        scene.send(3, CREATE, DATASET, AFFECTED_SOP_CLASS_UID=PERFORMED_STEP)
        while not scene.steps.asked:
            await asyncio.sleep(0)
        scene.writer.write(encode(Abort(0, 0)))
        assert await scene.reader.read() == b""
        scene.steps.go_on.set()
        await asyncio.sleep(0)
        assert scene.counts.events == []

    run(play)


def test_a_dataset_may_be_as_long_as_an_exam_of_thousands_of_images_and_no_longer() -> None:
    async def play(scene: Scene) -> None:
        answer, _ = await scene.ask(3, SET, b"\0" * MAX_STEP, REQUESTED_SOP_CLASS_UID=PERFORMED_STEP)
        assert number(answer, dimse.STATUS) == 0
        scene.send(3, SET, b"\0" * (MAX_STEP + 2), REQUESTED_SOP_CLASS_UID=PERFORMED_STEP)
        assert isinstance(await scene.read_pdu(), Abort)

    run(play)


def test_without_a_service_the_classes_are_not_offered() -> None:
    async def stage() -> None:
        listener = DicomListener(Worklist(), host="127.0.0.1", port=0)
        await listener.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        try:
            writer.write(encode(REQUEST))
            scene = Scene(reader, writer, Steps(None, ()))
            answer = await scene.read_pdu()
            assert isinstance(answer, AssociateAccept)
            assert [each.result for each in answer.contexts] == [0, 3, 3]
        finally:
            writer.transport.abort()
            await listener.stop(0)

    asyncio.run(stage())
