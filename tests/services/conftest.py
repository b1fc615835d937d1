"""The services on each database, with a clock that goes on by a second at each look."""

from collections.abc import Callable
from itertools import count

import pytest

from openworklist.domain.options import Options
from openworklist.domain.role import Role
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.passwords import Passwords
from openworklist.services.people import People
from openworklist.services.reading import Reader, Source
from openworklist.store.database import Database
from players.people import PASSWORD, QUICK, Watch

RIS = Source("mllp", "192.0.2.1:4711")
BEGIN = 1_773_478_800_000_000  # 2026-03-14 09:00:00 UTC, in microseconds


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def make_intake(metrics: Metrics) -> Callable[[Database], Intake]:
    """Makes the door of one server."""

    def make(database: Database) -> Intake:
        return Intake(
            database, Reader(using(preset("classic"))), metrics, clock=count(BEGIN, 1_000_000).__next__
        )

    return make


@pytest.fixture
def intake(database: Database, make_intake: Callable[[Database], Intake]) -> Intake:
    return make_intake(database)


@pytest.fixture
def send(intake: Intake) -> Callable[[bytes], str]:
    """Sends a message and waits; the MSA segment of its acknowledgement."""
    return lambda raw: segment(intake.receive_message(raw, RIS), "MSA")


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def make_people(database: Database, watch: Watch) -> Callable[..., People]:
    """Makes the door of one server; several are several servers on one database."""

    def make(options: Options = Options()) -> People:  # noqa: B008 - it never changes
        return People(database, find_options=lambda: options, clock=watch, passwords=Passwords(QUICK))

    return make


@pytest.fixture
def people(make_people: Callable[..., People]) -> People:
    """With an administrator and an operator."""
    made = make_people()
    made.users.add("admin", Role.ADMINISTRATOR, PASSWORD, "cli:root")
    made.users.add("Ada", Role.OPERATOR, PASSWORD, "user:admin")
    return made


def segment(answer: bytes, name: str) -> str:
    """The first segment of that name in an answer, or ""."""
    lines = answer.decode("utf_8").split("\r")
    return next((line for line in lines if line.startswith(name)), "")
