from dataclasses import replace

import pytest
from pynetdicom import pdu as oracle

from openworklist.dicom.items import ContextResult, ProposedContext
from openworklist.dicom.pdu import (
    Abort,
    AssociateAccept,
    AssociateReject,
    AssociateRequest,
    Data,
    Pdu,
    Pdv,
    ReleaseReply,
    ReleaseRequest,
    decode,
    encode,
    encode_pieces,
)
from openworklist.dicom.sop_classes import (
    APPLICATION_CONTEXT,
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    MODALITY_WORKLIST,
    VERIFICATION,
)
from openworklist.dicom.user_information import (
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    RoleSelection,
    UserIdentity,
    UserInformation,
)
from openworklist.domain.errors import PeerError

REQUEST = AssociateRequest(
    called="OPENWORKLIST",
    calling="CT 1",
    application_context=APPLICATION_CONTEXT,
    contexts=(
        ProposedContext(1, VERIFICATION, (IMPLICIT_LITTLE_ENDIAN,)),
        ProposedContext(3, MODALITY_WORKLIST, (EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN)),
    ),
    user=UserInformation(
        max_length=16384,
        implementation_class="1.2.3.4",
        implementation_version="SCANNER 1",
        async_window=(5, 1),
        roles=(RoleSelection(MODALITY_WORKLIST, True, False),),
        extended=(ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\1\1"),),
        common_extended=(CommonExtendedNegotiation("1.2.840.1", "1.2.840.2", ("1.2.840.3", "1.2.840.44")),),
        identity=UserIdentity(2, True, b"user", b"secret"),
    ),
)
ACCEPT = AssociateAccept(
    called="OPENWORKLIST",
    calling="CT 1",
    application_context=APPLICATION_CONTEXT,
    contexts=(ContextResult(1, 0, IMPLICIT_LITTLE_ENDIAN), ContextResult(3, 3, IMPLICIT_LITTLE_ENDIAN)),
    user=UserInformation(
        max_length=65536,
        implementation_class="2.25.1",
        implementation_version="US",
        async_window=(1, 1),
        roles=(RoleSelection(MODALITY_WORKLIST, True, False),),
        extended=(ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\0\0"),),
        identity_answer=b"ticket",
    ),
)
EVERY_PDU: list[tuple[Pdu, type]] = [
    (REQUEST, oracle.A_ASSOCIATE_RQ),
    (ACCEPT, oracle.A_ASSOCIATE_AC),
    (AssociateReject(1, 1, 7), oracle.A_ASSOCIATE_RJ),
    (Data((Pdv(1, 3, b"command."), Pdv(1, 2, b"dataset."))), oracle.P_DATA_TF),
    (ReleaseRequest(), oracle.A_RELEASE_RQ),
    (ReleaseReply(), oracle.A_RELEASE_RP),
    (Abort(2, 6), oracle.A_ABORT_RQ),
]
NAMES = [type(pdu).__name__ for pdu, _ in EVERY_PDU]


@pytest.mark.parametrize(("pdu", "oracle_type"), EVERY_PDU, ids=NAMES)
def test_what_we_encode_another_implementation_reads_and_writes_alike(pdu: Pdu, oracle_type: type) -> None:
    theirs = oracle_type()
    theirs.decode(encode(pdu))
    assert decode(theirs.encode()) == pdu


@pytest.mark.parametrize("pdu", [pdu for pdu, _ in EVERY_PDU], ids=NAMES)
def test_every_pdu_survives_the_round_trip(pdu: Pdu) -> None:
    assert decode(encode(pdu)) == pdu


@pytest.mark.parametrize("pdu", [pdu for pdu, _ in EVERY_PDU], ids=NAMES)
def test_a_pdu_cut_short_anywhere_is_an_error(pdu: Pdu) -> None:
    whole = encode(pdu)
    for length in range(len(whole)):
        with pytest.raises(PeerError):
            decode(whole[:length])


@pytest.mark.parametrize("pdu", [REQUEST, ACCEPT], ids=["request", "accept"])
def test_items_cut_short_inside_a_pdu_of_right_length_never_read_as_more(pdu: Pdu) -> None:
    """With the PDU's own length mended, a cut either falls between two items or is an error."""
    body = encode(pdu)[6:]
    for length in range(len(body)):
        cut = encode(pdu)[:2] + length.to_bytes(4, "big") + body[:length]
        try:
            found = decode(cut)
        except PeerError:
            continue
        assert found != pdu


def test_the_fields_that_another_implementation_reads() -> None:
    theirs = oracle.A_ASSOCIATE_RQ()
    theirs.decode(encode(REQUEST))
    assert (theirs.called_ae_title, theirs.calling_ae_title) == ("OPENWORKLIST", "CT 1")
    assert [context.context_id for context in theirs.presentation_context] == [1, 3]
    assert [str(uid) for uid in theirs.presentation_context[1].transfer_syntax] == [
        EXPLICIT_LITTLE_ENDIAN,
        IMPLICIT_LITTLE_ENDIAN,
    ]
    user = theirs.user_information
    assert user.maximum_length == 16384
    assert (user.async_ops_window.maximum_number_operations_invoked) == 5
    assert user.user_identity.primary_field == b"user"


def test_titles_and_uids_are_read_without_padding_and_fit_for_a_log() -> None:
    raw = bytearray(encode(replace(REQUEST, called="X", calling="Y")))
    raw[10:26] = b"  CT\0ONE\xe9\n     \0"
    assert decode(bytes(raw)).called == "CT?ONE??"  # type: ignore[union-attr]


def with_items(items: bytes) -> bytes:
    empty = encode(replace(REQUEST, contexts=()))
    body = empty[6:] + items
    return empty[:2] + len(body).to_bytes(4, "big") + body


def test_unknown_items_are_skipped() -> None:
    inside = b"\x77\0\0\2hi"
    context = b"\x20\0\0\x2a" + b"\5\0\0\0" + inside
    context += b"\x30\0\0\x11" + VERIFICATION.encode() + b"\x77\0\0\0" + b"\x40\0\0\1" + b"1"
    context = b"\x20\0" + (len(context) - 4).to_bytes(2, "big") + context[4:]
    request = decode(with_items(b"\x99\0\0\3xyz" + context))
    assert request == replace(REQUEST, contexts=(ProposedContext(5, VERIFICATION, ("1",)),))


def test_user_information_that_is_missing_leaves_the_defaults() -> None:
    body = encode(replace(REQUEST, contexts=()))[6:74] + b"\x10\0\0\x15" + APPLICATION_CONTEXT.encode()
    request = decode(b"\1\0" + len(body).to_bytes(4, "big") + body)
    assert request == replace(REQUEST, contexts=(), user=UserInformation())
    assert UserInformation().max_length == 16384


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        (b"\x20\0\0\x08\1\0\0\0\x30\0\0\x09", "9 bytes long, 0 follow"),
        (b"\x20\0\0\x02\1\0", "at least 4"),
        (b"\x20\0\0\x04\1\0\0\0", "0 abstract syntaxes"),
        (b"\x20\0\0\x0e\1\0\0\0\x30\0\0\1A\x30\0\0\1B", "2 abstract syntaxes"),
        (b"\x20\0\0\x09\2\0\0\0\x30\0\0\1A", "not odd"),
        (b"\x20\0\0\x09\1\0\0\0\x30\0\0\1A" * 2, "twice"),
        (b"\x50\0\0\x06\x51\0\0\2\1\2", "instead of 4"),
        (b"\x50\0\0\x06\x54\0\0\2\0\x09", "9 bytes long"),
        (b"\x50\0\0\x05\x56\0\0\1\0", "inside a length"),
        (b"\x50\0\0\x05\x58\0\0\1\0", "before its type"),
        (b"\x50\0\xff\xff", "65535 bytes long"),
        (b"\x50\0", "left over"),
    ],
)
def test_items_that_contradict_themselves_are_an_error_with_its_place(items: bytes, sentence: str) -> None:
    with pytest.raises(PeerError, match=sentence) as caught:
        decode(with_items(items))
    assert caught.value.code == "dicom.pdu-malformed"
    assert caught.value.where


