"""Sending at once: what came back, what is kept of it, and who is offered next time."""

from __future__ import annotations

import pytest

from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.outgoing import State
from openworklist.services.outbound import Outbound
from openworklist.services.sending import Letter, Sender
from openworklist.store.database import Database
from players.hospital import make_order
from players.receiver import Receiver, closed_port, make_answer


def to(receiver: Receiver) -> Destination:
    return Destination("127.0.0.1", receiver.port)


def test_what_was_taken_is_kept_as_sent_with_its_answer(database: Database) -> None:
    with Receiver() as receiver:
        (sent,) = Sender(database).send([Letter(make_order("1"), 7)], to(receiver), "user:ann")
    assert sent.is_accepted
    assert receiver.received == [make_order("1")]
    kept = Outbound(database).get(sent.number)
    assert (kept.outgoing.state, kept.outgoing.record_id, kept.outgoing.created_by) == (
        State.SENT, 7, "user:ann",
    )  # fmt: skip
    assert b"MSA|AA|" in kept.acknowledgement
    assert kept.outgoing.ended_at > kept.outgoing.created_at


def test_what_was_refused_waits_for_nobody_and_says_why(database: Database) -> None:
    with Receiver(lambda message: [make_answer(message, "AE", text="no such patient")]) as receiver:
        (sent,) = Sender(database).send([Letter(make_order("1"))], to(receiver), "test")
    assert sent.answer is not None
    assert sent.answer.code == "AE"
    assert not sent.is_accepted
    outgoing = Outbound(database).get(sent.number).outgoing
    assert outgoing.state is State.DROPPED
    assert "no such patient" in outgoing.error


def test_where_nobody_listens_nothing_is_kept_and_the_others_are_not_tried(database: Database) -> None:
    with closed_port() as port:
        sent = Sender(database).send(
            [Letter(make_order("1")), Letter(make_order("2"))], Destination("127.0.0.1", port), "test"
        )
    assert [each.error.code for each in sent if each.error] == ["peer.unreachable"] * 2
    assert Outbound(database).find(()) == []


def test_what_may_have_arrived_is_kept(database: Database) -> None:
    with Receiver(lambda message: None) as receiver:
        (sent,) = Sender(database).send([Letter(make_order("1"))], to(receiver), "test")
    assert sent.error is not None
    assert sent.number
    assert "may have arrived" in Outbound(database).get(sent.number).outgoing.error


def test_one_that_is_no_message_keeps_none_behind_it_back(database: Database) -> None:
    with Receiver() as receiver:
        sent = Sender(database).send([Letter(b"nothing"), Letter(make_order("2"))], to(receiver), "test")
        assert len(receiver.received) == 1
    assert [each.is_accepted for each in sent] == [False, True]


def test_destinations_that_were_used_are_offered_the_newest_first(database: Database) -> None:
    sender = Sender(database)
    first, second = Destination("a", 1), Destination("b", 2, Tls())
    for destination in (first, second, first):
        sender.queue([Letter(make_order("1"))], destination, "test")
    known = sender.find_known()
    assert [each.destination for each in known] == [first, second]
    assert (known[0].application, known[0].facility) == ("OW", "RAD")


def test_a_certificate_that_is_not_there_is_told_before_anything_is_queued(database: Database) -> None:
    with pytest.raises(OpenWorklistError):
        Sender(database).queue([Letter(make_order("1"))], Destination("a", 1, Tls(ca="/no/such")), "test")
    assert Outbound(database).find(()) == []
