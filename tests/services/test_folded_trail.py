"""What was done has its row, and what was tried in vain takes none from it."""

import pytest

from openworklist.domain.audit import DeedFilter
from openworklist.services.audit import Audit
from openworklist.services.folded_trail import FoldedTrail
from openworklist.store.database import Database
from players.people import SECOND, Watch, wait_for_lane

PEER = "192.0.2.7"


class Book:
    def __init__(self, database: Database) -> None:
        self.watch = Watch()
        self.trail = FoldedTrail(Audit(database, clock=self.watch), clock=self.watch)
        self._database = database

    def use(self, number: int, peer: str = PEER) -> None:
        self.trail.note("token", "study-token.use", peer, subject="study", subject_id=f"1.2.{number}")

    def deeds(self, action: str) -> list[tuple[str, str, str]]:
        wait_for_lane(self._database, "audit")
        found = Audit(self._database).find(DeedFilter(action=action), limit=2_000)
        return [(each.peer, each.subject_id, each.detail) for each in reversed(found)]


@pytest.fixture
def book(database: Database) -> Book:
    return Book(database)


def test_every_study_that_an_address_used_has_its_row(book: Book) -> None:
    for number in [*range(300), *range(300)]:
        book.use(number)
    assert book.deeds("study-token.use") == [(PEER, f"1.2.{number}", "") for number in range(300)]
    book.watch.now += 61 * SECOND
    book.use(1)
    assert len(book.deeds("study-token.use")) == 301


def test_guesses_and_refusals_from_everywhere_crowd_out_nothing(book: Book) -> None:
    for number in range(1_100):
        peer = f"10.0.{number // 250}.{number % 250}"
        book.trail.count("token", "study-token.guess", peer)
    for number in range(1_100):
        book.trail.attempt("hl7", "study-token.ask-refused", f"10.1.{number // 250}.{number % 250}")
        book.use(number)
    assert len(book.deeds("study-token.guess")) == 1_000
    assert len(book.deeds("study-token.ask-refused")) == 1_000
    assert len(book.deeds("study-token.use")) == 1_100


def test_an_ipv6_network_has_one_row_for_its_guesses(book: Book) -> None:
    for number in range(200):
        book.trail.count("token", "study-token.guess", f"2001:db8::{number:x}")
    book.watch.now += 61 * SECOND
    book.trail.turn()
    assert book.deeds("study-token.guess") == [
        ("2001:db8::0", "", ""),
        ("2001:db8::", "", "199 more within a minute"),
    ]


def test_refusals_of_a_network_are_few(book: Book) -> None:
    for number in [*range(100), *range(60)]:
        book.trail.attempt(
            "hl7", "study-token.ask-refused", f"2001:db8::{number + 1:x}", subject_id=f"P{number}"
        )
    book.watch.now += 61 * SECOND
    book.trail.turn()
    rows = book.deeds("study-token.ask-refused")
    assert len(rows) == 61
    assert rows[-1] == ("2001:db8::", "", "40 more within a minute")
