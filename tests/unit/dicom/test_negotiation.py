from dataclasses import replace

import pytest

from openworklist.dicom.items import ContextResult, ProposedContext
from openworklist.dicom.negotiation import (
    APPLICATION_CONTEXT_UNKNOWN,
    CALLED_UNKNOWN,
    CALLING_UNKNOWN,
    NO_REASON,
    VERSION_UNKNOWN,
    Negotiator,
    Policy,
    Rejection,
    Service,
)
from openworklist.dicom.pdu import AssociateAccept, AssociateRequest, decode, encode
from openworklist.dicom.sop_classes import (
    APPLICATION_CONTEXT,
    EXPLICIT_LITTLE_ENDIAN,
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
    IMPLICIT_LITTLE_ENDIAN,
    MODALITY_WORKLIST,
    VERIFICATION,
)
from openworklist.dicom.user_information import ExtendedNegotiation, RoleSelection, UserInformation
from openworklist.domain.errors import PeerError

BIG_ENDIAN = "1.2.840.10008.1.2.2"
CT_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
POLICY = Policy({VERIFICATION: Service(), MODALITY_WORKLIST: Service(extended=b"\1\1\0\0")}, max_pdu=32768)
REQUEST = AssociateRequest(
    "OPENWORKLIST",
    "CT1",
    APPLICATION_CONTEXT,
    (ProposedContext(1, MODALITY_WORKLIST, (IMPLICIT_LITTLE_ENDIAN,)),),
    UserInformation(16384, "1.2.3"),
)


def answer(request: AssociateRequest, policy: Policy = POLICY) -> AssociateAccept:
    accept = decode(Negotiator(policy).decide(encode(request)).answer)
    assert isinstance(accept, AssociateAccept)
    return accept


def test_each_context_is_judged_by_itself() -> None:
    request = replace(
        REQUEST,
        contexts=(
            ProposedContext(1, VERIFICATION, (IMPLICIT_LITTLE_ENDIAN,)),
            ProposedContext(
                3, MODALITY_WORKLIST, (BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN)
            ),
            ProposedContext(5, MODALITY_WORKLIST, (IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN)),
            ProposedContext(7, MODALITY_WORKLIST, (BIG_ENDIAN,)),
            ProposedContext(9, MODALITY_WORKLIST, ()),
            ProposedContext(255, CT_STORAGE, (IMPLICIT_LITTLE_ENDIAN,)),
        ),
    )
    assert answer(request).contexts == (
        ContextResult(1, 0, IMPLICIT_LITTLE_ENDIAN),
        ContextResult(3, 0, EXPLICIT_LITTLE_ENDIAN),
        ContextResult(5, 0, IMPLICIT_LITTLE_ENDIAN),
        ContextResult(7, 4, IMPLICIT_LITTLE_ENDIAN),
        ContextResult(9, 4, IMPLICIT_LITTLE_ENDIAN),
        ContextResult(255, 3, IMPLICIT_LITTLE_ENDIAN),
    )


def test_accepted_contexts_are_known_by_their_id() -> None:
    decision = Negotiator(POLICY).decide(encode(REQUEST))
    assert decision.contexts[1] == (1, MODALITY_WORKLIST, IMPLICIT_LITTLE_ENDIAN, b"", False)
    assert decision.max_length == 16384


def test_we_say_who_we_are_and_what_we_take() -> None:
    assert answer(REQUEST).user == UserInformation(32768, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION)
    assert len(IMPLEMENTATION_CLASS_UID) <= 64
    assert len(IMPLEMENTATION_VERSION) <= 16


def test_options_are_answered_truthfully_and_only_where_they_were_asked() -> None:
    user = replace(
        REQUEST.user,
        async_window=(0, 0),
        roles=(RoleSelection(MODALITY_WORKLIST, True, True), RoleSelection(CT_STORAGE, True, True)),
        extended=(
            ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\1\1\1\1"),
            ExtendedNegotiation(CT_STORAGE, b"\1"),
        ),
    )
    ours = answer(replace(REQUEST, user=user)).user
    assert ours.async_window == (1, 1)
    assert ours.roles == (RoleSelection(MODALITY_WORKLIST, True, False),)
    assert ours.extended == (ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\0\0"),)


def test_options_are_answered_no_longer_than_they_were_asked() -> None:
    user = replace(REQUEST.user, extended=(ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\1"),))
    assert answer(replace(REQUEST, user=user)).user.extended[0].information == b"\1\1\0"


def test_titles_go_back_byte_for_byte() -> None:
    raw = bytearray(encode(REQUEST))
    raw[10:26] = b"  OPENWORKLIST\0 "
    raw[42:74] = bytes(range(32))
    assert Negotiator(POLICY).decide(bytes(raw)).answer[10:74] == raw[10:74]


@pytest.mark.parametrize(
    ("request_", "policy", "rejection"),
    [
        (replace(REQUEST, protocol_version=2), POLICY, VERSION_UNKNOWN),
        (replace(REQUEST, application_context="1.2.3"), POLICY, APPLICATION_CONTEXT_UNKNOWN),
        (REQUEST, replace(POLICY, called=frozenset({"OTHER"})), CALLED_UNKNOWN),
        (REQUEST, replace(POLICY, calling=frozenset({"ct1"})), CALLING_UNKNOWN),
        (replace(REQUEST, user=UserInformation(7)), POLICY, NO_REASON),
    ],
    ids=["version", "context", "called", "calling", "no room"],
)
def test_a_request_is_rejected(request_: AssociateRequest, policy: Policy, rejection: Rejection) -> None:
    assert Negotiator(policy).decide(encode(request_)).rejection is rejection


def test_titles_that_are_known_are_accepted() -> None:
    policy = replace(POLICY, called=frozenset({"OPENWORKLIST"}), calling=frozenset({"CT1", "CT2"}))
    assert answer(REQUEST, policy).contexts[0].result == 0


def test_a_request_is_decided_once_and_only_the_last_ones_are_remembered() -> None:
    negotiator = Negotiator(POLICY)
    first = negotiator.decide(encode(REQUEST))
    assert negotiator.decide(encode(REQUEST)) is first
    for number in range(256):
        negotiator.decide(encode(replace(REQUEST, calling=f"CT{number + 2}")))
    assert negotiator.decide(encode(REQUEST)) is not first


def test_a_request_that_repeats_its_options_gets_a_short_answer() -> None:
    options = (ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\1\1"),) * 1500
    roles = (RoleSelection(MODALITY_WORKLIST, True, False),) * 500
    ours = answer(replace(REQUEST, user=replace(REQUEST.user, extended=options, roles=roles))).user
    assert (len(ours.extended), len(ours.roles)) == (1, 1)


def test_a_request_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(PeerError):
        Negotiator(POLICY).decide(encode(REQUEST)[:100])


def test_a_context_has_the_options_that_both_sides_have() -> None:
    policy = replace(POLICY, services={MODALITY_WORKLIST: Service(extended=b"\1\1\0\1")})
    for asked, agreed in (
        (b"\1\1\1\1", b"\1\1\0\1"),
        (b"\1\1\1\0", b"\1\1\0\0"),
        (b"\1\1", b"\1\1"),
        (b"", b""),
    ):
        user = replace(REQUEST.user, extended=(ExtendedNegotiation(MODALITY_WORKLIST, asked),))
        decision = Negotiator(policy).decide(encode(replace(REQUEST, user=user)))
        assert decision.contexts[1].options == agreed
