import asyncio
import logging
import resource
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from itertools import count, repeat

import pytest

from openworklist.dicom import dimse
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.negotiation import DEFAULT_MAX_PDU
from openworklist.dicom.pdu import (
    RELEASE_REPLY,
    RELEASE_REQUEST,
    Abort,
    AssociateAccept,
    AssociateReject,
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
    MODALITY_WORKLIST,
    VERIFICATION,
)
from openworklist.dicom.user_information import UserInformation
from openworklist.domain.errors import IdentifierError, ListenError, StoreError
from openworklist.listeners.crowd import Network
from openworklist.listeners.dicom import DicomLimits, DicomListener
from openworklist.listeners.dicom_contract import DicomObserver

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Batch = list[bytes] | Awaitable[list[bytes]]

REQUEST = AssociateRequest(
    "OPENWORKLIST",
    "CT1",
    APPLICATION_CONTEXT,
    (
        ProposedContext(1, VERIFICATION, (IMPLICIT_LITTLE_ENDIAN,)),
        ProposedContext(3, MODALITY_WORKLIST, (EXPLICIT_LITTLE_ENDIAN,)),
    ),
    UserInformation(16384, "1.2.3"),
)
NO_DATASET = 0x0101
LOOPS = [asyncio.new_event_loop]  # the last one is used
IDENTIFIER = b"\x10\0\x10\0PN\0\0"


@pytest.fixture(autouse=True, params=["asyncio", "uvloop"])
def _loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every scene plays on both loops: they differ in when they write and pause."""
    if request.param == "asyncio":
        yield
        return
    LOOPS.append(pytest.importorskip("uvloop", reason="uvloop runs on CPython for Unix only").new_event_loop)
    yield
    LOOPS.pop()


class Cursor:
    numbers: tuple[int, ...] = ()

    def __init__(self, batches: Iterator[Batch], status: int) -> None:
        self._batches = batches
        self.status = status
        self.given = 0

    def next_batch(self) -> Batch:
        self.given += 1
        return next(self._batches, [])


class Worklist:
    """Answers each question with the same batches, or fails as it is told."""

    def __init__(self, batches: Callable[[], Iterator[Batch]], status: int, error: Exception | None) -> None:
        self._batches = batches
        self._status = status
        self._error = error
        self.asked: list[tuple[str, bytes, str]] = []
        self.cursors: list[Cursor] = []

    def open(self, calling_ae: str, identifier: bytes, transfer_syntax: str, *, adjusts_zone: bool) -> Cursor:
        self.asked.append((calling_ae, identifier, transfer_syntax))
        if self._error is not None:
            raise self._error
        self.cursors.append(Cursor(self._batches(), self._status))
        return self.cursors[-1]


class Counts(DicomObserver):
    def __init__(self) -> None:
        self.events: list[str] = []
        self.changed = asyncio.Event()

    def _note(self, event: str) -> None:
        self.events.append(event)
        self.changed.set()

    def association_opened(self, peer: str, calling: str) -> None:
        self._note(f"opened {calling}")

    def association_rejected(self, peer: str, calling: str, called: str, reason: str) -> None:
        self._note(f"rejected {calling}: {reason}")

    def limit_reached(self, setting: str) -> None:
        self._note(f"limit {setting}")

    def secured(self, peer: str, version: str, cipher: str) -> None:
        self._note(f"secured {version}")

    def tls_failed(self, peer: str, reason: str) -> None:
        self._note(f"TLS failed: {reason}")

    def misdirected(self, peer: str, reason: str) -> None:
        self._note(f"misdirected: {reason}")

    def association_aborted(self, peer: str, calling: str, reason: str) -> None:
        self._note(f"aborted {reason}")

    def association_closed(self, peer: str, calling: str) -> None:
        self._note(f"closed {calling}")

    def connection_refused(self, peer: str, reason: str) -> None:
        self._note(f"refused {reason}")

    def timed_out(self, peer: str, reason: str) -> None:
        self._note(f"timed out {reason}")

    def echo(self, calling: str) -> None:
        self._note(f"echo {calling}")

    def question(self, calling: str, answers: int, seconds: float, status: int) -> None:
        self._note(f"question {calling} {answers} {status:04X}")

    def failed(self, peer: str, error: BaseException) -> None:
        self._note(f"failed {type(error).__name__}")


class Scene:
    """A listener with what it works with, and a scanner's way to it."""

    def __init__(self, listener: DicomListener, worklist: Worklist, counts: Counts) -> None:
        self.listener = listener
        self.worklist = worklist
        self.counts = counts
        self._scanners: list[Scanner] = []

    async def connect(self) -> "Scanner":
        streams = await asyncio.open_connection("127.0.0.1", self.listener.port, limit=1 << 26)
        self._scanners.append(Scanner(*streams))
        return self._scanners[-1]

    def end(self) -> None:
        for scanner in self._scanners:
            scanner.writer.transport.abort()

    async def associate(self) -> "Scanner":
        scanner = await self.connect()
        scanner.send(encode(REQUEST))
        assert isinstance(await scanner.read_pdu(), AssociateAccept)
        return scanner

    async def until(self, event: str) -> None:
        while event not in self.counts.events:
            self.counts.changed.clear()
            await self.counts.changed.wait()


