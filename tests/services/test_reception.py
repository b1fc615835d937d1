"""What the HL7 port does with what is no whole message, and what it counts."""

import logging
import threading
from collections.abc import Callable

import pytest

from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.services.reception import Reception
from openworklist.store.database import Database
from players.auditor import read_journal, read_records
from players.hospital import make_order
from services.conftest import segment

PEER = "192.0.2.1:4711"


class Answers:
    """Waits for an answer, which another thread may give."""

    def __init__(self) -> None:
        self._given: list[tuple[bytes, ...]] = []
        self._has_come = threading.Event()

    def __call__(self, *answers: bytes) -> None:
        self._given.append(answers)
        self._has_come.set()

    def wait_for_all(self) -> tuple[bytes, ...]:
        assert self._has_come.wait(10)
        (answers,) = self._given
        return answers

    def wait(self) -> bytes:
        (answer,) = self.wait_for_all()
        return answer


@pytest.fixture
def reception(intake: Intake, metrics: Metrics) -> Reception:
    return Reception(intake, metrics)


def test_a_message_is_journalled_with_its_sender(database: Database, reception: Reception) -> None:
    answers = Answers()
    reception.receive(make_order("1"), PEER, answers)
    assert b"MSA|AA|" in answers.wait()
    (entry,) = read_journal(database)
    assert (entry.channel, entry.peer) == ("mllp", PEER)


def test_a_message_over_the_limit_is_refused_with_its_size_and_its_head_is_kept(
    database: Database, reception: Reception
) -> None:
    answers = Answers()
    head = make_order("1", control_id="M1")[:200]
    reception.receive_oversize(head, 20_000_000, PEER, answers)
    answer = answers.wait()
    (entry,) = read_journal(database)
    assert b"MSA|AR|M1|" in answer
    assert b"20000000 bytes" in answer
    assert (entry.control_id, entry.outcome, entry.raw) == ("M1", "refused", head)
    assert read_records(database) == []


def test_a_message_that_broke_off_is_journalled_and_applied_only_when_it_comes_whole(
    database: Database, reception: Reception
) -> None:
    raw = make_order("1")
    silence = Answers()
    reception.receive_half(raw[:100], PEER, silence)
    assert silence.wait_for_all() == ()
    answers = Answers()
    reception.receive(raw, PEER, answers)
    assert b"MSA|AA|" in answers.wait()
    broken, whole = sorted(read_journal(database), key=lambda entry: len(entry.raw))
    assert (broken.outcome, broken.raw) == ("refused", raw[:100])
    assert "broke off" in broken.reason
    assert whole.outcome == "applied"


def test_what_happens_on_the_port_is_counted(reception: Reception, metrics: Metrics) -> None:
    reception.connection_opened(PEER)
    reception.noise(PEER, 7)
    reception.noise(PEER, 3)
    reception.timed_out(PEER, "idle")
    reception.failed(PEER, RuntimeError("Doe^Jane"))
    reception.connection_closed(PEER)
    reception.connection_refused(PEER, "stopping")
    assert metrics.snapshot() == {
        "hl7_connections_closed": 1,
        "hl7_connections_opened": 1,
        "hl7_connections_refused": 1,
        "hl7_connections_timed_out": 1,
        "hl7_failures": 1,
        "hl7_noise_bytes": 10,
    }


