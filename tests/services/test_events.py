"""Open pages hear what changed, by whichever process, and of trouble with the database."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from openworklist.domain.performed import PerformedStep, StepState
from openworklist.services.configurations import Configurations
from openworklist.services.deletion import delete_records
from openworklist.services.events import NAMES, TROUBLE, Events, Subscription
from openworklist.services.intake import Intake
from openworklist.services.reading import Source
from openworklist.store.connection import Connection
from openworklist.store.database import Database, open_database
from openworklist.store.node_states import NodeState, save_state
from openworklist.store.outbound import drop, insert_outgoing, try_again
from openworklist.store.performed_steps import insert_step, update_step
from openworklist.store.questions import Kept, keep_questions

ORDER = (
    b"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|E1|P|2.3.1\rPID|||P1||Doe^Jane\r"
    b"ORC|NW|A1\rOBR||||RP^CT||||||||||||||CT|||CT01\r"
)
BROKEN = b"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|E2|P|2.3.1\r"
STEP = PerformedStep("1.2.3", StepState.IN_PROGRESS, "{}", updated_at=1)
PATIENCE = 20  # seconds


async def take(subscription: Subscription, wanted: set[str]) -> set[str]:
    """What it tells until it has told all that is wanted."""
    told: set[str] = set()
    async with asyncio.timeout(PATIENCE):
        while not told >= wanted:
            told.add(await anext(subscription))
    return told


def hear(database: Database, change: Callable[[], object], wanted: set[str]) -> set[str]:
    """What is told after a change until all that is wanted was."""

    async def listen() -> set[str]:
        events = Events(database, interval=0.01)
        subscription = events.subscribe()
        await take(subscription, set(NAMES))  # what was before it
        await asyncio.to_thread(change)
        told = await take(subscription, wanted)
        await events.stop()
        return told

    return asyncio.run(listen())


def write(function: Callable[[Connection], object]) -> Callable[[Database], object]:
    return lambda database: database.write(function)


def put_outgoing(connection: Connection) -> int:
    return insert_outgoing(
        connection,
        destination="192.0.2.7:3001",
        options="{}",
        content=ORDER,
        control_id="E1",
        record_id=None,
        now=1,
        actor="test",
    )


CHANGES = [
    ({"settings"}, lambda database: Configurations(database).set_option("answer_limit", "7", "test")),
    ({"nodes"}, write(lambda connection: save_state(connection, NodeState("OTHER", asked_at=5)))),
    ({"outbound"}, write(put_outgoing)),
    ({"steps"}, write(lambda connection: insert_step(connection, STEP))),
    (
        {"questions"},
        write(
            lambda connection: keep_questions(
                connection, [Kept("CT01", b"d", b"i", "1.2", False, "", "", 5, 5, 1, 0, 0, "192.0.2.8")]
            )
        ),
    ),
]


@pytest.mark.parametrize(("wanted", "change"), CHANGES, ids=[min(names) for names, _ in CHANGES])
def test_a_change_is_told_by_its_name_alone(
    database: Database, wanted: set[str], change: Callable[[Database], object]
) -> None:
    assert hear(database, lambda: change(database), wanted) == wanted


def test_an_order_is_told_as_record_and_message(database: Database, intake: Intake) -> None:
    wanted = {"records", "messages"}
    assert hear(database, lambda: intake.receive_message(ORDER, Source("mllp")), wanted) == wanted


def test_a_message_that_is_refused_changes_no_record(database: Database, intake: Intake) -> None:
    assert hear(database, lambda: intake.receive_message(BROKEN, Source("mllp")), {"messages"}) == {
        "messages"
    }


def test_what_is_deleted_is_told(database: Database, intake: Intake) -> None:
    intake.receive_message(ORDER, Source("mllp"))
    delete = write(lambda connection: delete_records(connection, [1], at=9, actor="test", reason="test"))
    assert hear(database, lambda: delete(database), {"records"}) == {"records"}


@pytest.mark.parametrize("change", [try_again, drop])
def test_what_people_do_with_a_message_that_waits_is_told(
    database: Database, change: Callable[[Connection, int, int, str], None]
) -> None:
    number = database.write(put_outgoing)
    database.write(lambda connection: drop(connection, number, 5, "test"))
    told = hear(
        database,
        lambda: database.write(lambda connection: change(connection, number, 9, "test")),
        {"outbound"},
    )
    assert told == {"outbound"}


def test_a_step_that_goes_on_is_told(database: Database) -> None:
    number = database.write(lambda connection: insert_step(connection, STEP))
    later = PerformedStep("1.2.3", StepState.COMPLETED, "{}", id=number, updated_at=2)
    change = write(lambda connection: update_step(connection, later))
    assert hear(database, lambda: change(database), {"steps"}) == {"steps"}


def test_what_another_process_changes_is_told(database: Database, database_url: str, tmp_path: Path) -> None:
    def change() -> None:
        other = open_database(database_url, tmp_path, shared=True)
        Configurations(other).set_option("answer_limit", "7", "test")
        other.close()

    assert hear(database, change, {"settings"}) == {"settings"}


def test_trouble_is_told_once_and_the_records_when_it_is_over(database: Database) -> None:
    async def listen() -> list[str]:
        events = Events(database, interval=0.01)
        subscription = events.subscribe()
        await take(subscription, set(NAMES))
        await asyncio.to_thread(
            database.write, lambda connection: connection.execute_text("ALTER TABLE questions RENAME TO gone")
        )
        first = await anext(subscription)
        await asyncio.to_thread(
            database.write, lambda connection: connection.execute_text("ALTER TABLE gone RENAME TO questions")
        )
        second = await anext(subscription)
        await events.stop()
        return [first, second]

    assert asyncio.run(asyncio.wait_for(listen(), PATIENCE)) == [TROUBLE, "records"]


def test_all_subscribers_are_told_and_who_does_not_read_holds_up_nobody(database: Database) -> None:
    async def listen() -> None:
        events = Events(database, interval=0.01)
        silent, first, second = events.subscribe(), events.subscribe(), events.subscribe()
        for number in range(20):
            Configurations(database).set_option("answer_limit", str(number), "test")
            await take(first, {"settings"})
        assert "settings" in await take(second, {"settings"})
        silent.close()
        assert events.subscribers == 2
        await events.stop()

    asyncio.run(listen())


def test_the_end_of_all_ends_each(database: Database) -> None:
    async def listen() -> tuple[list[str], list[str]]:
        events = Events(database, interval=0.01)
        subscription = events.subscribe()
        await take(subscription, set(NAMES))
        reader = asyncio.create_task(collect(subscription))
        await events.stop()
        return await reader, await collect(events.subscribe())

    async def collect(subscription: Subscription) -> list[str]:
        return [name async for name in subscription]

    assert asyncio.run(asyncio.wait_for(listen(), PATIENCE)) == ([], [])


def test_nothing_is_read_while_nobody_is_subscribed(database: Database) -> None:
    async def listen() -> None:
        idle = len(asyncio.all_tasks())
        events = Events(database, interval=0.01)
        subscription = events.subscribe()
        await take(subscription, set(NAMES))
        subscription.close()
        again = events.subscribe()  # what changed in between is told
        await asyncio.to_thread(Configurations(database).set_option, "answer_limit", "7", "test")
        assert "settings" in await take(again, {"settings"})
        again.close()
        while len(asyncio.all_tasks()) > idle:
            await asyncio.sleep(0)
        await events.stop()

    asyncio.run(asyncio.wait_for(listen(), PATIENCE))