class Scanner:
    def __init__(self, reader: Reader, writer: Writer) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def read_pdu(self) -> Pdu:
        header = await self.reader.readexactly(6)
        return decode(header + await self.reader.readexactly(int.from_bytes(header[2:], "big")))

    async def read_message(self) -> tuple[dimse.Command, bytes | None]:
        command = dimse.decode(await self._read_value())
        return command, await self._read_value() if command.has_dataset else None

    async def _read_value(self) -> bytes:
        value = b""
        while True:
            pdu = await self.read_pdu()
            assert isinstance(pdu, Data)
            value += pdu.pdvs[0].data
            if pdu.pdvs[0].is_last:
                return value

    async def read_answers(self) -> tuple[list[bytes], dimse.Command]:
        answers: list[bytes] = []
        while True:
            command, identifier = await self.read_message()
            if identifier is None:
                return answers, command
            answers.append(identifier)

    async def is_closed(self) -> bool:
        try:
            return await self.reader.read() == b""
        except ConnectionError:
            return True


def message(context_id: int, field: int, dataset: bytes | None = None, **changes: int | str) -> bytes:
    elements: dict[int, dimse.Element] = {
        dimse.COMMAND_FIELD: field,
        dimse.MESSAGE_ID: 7,
        dimse.DATA_SET_TYPE: NO_DATASET if dataset is None else 1,
    }
    for name, value in changes.items():
        elements[getattr(dimse, name)] = value
    pieces = encode_pieces(context_id, dimse.encode(elements), 0, is_command=True)
    if dataset is not None:
        pieces += encode_pieces(context_id, dataset, 0, is_command=False)
    return b"".join(pieces)


ECHO = message(1, 0x30)
FIND = message(3, 0x20, IDENTIFIER)
CANCEL = message(3, 0x0FFF, MESSAGE_ID_RESPONDED_TO=7)


def status_of(command: dimse.Command) -> int:
    status = command.find_number(dimse.STATUS)
    assert status is not None
    return status


def run(
    play: Callable[[Scene], Awaitable[None]],
    *,
    batches: Callable[[], Iterator[Batch]] = lambda: iter([[b"one.", b"two."]]),
    status: int = 0xFF00,
    error: Exception | None = None,
    limits: DicomLimits | None = None,
    called: tuple[str, ...] = (),
    allowed: tuple[Network, ...] = (),
    is_welcome: Callable[[str, str], bool] = lambda calling, peer: True,
) -> None:
    """Play a scene against a real listener; it must end within half a minute."""

    async def stage() -> None:
        worklist, counts = Worklist(batches, status, error), Counts()
        listener = DicomListener(
            worklist,
            host="127.0.0.1",
            port=0,
            limits=limits,
            called=called,
            allowed=allowed,
            observer=counts,
            is_welcome=is_welcome,
            sweep_seconds=0.02,
        )
        await listener.start()
        scene = Scene(listener, worklist, counts)
        try:
            await asyncio.wait_for(play(scene), 30)
        finally:
            scene.end()
            await listener.stop(0.1)

    with asyncio.Runner(loop_factory=LOOPS[-1]) as runner:
        runner.run(stage())


def test_a_scanner_asks_and_goes() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        assert scene.listener.status.associations == 1
        scanner.send(FIND)
        answers, final = await scanner.read_answers()
        assert answers == [b"one.", b"two."]
        assert (final.message_id, status_of(final)) == (7, 0)
        assert scene.worklist.asked == [("CT1", IDENTIFIER, EXPLICIT_LITTLE_ENDIAN)]
        scanner.send(RELEASE_REQUEST)
        assert encode(await scanner.read_pdu()) == RELEASE_REPLY
        scanner.writer.close()
        await scene.until("closed CT1")
        assert scene.counts.events == ["opened CT1", "question CT1 2 0000", "closed CT1"]
        assert scene.listener.status.connections == scene.listener.status.associations == 0

    run(play)