def test_a_patient_is_in_no_log_whatever_comes(
    reception: Reception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    calls: list[Callable[[Answers], None]] = [
        lambda done: reception.receive(make_order("1", "Quetzal^Xochitl"), PEER, done),
        lambda done: reception.receive(make_order("", "Quetzal^Xochitl"), PEER, done),
        lambda done: reception.receive(b"Quetzal^Xochitl", PEER, done),
        lambda done: reception.receive_oversize(b"MSH|^~\\&|Quetzal", 9, PEER, done),
    ]
    for call in calls:
        answers = Answers()
        call(answers)
        answers.wait_for_all()
    reception.receive_half(b"Quetzal", PEER, Answers())
    reception.failed(PEER, RuntimeError("Quetzal"))
    reception.noise(PEER, 7)
    assert "bytes outside of any message skipped" in caplog.text
    assert "quetzal" not in caplog.text.lower()


def ask(raw: bytes, accept: str, application: str) -> bytes:
    return raw.replace(b"|P|2.3.1||||||", f"|P|2.3.1|||{accept}|{application}||".encode())


def msa(answer: bytes) -> str:
    return segment(answer, "MSA")


def test_a_sender_that_wants_both_gets_ca_then_aa_once_the_order_is_there(
    database: Database, reception: Reception
) -> None:
    answers = Answers()
    reception.receive(ask(make_order("1", control_id="M1"), "AL", "AL"), PEER, answers)
    accept, application = answers.wait_for_all()
    assert (msa(accept), msa(application)) == ("MSA|CA|M1", "MSA|AA|M1")
    assert segment(accept, "MSH").split("|")[9] != segment(application, "MSH").split("|")[9]
    (entry,) = read_journal(database)
    assert entry.acknowledgement == accept + application
    assert len(read_records(database)) == 1


def test_a_sender_that_wants_none_gets_none_and_its_order_is_there(
    database: Database, reception: Reception
) -> None:
    answers = Answers()
    reception.receive(ask(make_order("1"), "NE", "NE"), PEER, answers)
    assert answers.wait_for_all() == ()
    (entry,) = read_journal(database)
    assert (entry.outcome, entry.acknowledgement) == ("applied", b"")
    assert len(read_records(database)) == 1


def test_what_is_wrong_is_told_by_the_last_of_two(database: Database, reception: Reception) -> None:
    answers = Answers()
    reception.receive(ask(make_order("1", "", control_id="M1"), "AL", "AL"), PEER, answers)
    accept, application = answers.wait_for_all()
    assert msa(accept) == "MSA|CA|M1"
    assert msa(application).startswith("MSA|AE|M1|")
    assert (segment(accept, "ERR"), segment(application, "ERR")[:4]) == ("", "ERR|")
    answers = Answers()
    reception.receive(ask(make_order("1", "", control_id="M1"), "AL", "NE"), PEER, answers)
    assert msa(answers.wait()).startswith("MSA|CE|M1|")


def test_a_repetition_gets_both_answers_again(database: Database, reception: Reception) -> None:
    given = []
    for _ in range(2):
        answers = Answers()
        reception.receive(ask(make_order("1"), "AL", "AL"), PEER, answers)
        given.append(answers.wait_for_all())
    assert given[0] == given[1]
    assert len(given[0]) == 2
    assert len(read_journal(database)) == 1


def test_what_cannot_be_stored_is_never_committed(database: Database, reception: Reception) -> None:
    database.close()
    answers = Answers()
    reception.receive(ask(make_order("1", control_id="M1"), "AL", "AL"), PEER, answers)
    assert msa(answers.wait()).startswith("MSA|CE|M1|")


def test_a_sender_whose_acknowledgements_are_off_gets_none_until_they_are_on(
    database: Database, metrics: Metrics
) -> None:
    silent = {"RIS"}
    intake = Intake(
        database,
        Reader(using(preset("classic"))),
        metrics,
        acknowledges=lambda header: header.field(3) not in silent,
    )
    reception = Reception(intake, metrics)
    raw = make_order("1", control_id="M1")
    for number, expected in ((1, ()), (2, ())):
        answers = Answers()
        reception.receive(raw, PEER, answers)
        assert answers.wait_for_all() == expected
        (entry,) = read_journal(database)
        assert (entry.outcome, entry.repeats, entry.acknowledgement) == ("applied", number - 1, b"")
    silent.clear()
    answers = Answers()
    reception.receive(raw, PEER, answers)
    assert msa(answers.wait()) == "MSA|AA|M1"
    assert len(read_records(database)) == 1


def test_an_unknown_condition_is_answered_and_noted(database: Database, reception: Reception) -> None:
    answers = Answers()
    reception.receive(ask(make_order("1", control_id="M1"), "YES", "NE"), PEER, answers)
    assert msa(answers.wait()) == "MSA|CA|M1"
    (entry,) = read_journal(database)
    assert "MSH-15" in entry.warnings[0]


def test_a_file_is_told_of_as_ever_whatever_its_messages_ask_for(intake: Intake) -> None:
    answer = intake.receive_message(
        ask(make_order("1", control_id="M1"), "NE", "NE"), Source("folder", "a.hl7")
    )
    assert msa(answer) == "MSA|AA|M1"
