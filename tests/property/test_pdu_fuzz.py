"""Whatever arrives, the upper layer raises nothing but its own error, ends, and keeps little."""

from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from openworklist.dicom import dimse, pdu
from openworklist.dicom.association import Association
from openworklist.dicom.events import (
    Aborted,
    AssociationRequested,
    CommandReceived,
    Event,
    ReleaseRequested,
)
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.messages import MAX_COMMAND
from openworklist.dicom.negotiation import Negotiator, Policy, Service
from openworklist.dicom.sop_classes import (
    APPLICATION_CONTEXT,
    IMPLICIT_LITTLE_ENDIAN,
    MODALITY_WORKLIST,
    VERIFICATION,
)
from openworklist.dicom.stream import MAX_ASSOCIATE
from openworklist.dicom.user_information import (
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    RoleSelection,
    UserIdentity,
    UserInformation,
)
from openworklist.domain.errors import PeerError

MAX_DATASET = 10_000
MAX_PDU = 2_000
# One PDU that has begun: the longest P-DATA-TF, its header, and the headers that some peers do not count.
MOST_KEPT = MAX_PDU + 20
POLICY = Policy({VERIFICATION: Service(), MODALITY_WORKLIST: Service(extended=b"\1\1\0\0")}, max_pdu=MAX_PDU)
REQUEST = pdu.encode(
    pdu.AssociateRequest(
        "OPENWORKLIST",
        "CT1",
        APPLICATION_CONTEXT,
        (
            ProposedContext(1, VERIFICATION, (IMPLICIT_LITTLE_ENDIAN,)),
            ProposedContext(3, MODALITY_WORKLIST, (IMPLICIT_LITTLE_ENDIAN,)),
        ),
        UserInformation(
            16384,
            "1.2.3",
            "X",
            (1, 1),
            (RoleSelection(MODALITY_WORKLIST, True, False),),
            (ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\1\1"),),
            (CommonExtendedNegotiation("1.2", "1.3", ("1.4",)),),
            UserIdentity(1, False, b"user"),
        ),
    )
)
ECHO_COMMAND = dimse.encode({dimse.COMMAND_FIELD: 0x30, dimse.MESSAGE_ID: 1, dimse.DATA_SET_TYPE: 0x0101})
FIND_COMMAND = dimse.encode({dimse.COMMAND_FIELD: 0x20, dimse.MESSAGE_ID: 2, dimse.DATA_SET_TYPE: 1})

context_ids = st.sampled_from([1, 1, 3, 3, 3, 5, 0, 255])
pdvs = st.builds(
    pdu.Pdv,
    context_ids,
    st.integers(0, 3),
    st.sampled_from([ECHO_COMMAND, FIND_COMMAND, b""]) | st.binary(max_size=40),
)
pdus = st.one_of(
    st.just(REQUEST),
    st.builds(lambda found: pdu.encode(pdu.Data(tuple(found))), st.lists(pdvs, max_size=4)),
    st.sampled_from([pdu.RELEASE_REQUEST, pdu.RELEASE_REPLY, pdu.encode(pdu.Abort(0, 0))]),
    st.binary(max_size=40),
    st.builds(
        lambda kind, length, body: bytes((kind, 0)) + length.to_bytes(4, "big") + body,
        st.integers(0, 9),
        st.integers(0, 60) | st.integers(0, 2**32 - 1),
        st.binary(max_size=60),
    ),
)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes with some of them changed, left out or put in."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        data[start : start + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(data)


def converse(chunks: list[bytes]) -> tuple[list[Event], bytes, Association]:
    association = Association(Negotiator(POLICY), max_dataset=MAX_DATASET)
    association.connection_opened()
    events: list[Event] = []
    out = b""
    for chunk in chunks:
        found = association.receive(chunk)
        while found:
            events += found
            if isinstance(found[-1], AssociationRequested):
                association.accept()
            elif isinstance(found[-1], ReleaseRequested):
                association.answer_release()
            found = association.receive(b"")
        out += association.data_to_send()
    return events, out, association


@given(st.lists(pdus, max_size=8), st.lists(st.integers(1, 200), max_size=20))
def test_events_do_not_depend_on_how_the_bytes_arrive(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(sent)
    chunks, start = [], 0
    for cut in cuts:
        chunks.append(stream[start : start + cut])
        start += cut
    chunks.append(stream[start:])
    whole, in_pieces = converse([stream]), converse(chunks)
    assert [repr(event) for event in whole[0]] == [repr(event) for event in in_pieces[0]]
    assert whole[1] == in_pieces[1]
    assert whole[2].state is in_pieces[2].state


# The association request is known to be whole; what follows comes in pieces, large and small.
data_pdus = st.builds(
    lambda context, control, length, is_lie: pdu.encode(
        pdu.Data((pdu.Pdv(context, control, bytes(length)),))
    )[: None if not is_lie else -1],
    context_ids,
    st.integers(0, 3),
    st.integers(0, 3 * MAX_PDU),
    st.booleans(),
)


@given(st.lists(pdus | data_pdus, max_size=12), st.integers(1, 3_000))
def test_an_established_association_ends_once_and_keeps_little(sent: list[bytes], size: int) -> None:
    stream = b"".join(sent)
    association = Association(Negotiator(POLICY), max_dataset=MAX_DATASET)
    association.connection_opened()
    events: list[Event] = []
    out = 0
    for chunk in (REQUEST, *(stream[start : start + size] for start in range(0, len(stream), size))):
        found = association.receive(chunk)
        while found:
            events += found
            if isinstance(found[-1], AssociationRequested):
                association.accept()
            elif isinstance(found[-1], ReleaseRequested):
                association.answer_release()
            found = association.receive(b"")
        out += len(association.data_to_send())
        assert association.buffered <= MOST_KEPT
    assert isinstance(events[0], AssociationRequested)
    assert sum(isinstance(event, Aborted) for event in events) <= 2
    assert out <= 1_000 + 10 * len(sent)


@given(st.integers(0, 2**32 - 1), st.integers(0, 9), st.integers(1, 5_000))
@example(4, 5, 5_000)  # a release, behind which the rest waits for the answer
def test_a_pdu_that_claims_any_length_is_kept_no_longer_than_one_may_be(
    length: int, kind: int, size: int
) -> None:
    _, _, association = converse([REQUEST])
    header = bytes((kind, 0)) + length.to_bytes(4, "big")
    for chunk in (header, *(bytes(size) for _ in range(20_000 // size + 1))):
        if any(isinstance(event, ReleaseRequested) for event in association.receive(chunk)):
            association.answer_release()
            association.receive(b"")
        assert association.buffered <= max(MOST_KEPT, MAX_ASSOCIATE if kind in (1, 2) else 0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1_900)), max_size=40))
def test_a_message_in_pieces_is_never_longer_than_agreed(pieces: list[tuple[int, int]]) -> None:
    _, _, association = converse([REQUEST])
    for control, length in pieces:
        for event in association.receive(pdu.encode(pdu.Data((pdu.Pdv(3, control, bytes(length)),)))):
            if isinstance(event, CommandReceived) and event.dataset is not None:
                assert len(event.dataset) <= MAX_DATASET
        assembler = association._assembler
        assert assembler is None or len(assembler._parts) <= max(MAX_DATASET, MAX_COMMAND)


@given(damaged(REQUEST))
def test_a_damaged_request_is_decided_or_aborted(request: bytes) -> None:
    events, out, _ = converse([request])
    assert all(isinstance(event, AssociationRequested | Aborted) for event in events)
    assert bool(out) == bool(events)


@given(damaged(REQUEST))
def test_what_is_read_from_a_damaged_request_can_be_written_and_read_again(request: bytes) -> None:
    with suppress(PeerError):
        found = pdu.decode(request)
        assert pdu.decode(pdu.encode(found)) == found


@given(damaged(FIND_COMMAND) | st.binary(max_size=100))
def test_a_damaged_command_is_read_or_its_own_error(command: bytes) -> None:
    with suppress(PeerError):
        assert 0 <= dimse.decode(command).message_id <= 0xFFFF