def test_an_echo_is_answered() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(ECHO)
        command, _ = await scanner.read_message()
        assert (command.field, status_of(command)) == (0x8030, 0)
        assert "echo CT1" in scene.counts.events

    run(play)


def test_the_usual_question_needs_no_task_and_leaves_in_one_write() -> None:
    tasks: list[int] = []

    def batches() -> Iterator[Batch]:
        tasks.append(len(asyncio.all_tasks()))
        yield [b"one."] * 10
        tasks.append(len(asyncio.all_tasks()))

    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        before = len(asyncio.all_tasks())
        scanner.send(FIND)
        # As many bytes as all the answers have: they are there in one piece.
        head = sum(
            map(
                len,
                encode_pieces(
                    3, dimse.encode_find_response(MODALITY_WORKLIST, 7, 0, True), 0, is_command=True
                ),
            )
        )
        data = await scanner.reader.read(1 << 20)
        assert len(data) == 11 * head + 10 * 16
        assert tasks == [before, before]

    run(play, batches=batches)


def test_pending_with_warning_is_what_the_cursor_says() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND)
        command, _ = await scanner.read_message()
        assert status_of(command) == 0xFF01

    run(play, status=0xFF01)


def test_many_batches_come_in_order_and_another_scanner_is_not_kept_waiting() -> None:
    async def play(scene: Scene) -> None:
        asking, other = await scene.associate(), await scene.associate()
        asking.send(FIND)
        other.send(ECHO)
        assert (await other.read_message())[0].field == 0x8030
        answers, final = await asking.read_answers()
        assert answers == [b"%04d" % number for number in range(500)]
        assert status_of(final) == 0

    run(play, batches=lambda: iter([[b"%04d" % (5 * i + k) for k in range(5)] for i in range(100)]))


def test_a_cursor_may_take_its_time() -> None:
    async def slowly(number: int) -> list[bytes]:
        await asyncio.sleep(0)
        return [b"%04d" % number] if number < 3 else []

    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND)
        answers, final = await scanner.read_answers()
        assert answers == [b"0000", b"0001", b"0002"]
        assert status_of(final) == 0

    run(play, batches=lambda: (slowly(number) for number in count()))


def test_a_cancel_is_heard_between_batches() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND)
        await scanner.read_message()
        scanner.send(CANCEL)
        answers, final = await scanner.read_answers()
        assert status_of(final) == 0xFE00
        assert answers
        scanner.send(CANCEL)
        scanner.send(ECHO)
        assert (await scanner.read_message())[0].field == 0x8030

    run(play, batches=lambda: repeat([b"more"]))


def test_a_cancel_ends_a_batch_that_is_still_being_read() -> None:
    given_up: list[str] = []

    async def read() -> list[bytes]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            given_up.append("read")
            raise
        return []

    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND)
        while not scene.worklist.cursors:
            await asyncio.sleep(0)
        scanner.send(CANCEL)
        answers, final = await scanner.read_answers()
        assert (answers, status_of(final), given_up) == ([], 0xFE00, ["read"])

    run(play, batches=lambda: iter([read()]))


def test_a_cancel_of_another_question_changes_nothing() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND + message(3, 0x0FFF, MESSAGE_ID_RESPONDED_TO=8))
        answers, final = await scanner.read_answers()
        assert (len(answers), status_of(final)) == (50, 0)

    run(play, batches=lambda: iter([[b"more"]] * 50))


def test_questions_that_come_all_at_once_are_answered_in_order() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        wanted = list(range(1, 200))
        scanner.send(b"".join(message(3, 0x20, IDENTIFIER, MESSAGE_ID=number) for number in wanted))
        found = [(await scanner.read_answers())[1].message_id for _ in wanted]
        assert found == wanted

    run(play, batches=lambda: iter([[b"one."], [b"two."]]))


def test_a_waiting_question_can_be_cancelled_too() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        waiting = message(3, 0x20, IDENTIFIER, MESSAGE_ID=8)
        scanner.send(FIND + waiting + message(3, 0x0FFF, MESSAGE_ID_RESPONDED_TO=8))
        finals: dict[int, int] = {}
        while len(finals) < 2:
            _, final = await scanner.read_answers()
            finals[final.message_id] = status_of(final)
        assert finals == {7: 0, 8: 0xFE00}
        assert len(scene.worklist.asked) == 1

    run(play, batches=lambda: iter([[b"more"]] * 20))


