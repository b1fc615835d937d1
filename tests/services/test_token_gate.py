"""Guessers of tokens are slowed and noted, and those who have one are not."""

from collections import Counter
from pathlib import Path

import pytest

from openworklist.domain.audit import DeedFilter
from openworklist.domain.errors import NotFound, TooManyGuesses
from openworklist.services.audit import Audit
from openworklist.services.folded_trail import FoldedTrail
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.token_gate import TokenGate
from openworklist.store.database import Database
from players.people import HOUR, SECOND, Watch, wait_for_lane

UID = "1.2.826.0.1.3680043.8.498.61"
GUESSER = "198.51.100.9"


class Door:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.watch = Watch()
        self.tokens = StudyTokens(database, folder)
        self.trail = FoldedTrail(Audit(database, clock=self.watch), clock=self.watch)
        self.gate = TokenGate(self.tokens, self.trail, clock=self.watch)

    def guess(self, number: int, peer: str = GUESSER) -> int:
        """The seconds of its pause, 0 if the guess was heard."""
        try:
            self.gate.open(f"{number:064}", peer)
        except TooManyGuesses as error:
            return error.seconds
        except NotFound:
            return 0
        raise AssertionError("a guess opened a study")

    def deeds(self, action: str) -> list[tuple[str, str, str]]:
        wait_for_lane(self.database, "audit")
        found = Audit(self.database).find(DeedFilter(action=action))
        return [(each.peer, each.subject_id, each.detail) for each in reversed(found)]


@pytest.fixture
def door(database: Database, tmp_path: Path) -> Door:
    return Door(database, tmp_path)


def test_ten_thousand_guesses_are_slowed_and_leave_few_rows(door: Door) -> None:
    token = door.tokens.ensure(UID, "test")
    heard = Counter(door.guess(number) == 0 for number in range(10_000))
    assert heard == {True: 20, False: 9_980}
    assert door.gate.open(token, GUESSER) == UID  # who has one is heard in between
    door.watch.now += 61 * SECOND
    door.guess(1, "203.0.113.1")
    assert door.deeds("study-token.guess") == [
        (GUESSER, "", ""),
        (GUESSER, "", "9999 more within a minute"),
        ("203.0.113.1", "", ""),
    ]


def test_pauses_grow_and_are_forgotten(door: Door) -> None:
    assert [door.guess(number) for number in range(20)] == [0] * 20
    pauses = []
    for number in range(12):
        pause = door.guess(number)
        pauses.append(pause)
        door.watch.now += pause * SECOND
        assert door.guess(number) == 0
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert door.guess(1, "203.0.113.1") == 0  # another address
    door.watch.now += HOUR
    assert [door.guess(number) for number in range(20)] == [0] * 20


def test_who_has_all_of_an_ipv6_network_is_one(door: Door) -> None:
    heard = [door.guess(number, f"2001:db8::{number:x}") for number in range(30)]
    assert heard.count(0) == 20
    assert door.guess(1, "2001:db8:1::1") == 0


def test_a_use_is_noted_once_a_minute(door: Door) -> None:
    token = door.tokens.ensure(UID, "test")
    for _ in range(500):
        door.gate.open(token, GUESSER)
    door.gate.open(token, "203.0.113.1")
    assert door.deeds("study-token.use") == [(GUESSER, UID, ""), ("203.0.113.1", UID, "")]
    door.watch.now += 61 * SECOND
    door.gate.open(token, GUESSER)
    assert len(door.deeds("study-token.use")) == 3
    assert token not in str(Audit(door.database).find(DeedFilter()))
