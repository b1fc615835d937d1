from collections.abc import Callable
from dataclasses import replace

import pytest

from openworklist.dicom import dimse
from openworklist.dicom.association import Association
from openworklist.dicom.events import (
    Aborted,
    AssociationRequested,
    CancelReceived,
    CommandReceived,
    Event,
    Released,
    ReleaseRequested,
)
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.negotiation import CONGESTION, Negotiator, Policy, Service
from openworklist.dicom.pdu import (
    RELEASE_REPLY,
    RELEASE_REQUEST,
    Abort,
    AssociateAccept,
    AssociateReject,
    AssociateRequest,
    Data,
    Pdu,
    Pdv,
    decode,
    encode,
    encode_pieces,
)
from openworklist.dicom.sop_classes import (
    APPLICATION_CONTEXT,
    IMPLICIT_LITTLE_ENDIAN,
    MODALITY_WORKLIST,
    VERIFICATION,
)
from openworklist.dicom.states import State
from openworklist.dicom.status import Status
from openworklist.dicom.user_information import UserInformation

POLICY = Policy({VERIFICATION: Service(), MODALITY_WORKLIST: Service()})
REQUEST = AssociateRequest(
    "OPENWORKLIST",
    "CT1",
    APPLICATION_CONTEXT,
    (
        ProposedContext(1, VERIFICATION, (IMPLICIT_LITTLE_ENDIAN,)),
        ProposedContext(3, MODALITY_WORKLIST, (IMPLICIT_LITTLE_ENDIAN,)),
    ),
    UserInformation(16384, "1.2.3"),
)
IDENTIFIER = b"\x10\0\x10\0\0\0\0\0"
NO_DATASET = 0x0101


def message(context_id: int, command: dict[int, dimse.Element], dataset: bytes | None = None) -> bytes:
    pieces = encode_pieces(context_id, dimse.encode(command), 0, is_command=True)
    if dataset is not None:
        pieces += encode_pieces(context_id, dataset, 0, is_command=False)
    return b"".join(pieces)


ECHO = message(1, {dimse.COMMAND_FIELD: 0x30, dimse.MESSAGE_ID: 1, dimse.DATA_SET_TYPE: NO_DATASET})
FIND = message(3, {dimse.COMMAND_FIELD: 0x20, dimse.MESSAGE_ID: 2, dimse.DATA_SET_TYPE: 1}, IDENTIFIER)
CANCEL = message(
    3, {dimse.COMMAND_FIELD: 0x0FFF, dimse.MESSAGE_ID_RESPONDED_TO: 2, dimse.DATA_SET_TYPE: NO_DATASET}
)


def make() -> Association:
    association = Association(Negotiator(POLICY))
    association.connection_opened()
    return association


def establish(request: AssociateRequest = REQUEST) -> Association:
    association = make()
    association.receive(encode(request))
    association.accept()
    association.data_to_send()
    return association


def sent(association: Association) -> list[Pdu]:
    data = association.data_to_send()
    pdus: list[Pdu] = []
    while data:
        length = 6 + int.from_bytes(data[2:6], "big")
        pdus.append(decode(data[:length]))
        data = data[length:]
    return pdus


def converse(association: Association, chunks: list[bytes]) -> list[Event]:
    """Feed it, accept what is asked for, and collect the events."""
    events: list[Event] = []
    for chunk in chunks:
        found = association.receive(chunk)
        while found:
            events += found
            if isinstance(found[-1], AssociationRequested):
                association.accept()
            elif isinstance(found[-1], ReleaseRequested):
                association.answer_release()
            found = association.receive(b"")
    return events


def test_a_whole_life() -> None:
    association = make()
    assert association.state is State.AWAITING_REQUEST
    assert association.artim
    (requested,) = association.receive(encode(REQUEST))
    assert isinstance(requested, AssociationRequested)
    assert requested.decision.request == REQUEST
    assert not association.artim
    association.accept()
    (accept,) = sent(association)
    assert isinstance(accept, AssociateAccept)

    (asked,) = association.receive(FIND)
    assert isinstance(asked, CommandReceived)
    assert asked.context.abstract_syntax == MODALITY_WORKLIST
    assert asked.dataset == IDENTIFIER
    association.send_answers(asked.context, asked.command.message_id, Status.PENDING, [b"one.", b"two."])
    association.send(asked.context.id, dimse.encode_response(asked.command, Status.SUCCESS))
    pieces = [pdv for pdu in sent(association) if isinstance(pdu, Data) for pdv in pdu.pdvs]
    assert [pdv.is_command for pdv in pieces] == [True, False, True, False, True]
    assert [pdv.data for pdv in pieces if not pdv.is_command] == [b"one.", b"two."]

    assert association.receive(RELEASE_REQUEST) == [ReleaseRequested()]
    association.answer_release()
    assert association.data_to_send() == RELEASE_REPLY
    assert association.state is State.AWAITING_CLOSE
    assert association.artim
    assert not association.should_close
    association.connection_closed()
    assert association.state is State.IDLE
    assert not association.artim


