import pytest

from openworklist.dicom.pdu import RELEASE_REPLY, RELEASE_REQUEST, Abort, Data, Pdv, encode
from openworklist.dicom.stream import MAX_ASSOCIATE, PduStream
from openworklist.domain.errors import PeerError

DATA = encode(Data((Pdv(1, 3, bytes(100)),)))
PDUS = [DATA, RELEASE_REQUEST, DATA, encode(Abort(0, 0)), RELEASE_REPLY]


def take_all(stream: PduStream) -> list[bytes]:
    return [bytes(pdu) for _, pdu in iter(stream.take, None)]


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 50, 117, 118, 1000])
def test_pdus_come_out_whole_however_they_arrive(size: int) -> None:
    sent = b"".join(PDUS)
    stream = PduStream(16384)
    taken: list[bytes] = []
    for start in range(0, len(sent), size):
        stream.feed(sent[start : start + size])
        taken += take_all(stream)
    assert taken == PDUS
    assert stream.buffered == 0


def test_what_is_not_taken_waits() -> None:
    stream = PduStream(16384)
    stream.feed(DATA + RELEASE_REQUEST)
    assert stream.take() == (4, DATA)
    stream.feed(RELEASE_REPLY[:3])
    stream.feed(RELEASE_REPLY[3:])
    assert stream.buffered == 20
    assert take_all(stream) == [RELEASE_REQUEST, RELEASE_REPLY]


def test_what_is_kept_is_its_own() -> None:
    stream = PduStream(16384)
    buffer = bytearray(DATA * 2 + RELEASE_REQUEST[:5])
    stream.feed(memoryview(buffer))
    assert stream.take() == (4, DATA)
    stream.keep()
    buffer[:] = bytes(len(buffer))
    assert stream.buffered == len(DATA) + 5
    # What was left and what comes behind it are in order.
    stream.feed(RELEASE_REQUEST[5:] + RELEASE_REPLY)
    assert take_all(stream) == [DATA, RELEASE_REQUEST, RELEASE_REPLY]
    assert stream.buffered == 0


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"\0\0\0\0\0\4", "dicom.pdu-unknown"),
        (b"\x08\0\0\0\0\4", "dicom.pdu-unknown"),
        (b"GET / HTTP/1.1", "dicom.pdu-unknown"),
        (b"\5\0\0\0\0\3", "dicom.pdu-malformed"),
        (b"\6\0\0\0\0\5", "dicom.pdu-malformed"),
        (b"\7\0\xff\xff\xff\xff", "dicom.pdu-malformed"),
        (b"\1\0\xff\xff\xff\xff", "dicom.pdu-malformed"),
        (b"\2\0" + (MAX_ASSOCIATE + 1).to_bytes(4, "big"), "dicom.pdu-malformed"),
        (b"\4\0" + (16384 + 13).to_bytes(4, "big"), "dicom.pdu-too-long"),
    ],
)
def test_a_header_is_judged_before_its_body_is_waited_for(header: bytes, code: str) -> None:
    stream = PduStream(16384)
    stream.feed(header)
    with pytest.raises(PeerError) as caught:
        stream.take()
    assert caught.value.code == code


def test_a_peer_may_count_the_headers_out_of_the_maximum_length() -> None:
    stream = PduStream(16384)
    stream.feed(encode(Data((Pdv(1, 3, bytes(16384)),))))
    assert stream.take() is not None