@pytest.mark.parametrize(
    ("error", "status", "comment", "tag"),
    [
        (
            IdentifierError("The identifier breaks off.", tag=0x0040_0100),
            0xC001,
            "The identifier breaks off.",
            0x0040_0100,
        ),
        (StoreError("The disk is full."), 0xA700, "The disk is full.", None),
        (RuntimeError("SMITH^JOHN"), 0xC002, "internal error, see the log of the server", None),
    ],
    ids=["unreadable", "store", "ours"],
)
def test_a_question_that_fails_says_why(error: Exception, status: int, comment: str, tag: int | None) -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND)
        answers, final = await scanner.read_answers()
        assert answers == []
        assert status_of(final) == status
        assert final.find_text(dimse.ERROR_COMMENT) == comment
        offending = final.elements.get(dimse.OFFENDING_ELEMENT)
        assert offending == (None if tag is None else dimse.encode({dimse.OFFENDING_ELEMENT: (tag,)})[20:])
        scanner.send(ECHO)
        assert (await scanner.read_message())[0].field == 0x8030

    run(play, error=error)


def test_an_error_of_ours_is_counted_and_logged_without_what_it_quotes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def failing() -> list[bytes]:
        raise RuntimeError("SMITH^JOHN")

    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND)
        _, final = await scanner.read_answers()
        assert status_of(final) == 0xC002
        assert scene.listener.status.last_error == "RuntimeError"
        assert "failed RuntimeError" in scene.counts.events

    with caplog.at_level(logging.INFO):
        run(play, batches=lambda: iter([[b"one."], failing()]))
    assert "RuntimeError" in caplog.text
    assert "SMITH" not in caplog.text


@pytest.mark.parametrize(
    ("sent", "field", "status"),
    [
        (message(3, 0x20, IDENTIFIER, AFFECTED_SOP_CLASS_UID=VERIFICATION), 0x8020, 0xA900),
        (message(3, 0x20), 0x8020, 0xC001),
        (message(3, 0x30, AFFECTED_SOP_CLASS_UID=VERIFICATION), 0x8030, 0x0122),
        (message(1, 0x20, IDENTIFIER), 0x8020, 0x0211),
        (message(3, 0x01, IDENTIFIER), 0x8001, 0x0211),
        (message(3, 0x0140, IDENTIFIER), 0x8140, 0x0211),
        (message(3, 0x7777), 0xF777, 0x0211),
    ],
    ids=[
        "other SOP class",
        "no identifier",
        "echo elsewhere",
        "find elsewhere",
        "store",
        "create",
        "unknown",
    ],
)
def test_what_we_do_not_do_is_refused_with_its_status(sent: bytes, field: int, status: int) -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(sent)
        command, _ = await scanner.read_message()
        assert (command.field, status_of(command), command.message_id) == (field, status, 7)

    run(play)


def test_an_answer_to_nothing_is_aborted() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(message(3, 0x8020, MESSAGE_ID_RESPONDED_TO=1) + FIND)
        assert await scanner.read_pdu() == Abort(0, 0)
        assert scene.worklist.asked == []

    run(play)


def test_who_calls_somebody_else_is_rejected() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.connect()
        scanner.send(encode(REQUEST))
        assert await scanner.read_pdu() == AssociateReject(1, 1, 7)
        scanner.writer.close()
        assert scene.counts.events == ["rejected CT1: it calls an AE title that is not ours"]

    run(play, called=("OTHER",))


@pytest.mark.parametrize("sent", [FIND, ECHO], ids=["question", "echo"])
def test_who_is_turned_away_while_its_association_is_open_is_told_no_more(sent: bytes) -> None:
    turned_away: set[str] = set()

    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        turned_away.add("CT1")
        scanner.send(sent)
        assert await scanner.read_pdu() == Abort(0, 0)
        assert scene.counts.events == ["opened CT1", "aborted its scanner is turned away since"]
        assert scene.worklist.asked == []

    run(play, is_welcome=lambda calling, peer: calling not in turned_away)


def test_one_association_too_many_is_rejected_for_now() -> None:
    async def play(scene: Scene) -> None:
        first, second = await scene.associate(), await scene.connect()
        second.send(encode(REQUEST))
        assert await second.read_pdu() == AssociateReject(2, 3, 1)
        first.send(RELEASE_REQUEST)
        await first.read_pdu()
        first.writer.close()
        await scene.until("closed CT1")
        await scene.associate()

    run(play, limits=DicomLimits(associations=1))