@pytest.mark.parametrize(
    "body",
    [b"", b"\0\0\0\2\1", b"\0\0\0\1\1\0", b"\0\0\0\3\1\3", b"\xff\xff\xff\xff\1\3ab", b"\0\0\0\2\1\3\0"],
    ids=["none", "short header", "no control", "overrun", "absurd", "left over"],
)
def test_values_that_contradict_their_pdu_are_an_error(body: bytes) -> None:
    with pytest.raises(PeerError):
        decode(b"\4\0" + len(body).to_bytes(4, "big") + body)


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(PeerError, match="08H"):
        decode(b"\x08\0\0\0\0\0")


@pytest.mark.parametrize("max_length", [0, 8, 9, 16, 4096])
def test_pieces_are_even_and_no_longer_than_the_peer_takes(max_length: int) -> None:
    message = bytes(range(200))
    stream = b"".join(encode_pieces(5, message, max_length, is_command=True))
    joined = b""
    while stream:
        length = int.from_bytes(stream[2:6], "big")
        pdu = decode(stream[: 6 + length])
        stream = stream[6 + length :]
        assert isinstance(pdu, Data)
        assert length <= max_length or not max_length
        (pdv,) = pdu.pdvs
        assert (pdv.context_id, pdv.is_command, pdv.is_last) == (5, True, not stream)
        assert len(pdv.data) % 2 == 0
        joined += pdv.data
    assert joined == message


def test_an_identity_is_never_shown() -> None:
    assert "secret" not in repr(REQUEST)
