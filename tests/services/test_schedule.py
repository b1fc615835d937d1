"""Saved nodes that are asked by schedule: by one server of two, with patience, and with what came of it."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from openworklist.domain.node import SavedNode, Vanished
from openworklist.domain.record import Status
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.asking import Asker
from openworklist.services.configuration import using
from openworklist.services.importing import Importer
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader
from openworklist.services.schedule import Schedule
from openworklist.store.database import Database
from openworklist.store.node_states import NodeState, claim_node, find_state, save_state
from players.auditor import read_records

SECOND = 1_000_000
NOW = 1_773_500_000 * SECOND  # 2026-03-14 14:53:20 UTC


class Other:
    """A worklist of somebody else's."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.status = 0
        self.asked: list[Dataset] = []
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        entity = AE(ae_title="NODE")
        entity.add_supported_context(ModalityWorklistInformationFind)
        self._server: Any = entity.start_server(
            ("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, self._answer)]
        )
        self.node = SavedNode("ris", "127.0.0.1", self._server.server_address[1], "NODE", interval=60)

    def _answer(self, event: Any) -> Iterator[tuple[int, Dataset | None]]:
        self.asked.append(event.identifier)
        self.is_asked.set()
        self.may_answer.wait(20)
        for number in self.numbers:
            answer, step = Dataset(), Dataset()
            answer.PatientID, answer.PatientName, answer.AccessionNumber = number, "Doe^Jane", f"A{number}"
            answer.RequestedProcedureID = f"RP{number}"
            step.ScheduledProcedureStepID, step.Modality = f"S{number}", "CT"
            step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime = "20260314", "1015"
            answer.ScheduledProcedureStepSequence = [step]
            yield 0xFF00, answer
        yield self.status, None

    def close(self) -> None:
        self.may_answer.set()
        if self._server is not None:
            self._server.shutdown()
        self._server = None


@pytest.fixture
def other() -> Iterator[Other]:
    found = Other()
    yield found
    found.close()


class Server:
    """What of a server asks nodes; its clock stands until it is moved."""

    def __init__(self, database: Database, *nodes: SavedNode) -> None:
        self.now = NOW
        self.database = database
        self.metrics = Metrics()
        self.nodes = {node.name: node for node in nodes}
        self.start()

    def start(self) -> None:
        """As a process that begins."""
        reader = Reader(using(preset("classic")))
        intake = Intake(self.database, reader, self.metrics, clock=lambda: self.now)
        self.asker = Asker()
        self.schedule = Schedule(
            self.database,
            self.asker,
            Importer(self.database, intake),
            lambda: self.nodes,
            None,
            self.metrics,
            interval=0.01,
            clock=lambda: self.now,
            jitter=lambda: 0,
        )

    def state(self) -> NodeState:
        return self.database.read(lambda connection: find_state(connection, "ris"))

    async def run_until(self, is_so: Callable[[], bool]) -> None:
        self.start()
        self.schedule.start()
        try:
            await self.wait_for(is_so)
        finally:
            await self.schedule.stop()
            await self.asker.stop()

    async def wait_for(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(is_so):
                await asyncio.sleep(0.01)

    def ask(self) -> NodeState:
        """Let it ask once, now."""
        before = self.state()
        self.now = max(self.now, before.next_at)

        def is_settled() -> bool:
            state = self.state()
            return state.next_at > self.now and not state.leased_by

        asyncio.run(self.run_until(is_settled))
        return self.state()


def test_a_node_is_asked_for_its_days_and_its_entries_become_records(
    database: Database, other: Other
) -> None:
    other.numbers = ["1", "2"]
    server = Server(database, replace(other.node, days_before=1, days_after=2, modality="CT"))
    state = server.ask()
    (question,) = other.asked
    (step,) = question.ScheduledProcedureStepSequence
    assert step.ScheduledProcedureStepStartDate == "20260313-20260316"
    assert (step.Modality, step.ScheduledStationAETitle) == ("CT", "*")
    assert json.loads(state.result) == {"answers": 2, "create": 2, "ended": 0, "missing": 0}
    assert (state.failures, state.next_at) == (0, NOW + 60 * SECOND)
    assert len(read_records(database)) == 2
    assert json.loads(server.ask().result)["unchanged"] == 2
    assert (server.metrics.get("nodes_asked"), server.metrics.get("node_entries_created")) == (2, 2)


def test_what_is_gone_is_cancelled_if_the_site_wants_that(database: Database, other: Other) -> None:
    server = Server(database, replace(other.node, vanished=Vanished.CANCEL))
    other.numbers = list("1234")
    server.ask()
    other.numbers = list("123")
    assert json.loads(server.ask().result)["ended"] == 1
    assert server.metrics.get("node_entries_ended") == 1
    statuses = {record.get("patient_id"): record.status for record in read_records(database)}
    assert statuses["4"] is Status.CANCELED
    assert statuses["1"] is Status.SCHEDULED


@pytest.mark.parametrize("trouble", ["a failure", "a limit"])
def test_an_answer_that_is_not_whole_ends_nothing(database: Database, other: Other, trouble: str) -> None:
    server = Server(database, replace(other.node, vanished=Vanished.DELETE))
    other.numbers = list("1234")
    server.ask()
    other.numbers = list("123")
    if trouble == "a failure":
        other.status = 0xC000
    else:
        server.nodes["ris"] = replace(other.node, vanished=Vanished.DELETE, limit=3)
    for _ in range(4):
        server.ask()
    assert len(read_records(database)) == 4


# pynetdicom leaves the socket of a vain attempt to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_node_that_is_down_is_asked_less_and_less(database: Database, other: Other) -> None:
    other.close()
    server = Server(database, other.node)
    pauses = []
    for _ in range(8):
        state = server.ask()
        pauses.append((state.next_at - server.now) // SECOND)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert (state.failures, state.error_code) == (8, "peer.unreachable")
    assert "cannot be reached" in state.error
    assert server.metrics.get("nodes_failed") == 8


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_server_of_two_asks(database: Database, other: Other) -> None:
    other.numbers = ["1", "2", "3"]
    other.may_answer.clear()
    servers = [Server(database, other.node) for _ in range(2)]

    async def run() -> None:
        for server in servers:
            server.schedule.start()
        await servers[0].wait_for(other.is_asked.is_set)
        await asyncio.sleep(0.2)  # time for the second to do wrong
        other.may_answer.set()
        await servers[0].wait_for(lambda: bool(servers[0].state().result))
        for server in servers:
            await server.schedule.stop()

    asyncio.run(run())
    assert len(other.asked) == 1
    assert len(read_records(database)) == 3


def test_a_lease_that_a_dead_server_left_ends(database: Database, other: Other) -> None:
    def claim(connection: Any) -> None:
        save_state(connection, NodeState("ris"))
        assert claim_node(connection, "ris", "dead", NOW, NOW + 100 * SECOND)
        assert claim_node(connection, "ris", "other", NOW, NOW + 100 * SECOND) is None

    database.write(claim)
    server = Server(database, other.node)
    if database.is_shared:
        server.now = NOW + 101 * SECOND
    assert server.ask().answered_at == server.now


def test_a_server_that_stops_asks_again_after_its_start(database: Database, other: Other) -> None:
    other.may_answer.clear()
    server = Server(database, other.node)
    asyncio.run(server.run_until(other.is_asked.is_set))
    assert (server.state().leased_by, server.state().next_at, server.state().result) == ("", 0, "")
    other.may_answer.set()
    other.numbers = ["1"]
    assert json.loads(server.ask().result)["create"] == 1


def test_a_node_without_interval_is_not_asked(database: Database, other: Other) -> None:
    waiting = replace(other.node, name="waiting", interval=0)
    server = Server(database, other.node, waiting)
    server.ask()
    assert database.read(lambda connection: find_state(connection, "waiting")) == NodeState("waiting")