def test_one_association_too_many_of_a_title_or_an_address_is_rejected_by_our_limit() -> None:
    async def play(scene: Scene) -> None:
        first, second = await scene.associate(), await scene.connect()
        second.send(encode(REQUEST))
        assert await second.read_pdu() == AssociateReject(2, 3, 2)
        second.writer.close()
        other = await scene.connect()
        other.send(encode(replace(REQUEST, calling="CT2")))
        answer = await other.read_pdu()
        assert isinstance(answer, AssociateReject if by_address else AssociateAccept)
        first.writer.close()
        await scene.until("closed CT1")
        await scene.associate()
        setting = "dicom_max_per_address" if by_address else "dicom_max_per_title"
        assert f"limit {setting}" in scene.counts.events

    for by_address in (True, False):
        run(play, limits=DicomLimits(per_address=1) if by_address else DicomLimits(per_title=1))


def test_of_those_without_association_the_oldest_gives_way() -> None:
    async def play(scene: Scene) -> None:
        settled = await scene.associate()
        first, *_, last = [await scene.connect() for _ in range(6)]
        assert await first.is_closed()
        await scene.until("limit dicom_max_pending")
        last.send(encode(REQUEST))
        assert isinstance(await last.read_pdu(), AssociateAccept)
        settled.send(ECHO)
        assert (await settled.read_message())[0].field == 0x8030
        assert scene.listener.status.connections == 6

    run(play, limits=DicomLimits(pending=5))


def test_who_is_not_allowed_hears_nothing() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.connect()
        assert await scanner.is_closed()
        await scene.until("refused its address is not in dicom_allowed")

    run(play, allowed=(ip_network("10.0.0.0/8"),))


def test_who_speaks_tls_on_the_plain_port_is_told_from_the_others() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.connect()
        scanner.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
        assert await scanner.read_pdu() == Abort(0, 0)
        assert scene.counts.events == ["misdirected: it speaks TLS on the plain port"]

    run(play)


def test_who_sends_no_request_is_closed() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.connect()
        scanner.send(encode(REQUEST)[:50])
        assert await scanner.is_closed()
        assert scene.counts.events == [
            "timed out it sent no association request: dicom_artim_timeout is over"
        ]

    run(play, limits=DicomLimits(artim=0.05))


def test_who_does_not_close_after_the_release_is_closed() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(RELEASE_REQUEST)
        await scanner.read_pdu()
        assert await scanner.is_closed()
        await scene.until("closed CT1")
        assert scene.counts.events == ["opened CT1", "closed CT1"]

    run(play, limits=DicomLimits(artim=0.05))


@pytest.mark.parametrize(
    ("setting", "sent"),
    [
        ("dicom_max_pdu", b"\4\0" + (DEFAULT_MAX_PDU + 13).to_bytes(4, "big")),
        ("dicom_max_identifier", FIND),
    ],
    ids=["PDU", "identifier"],
)
def test_who_sends_more_than_a_setting_allows_is_aborted_and_counted(setting: str, sent: bytes) -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(sent)
        assert type(await scanner.read_pdu()) is Abort
        assert f"limit {setting}" in scene.counts.events
        assert any(each.startswith("aborted") and setting in each for each in scene.counts.events)

    run(play, limits=DicomLimits(identifier=4))


def test_a_pdu_that_does_not_end_is_aborted() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND[:30])
        assert await scanner.read_pdu() == Abort(0, 0)
        assert "timed out a PDU was begun and not ended: dicom_pdu_timeout is over" in scene.counts.events

    run(play, limits=DicomLimits(pdu_timeout=0.05))


def test_a_byte_at_a_time_is_no_way_around_the_limit() -> None:
    async def drip(scanner: Scanner) -> None:
        for byte in FIND * 1000:
            scanner.send(bytes((byte,)))
            await asyncio.sleep(0.01)

    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        dripping = asyncio.create_task(drip(scanner))
        assert await scanner.read_pdu() == Abort(0, 0)
        dripping.cancel()
        assert scene.worklist.asked == []

    run(play, limits=DicomLimits(pdu_timeout=0.1))


def test_silence_ends_an_association() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        assert await scanner.read_pdu() == Abort(0, 0)
        await scene.until("aborted idle: dicom_idle_timeout is over")

    run(play, limits=DicomLimits(idle_timeout=0.05))


