"""Thousands of broken associations, commands and identifiers: read, or refused with an error of ours."""

import gc

import pytest

from openworklist.store.database import Database
from openworklist.store.records import insert_record
from players.sabotage_checks import check_all, check_stream
from players.saboteur import BENDINGS, MANGLINGS, Saboteur
from players.scanner_questions import RECORDS, make_record

SEED = 20260314


@pytest.fixture
def filled(database: Database) -> Database:
    for accession in RECORDS:
        record = make_record(accession)
        database.write(lambda found, each=record, key=accession: insert_record(found, each, key, 1))
    return database


@pytest.mark.parametrize("count", [1_500, pytest.param(30_000, marks=pytest.mark.long)])
def test_what_is_broken_is_read_or_refused_and_answered_truly(filled: Database, count: int) -> None:
    read = filled.read(lambda connection: check_all(Saboteur(SEED), range(count), connection))
    assert all(came > count // 10 for came in read.values()), read


@pytest.mark.usefixtures("no_collector")
def test_an_association_that_is_over_leaves_nothing_that_only_the_collector_can_free() -> None:
    """An error that its own frame holds keeps the association in memory while thousands more come."""
    saboteur = Saboteur(SEED)
    for number in range(300):
        broken = saboteur.stream(number)
        check_stream(broken, 4096)
        assert gc.collect() == 0, f"stream {number} of seed {SEED}: {', '.join(broken.how)}"


def test_the_saboteur_knows_every_trade_and_does_the_same_again() -> None:
    first = [Saboteur(SEED).identifier(number) for number in range(1_000)]
    assert {name for broken in first for name in broken.how} == {*BENDINGS, *MANGLINGS}
    for make in (Saboteur.identifier, Saboteur.command, Saboteur.stream):
        assert make(Saboteur(SEED), 500) == make(Saboteur(SEED), 500)
