"""Nodes that stall, break off, refuse and never end: each is told for what it is, and nothing hangs."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from openworklist.clients import dicom_question
from openworklist.clients.dicom import Node
from openworklist.clients.dicom_question import Terms
from openworklist.clients.stop import Stop
from openworklist.domain.errors import PeerError
from openworklist.domain.node import SavedNode
from openworklist.services.asking import Asker

Answers = Iterator[tuple[Any, Dataset | None]]
Serve = Callable[[Callable[[Any], Answers]], Node]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Any] = []

    def start(answer: Callable[[Any], Answers]) -> Node:
        entity = AE(ae_title="NODE")
        entity.add_supported_context(ModalityWorklistInformationFind)
        server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, answer)])
        servers.append(server)
        return Node("127.0.0.1", server.server_address[1], "NODE", "ME", timeout=20)

    yield start
    for server in servers:
        server.shutdown()


def make_answer(number: int) -> Dataset:
    answer, step = Dataset(), Dataset()
    answer.PatientID = f"P{number}"
    step.ScheduledProcedureStepID = str(number)
    answer.ScheduledProcedureStepSequence = [step]
    return answer


def to_saved(node: Node, **more: Any) -> SavedNode:
    return SavedNode("node", node.host, node.port, node.called, node.calling, node.timeout, **more)


def fail(status: int, comment: str = "") -> Dataset:
    failure = Dataset()
    failure.Status = status
    if comment:
        failure.ErrorComment = comment
    return failure


@pytest.mark.parametrize(
    ("status", "comment", "told"),
    [
        (0xA700, "", "A700 after 2 answers: out of resources"),
        (0xC000, "", "C000 after 2 answers: unable to process"),
        (0xC000, "the index is broken", "C000 after 2 answers: the index is broken"),
    ],
)
def test_a_failure_in_the_middle(serve: Serve, status: int, comment: str, told: str) -> None:
    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer(1)
        yield 0xFF01, make_answer(2)
        yield fail(status, comment), None

    with pytest.raises(PeerError, match=told) as caught:
        serve(answer).ask({}, Terms())
    assert caught.value.code == "peer.status"


def test_an_abort_in_the_middle(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer(1)
        event.assoc.abort(block=False)
        yield 0xFF00, make_answer(2)

    with pytest.raises(PeerError, match="broke off the worklist question") as caught:
        serve(answer).ask({}, Terms())
    assert caught.value.code == "peer.aborted"


def test_a_node_that_stalls_between_two_answers(serve: Serve) -> None:
    asked_enough = threading.Event()

    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer(1)
        asked_enough.wait(20)
        yield 0x0000, None

    node = serve(answer)
    with pytest.raises(PeerError, match=r"within 0\.5 seconds after 1 answers") as caught:
        Node(node.host, node.port, "NODE", timeout=0.5).ask({}, Terms())
    asked_enough.set()
    assert caught.value.code == "peer.timeout"


def test_a_node_that_never_ends_is_ended_in_all(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        number = 0
        while not event.is_cancelled:
            number += 1
            yield 0xFF00, make_answer(number)
        yield 0xFE00, None

    with pytest.raises(
        PeerError, match=r"did not end the worklist question within 0\.5 seconds after"
    ) as caught:
        serve(answer).ask({}, Terms(total=0.5))
    assert caught.value.code == "peer.timeout"


def test_of_100_000_answers_those_that_are_wanted(serve: Serve) -> None:
    sent: list[int] = []

    def answer(event: Any) -> Answers:
        for number in range(100_000):
            if event.is_cancelled:
                yield 0xFE00, None
                return
            sent.append(number)
            yield 0xFF00, make_answer(number)
        yield 0x0000, None

    found = serve(answer).ask({}, Terms(limit=50))
    assert [entry.values["patient_id"] for entry in found.entries] == [f"P{n}" for n in range(50)]
    assert (found.is_limited, found.is_complete) == (True, False)
    assert len(sent) < 100_000


def test_a_node_that_heeds_no_cancel_is_broken_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicom_question, "_GRACE", 0.3)
    ended = threading.Event()

    def answer(event: Any) -> Answers:
        number = 0
        while event.assoc.is_established and not ended.is_set():
            number += 1
            yield 0xFF00, make_answer(number)

    found = serve(answer).ask({}, Terms(limit=5))
    ended.set()
    assert (len(found.entries), found.is_limited, found.status) == (5, True, None)


def test_a_question_is_stopped_from_another_thread(serve: Serve) -> None:
    stop = Stop()
    cancelled = threading.Event()

    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer(1)
        stop.cancel()
        while not event.is_cancelled:
            time.sleep(0.01)
        cancelled.set()
        yield 0xFE00, None

    with pytest.raises(PeerError, match="was asked to stop") as caught:
        serve(answer).ask({}, Terms(), stop=stop)
    assert caught.value.code == "peer.stopped"
    assert cancelled.is_set()


def test_an_answer_that_cannot_be_read_is_counted(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer(1)
        broken = C_FIND()
        broken.MessageIDBeingRespondedTo = event.request.MessageID
        broken.AffectedSOPClassUID = ModalityWorklistInformationFind
        broken.Status = 0xFF00
        broken.Identifier = BytesIO(b"\x10\0\x10\0PN\xff\x00ab")  # says it has 255 bytes
        event.assoc.dimse.send_msg(broken, event.context.context_id)
        yield 0xFF00, make_answer(2)
        yield 0x0000, None

    found = serve(answer).ask({}, Terms())
    assert (found.answers, found.unreadable, found.is_complete) == (3, 1, False)
    assert [entry.values["patient_id"] for entry in found.entries] == ["P1", "P2"]


def test_the_loop_goes_on_while_a_node_is_asked(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        for number in range(200):
            yield 0xFF00, make_answer(number)
        yield 0x0000, None

    async def run() -> tuple[int, list[int]]:
        counts: list[int] = []
        asker = Asker()
        found = await asker.find(to_saved(serve(answer)), {}, on_answer=counts.append)
        await asyncio.sleep(0)
        await asker.stop()
        return found.answers, counts

    answers, counts = asyncio.run(run())
    assert answers == 200
    assert counts == sorted(counts)
    assert counts[-1] == 200


@pytest.mark.parametrize("way", ["the caller", "the server"])
def test_a_question_is_cancelled(serve: Serve, way: str) -> None:
    cancelled = threading.Event()
    asked = threading.Event()

    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer(1)
        asked.set()
        while event.assoc.is_established and not cancelled.is_set():
            if event.is_cancelled:  # it says so once
                cancelled.set()
            time.sleep(0.01)
        yield 0xFE00, None

    async def run() -> None:
        asker = Asker()
        task = asyncio.create_task(asker.find(to_saved(serve(answer)), {}))
        await asyncio.to_thread(asked.wait, 20)
        if way == "the caller":
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            await asker.stop()
            with pytest.raises(PeerError, match="was asked to stop"):
                await task
            with pytest.raises(PeerError, match="The server is stopping"):
                await asker.echo(to_saved(serve(answer)))

    asyncio.run(run())
    assert cancelled.is_set()