def test_who_does_not_read_gets_no_more_and_is_closed() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.reader._transport.pause_reading()  # type: ignore[attr-defined]
        scanner.send(FIND)
        await scene.until("timed out it does not read its answers: dicom_write_timeout is over")
        await scene.until("closed CT1")
        assert scene.worklist.cursors[0].given < 1000

    run(play, batches=lambda: repeat([bytes(10_000)] * 10), limits=DicomLimits(write_timeout=0.2))


def test_who_reads_again_in_time_misses_nothing() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.reader._transport.pause_reading()  # type: ignore[attr-defined]
        scanner.send(FIND + ECHO)
        given, idle_turns = 0, 0
        while not given or idle_turns < 100:
            await asyncio.sleep(0)
            now_given = scene.worklist.cursors[0].given if scene.worklist.cursors else 0
            idle_turns = idle_turns + 1 if now_given == given else 0
            given = now_given
        assert given < 300
        scanner.reader._transport.resume_reading()  # type: ignore[attr-defined]
        answers, final = await scanner.read_answers()
        assert (len(answers), status_of(final)) == (3000, 0)
        assert (await scanner.read_message())[0].field == 0x8030

    run(play, batches=lambda: iter([[bytes(10_000)] * 10] * 300))


def test_a_release_in_the_midst_of_answers_ends_them() -> None:
    async def play(scene: Scene) -> None:
        scanner = await scene.associate()
        scanner.send(FIND)
        await scanner.read_message()
        scanner.send(RELEASE_REQUEST)
        while isinstance(pdu := await scanner.read_pdu(), Data):
            pass
        assert encode(pdu) == RELEASE_REPLY

    run(play, batches=lambda: repeat([b"more"]))


def test_who_goes_in_the_midst_of_answers_leaves_nothing_behind() -> None:
    never = asyncio.Event

    async def forever() -> list[bytes]:
        await never().wait()
        return []

    async def play(scene: Scene) -> None:
        before = asyncio.all_tasks()
        scanner = await scene.associate()
        scanner.send(FIND)
        await scanner.read_message()
        scanner.writer.transport.abort()
        await scene.until("closed CT1")
        assert "aborted the connection was lost" in scene.counts.events
        for task in asyncio.all_tasks() - before:
            with pytest.raises(asyncio.CancelledError):
                await task

    run(play, batches=lambda: iter([[b"one."], forever()]))


def test_stopping_answers_what_was_asked_and_aborts_what_is_idle() -> None:
    release = asyncio.Event()

    async def held() -> list[bytes]:
        await release.wait()
        return [b"last"]

    async def play(scene: Scene) -> None:
        idle, asking = await scene.associate(), await scene.associate()
        asking.send(FIND)
        while not scene.worklist.cursors:
            await asyncio.sleep(0)
        stopping = asyncio.create_task(scene.listener.stop(20))
        assert await idle.read_pdu() == Abort(0, 0)
        assert not scene.listener.status.is_running
        release.set()
        answers, final = await asking.read_answers()
        assert (answers, status_of(final)) == ([b"last"], 0)
        assert await asking.read_pdu() == Abort(0, 0)
        await stopping
        assert scene.listener.status.connections == 0

    run(play, batches=lambda: iter([held()]))


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        listener = DicomListener(Worklist(lambda: iter([]), 0, None), host="127.0.0.1", port=port)
        with pytest.raises(ListenError, match=f"DICOM.*127.0.0.1:{port}"):
            listener.bind()


def test_it_listens_on_ipv6_too() -> None:
    async def play() -> None:
        listener = DicomListener(Worklist(lambda: iter([]), 0, None), port=0)
        await listener.start()
        assert listener.addresses[0] == f"0.0.0.0:{listener.port}"
        for address in ("127.0.0.1", "::1")[: len(listener.addresses)]:
            reader, writer = await asyncio.open_connection(address, listener.port)
            writer.write(encode(REQUEST))
            assert (await reader.read(1))[0] == 2
            writer.close()
        await listener.stop(1)

    asyncio.run(play())


@pytest.mark.long
def test_5000_idle_associations_do_not_slow_the_one_that_asks() -> None:
    wanted = 5000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * wanted + 200:
        pytest.skip(f"the file limit is {hard}: raise it with `ulimit -Hn 20000`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * wanted + 200), hard))

    async def play(scene: Scene) -> None:
        for _ in range(wanted):
            await scene.associate()
        scanner = await scene.associate()
        for _ in range(100):
            scanner.send(FIND)
            assert len((await scanner.read_answers())[0]) == 2
        assert scene.listener.status.associations == wanted + 1

    try:
        run(play)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