def test_a_cancel_is_an_event_of_its_own() -> None:
    association = establish()
    (event,) = association.receive(CANCEL)
    assert isinstance(event, CancelReceived)
    assert event.message_id == 2


SCENES = {
    "whole life": encode(REQUEST) + ECHO + FIND + CANCEL + RELEASE_REQUEST,
    "abort": encode(REQUEST) + ECHO + encode(Abort(0, 0)) + ECHO,
    "second request": encode(REQUEST) + encode(REQUEST) + FIND + RELEASE_REQUEST,
    "data first": ECHO + encode(REQUEST),
    "unknown type": encode(REQUEST) + ECHO + b"\x09\0\0\0\0\0" + ECHO,
    "wrong length": encode(REQUEST) + b"\5\0\0\0\0\5" + bytes(5) + ECHO,
    "after the release": encode(REQUEST) + RELEASE_REQUEST + ECHO + encode(REQUEST) + encode(Abort(0, 0)),
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_bytes_one_by_one_say_the_same_as_all_at_once(scene: bytes) -> None:
    at_once, one_by_one = make(), make()
    whole = converse(at_once, [scene])
    pieces = converse(one_by_one, [scene[start : start + 1] for start in range(len(scene))])
    assert [repr(event) for event in whole] == [repr(event) for event in pieces]
    assert at_once.data_to_send() == one_by_one.data_to_send()
    assert at_once.state is one_by_one.state


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_cut_in_two_anywhere_it_says_the_same(scene: bytes) -> None:
    whole = [repr(event) for event in converse(make(), [scene])]
    for cut in range(1, len(scene)):
        assert [repr(event) for event in converse(make(), [scene[:cut], scene[cut:]])] == whole


def test_several_pieces_in_one_pdu_are_several_messages_or_one() -> None:
    command = dimse.encode({dimse.COMMAND_FIELD: 0x20, dimse.MESSAGE_ID: 2, dimse.DATA_SET_TYPE: 1})
    pdvs = (
        Pdv(3, 1, command[:20]),
        Pdv(3, 3, command[20:]),
        Pdv(3, 0, IDENTIFIER[:4]),
        Pdv(3, 2, IDENTIFIER[4:]),
    )
    (event,) = establish().receive(encode(Data(pdvs)))
    assert isinstance(event, CommandReceived)
    assert event.dataset == IDENTIFIER


def test_answers_are_cut_to_what_the_peer_takes() -> None:
    association = establish(replace(REQUEST, user=UserInformation(64, "1.2.3")))
    (asked,) = association.receive(FIND)
    assert isinstance(asked, CommandReceived)
    association.send_answers(asked.context, 2, Status.PENDING, [bytes(1000)])
    pdus = sent(association)
    assert all(len(encode(pdu)) <= 64 + 6 for pdu in pdus)
    pdvs = [pdv for pdu in pdus if isinstance(pdu, Data) for pdv in pdu.pdvs]
    assert b"".join(pdv.data for pdv in pdvs if not pdv.is_command) == bytes(1000)


def test_a_rejection_is_sent_and_the_peer_is_left_to_close() -> None:
    association = make()
    association.receive(encode(REQUEST))
    association.reject(CONGESTION)
    assert sent(association) == [AssociateReject(2, 3, 1)]
    assert association.state is State.AWAITING_CLOSE
    assert association.artim


def test_a_request_that_the_policy_rejects_is_not_accepted() -> None:
    association = make()
    association.receive(encode(replace(REQUEST, application_context="1.2")))
    association.accept()
    assert sent(association) == [AssociateReject(1, 1, 2)]


def misuse_first_pdu(pdu: bytes) -> Association:
    association = make()
    (event,) = association.receive(pdu)
    assert isinstance(event, Aborted)
    return association


@pytest.mark.parametrize(
    "pdu",
    [
        ECHO,
        RELEASE_REQUEST,
        RELEASE_REPLY,
        encode(AssociateReject(1, 1, 1)),
        b"\x16\3\1\2\0\1\0\1\xfc\3\3",
        encode(REQUEST)[:80].replace(b"\0\0\0", b"\0\0\1", 1),
        b"\1\0" + (1_000_000).to_bytes(4, "big") + bytes(1_000_000),
    ],
    ids=["data", "release", "release reply", "reject", "TLS", "long items", "a million bytes"],
)
def test_what_is_no_request_is_aborted_as_user(pdu: bytes) -> None:
    """PS3.8 table 9-10, Sta2: AA-1."""
    if pdu[0] == 1 and len(pdu) == 80:
        pdu = b"\1\0" + (74).to_bytes(4, "big") + pdu[6:]
    association = misuse_first_pdu(pdu)
    assert sent(association) == [Abort(0, 0)]
    assert association.state is State.AWAITING_CLOSE


@pytest.mark.parametrize(
    ("pdu", "reason"),
    [
        (encode(REQUEST), 2),
        (RELEASE_REPLY, 2),
        (encode(AssociateReject(1, 1, 1)), 2),
        (b"\x08\0\0\0\0\0", 1),
        (b"\4\0\0\0\0\0", 6),
        (b"\4\0\xff\xff\xff\xff", 6),
        (b"\4\0\0\0\0\6\0\0\0\2\5\3", 6),
        (b"\4\0\0\0\0\7\0\0\0\2\1\3\0", 6),
        (encode(Data((Pdv(1, 2, b"no command"),))), 6),
        (encode(Data((Pdv(1, 3, b"nonsense"),))), 0),
    ],
    ids=[
        "request",
        "release reply",
        "reject",
        "unknown",
        "no value",
        "absurd length",
        "context not accepted",
        "left over",
        "dataset without command",
        "unreadable command",
    ],
)
def test_an_association_is_aborted_as_provider_with_the_reason(pdu: bytes, reason: int) -> None:
    """PS3.8 table 9-10, Sta6: AA-8."""
    association = establish()
    (event,) = association.receive(pdu)
    assert isinstance(event, Aborted)
    assert (event.source, event.reason) == (2, reason)
    assert event.error is not None
    assert sent(association) == [Abort(2, reason)]
    assert association.receive(FIND) == []


def test_a_dataset_over_the_limit_aborts() -> None:
    association = Association(Negotiator(POLICY), max_dataset=100)
    association.connection_opened()
    events = converse(association, [encode(REQUEST), FIND[: -len(IDENTIFIER) - 12]])
    assert len(events) == 1
    events = converse(association, [encode(Data((Pdv(3, 0, bytes(60)),)))] * 2)
    assert isinstance(events[0], Aborted)


def test_the_abort_of_the_peer_closes_at_once() -> None:
    association = establish()
    assert association.receive(encode(Abort(2, 6))) == [Aborted(2, 6)]
    assert association.should_close
    assert association.data_to_send() == b""
    assert association.receive(FIND) == []


def test_our_release_waits_for_the_reply() -> None:
    association = establish()
    association.ask_release()
    assert association.data_to_send() == RELEASE_REQUEST
    # AR-6: what the peer had still to say is heard, but no longer answered
    assert len(association.receive(ECHO)) == 1
    assert not association.can_send
    assert association.receive(RELEASE_REPLY) == [Released()]
    assert association.should_close


@pytest.mark.parametrize("feed", [lambda pdu: [pdu], lambda pdu: [pdu[i : i + 1] for i in range(len(pdu))]])
def test_a_release_collision_ends_with_both_replies(feed: Callable[[bytes], list[bytes]]) -> None:
    """PS3.8 9.2.3: the acceptor answers only after it was answered itself."""
    association = establish()
    association.ask_release()
    assert association.data_to_send() == RELEASE_REQUEST
    assert converse(association, feed(RELEASE_REQUEST)) == [ReleaseRequested()]
    assert association.state is State.COLLISION_AWAITING_REPLY
    assert association.data_to_send() == b""
    assert converse(association, feed(RELEASE_REPLY)) == [Released()]
    assert association.data_to_send() == RELEASE_REPLY
    assert association.state is State.AWAITING_CLOSE


def test_answers_that_come_too_late_are_not_sent() -> None:
    association = establish()
    (asked,) = association.receive(FIND)
    assert isinstance(asked, CommandReceived)
    association.receive(encode(Abort(0, 0)))
    association.send_answers(asked.context, 2, Status.PENDING, [IDENTIFIER])
    association.send(3, dimse.encode_response(asked.command, Status.SUCCESS))
    association.abort()
    association.ask_release()
    association.answer_release()
    assert association.data_to_send() == b""


def test_the_timer_ends_what_the_peer_does_not() -> None:
    silent = make()
    silent.timer_expired()
    assert silent.should_close
    aborted = establish()
    aborted.abort()
    assert sent(aborted) == [Abort(0, 0)]
    aborted.timer_expired()
    assert aborted.should_close
    assert not aborted.artim


def test_the_timer_that_is_started_again_is_another() -> None:
    association = make()
    first = association.artim
    association.receive(ECHO)
    assert association.artim not in (0, first)


def test_a_pdu_that_has_begun_is_known() -> None:
    association = establish()
    association.receive(ECHO[:20])
    assert association.is_inside
    assert association.buffered == 20
    association.receive(ECHO[20:])
    assert not association.is_inside
