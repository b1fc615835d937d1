"""Association requests of every size and shape on the DICOM port of a whole server: answered or refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from openworklist.clients.dicom import Node
from openworklist.clients.mllp import MllpClient, send_message
from openworklist.dicom.items import ContextResult, ProposedContext, encode_item, encode_text_item
from openworklist.dicom.pdu import Abort, AssociateAccept, AssociateRequest, encode
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT
from openworklist.dicom.stream import MAX_ASSOCIATE
from openworklist.dicom.user_information import UserInformation
from players.hospital import make_order
from players.line import Line
from players.scanner import EXPLICIT, IMPLICIT, WORKLIST, ask, make_question

MEGABYTE = 1_000_000
REQUEST = AssociateRequest(
    "OPENWORKLIST",
    "CT01",
    APPLICATION_CONTEXT,
    (ProposedContext(1, WORKLIST, (IMPLICIT,)),),
    UserInformation(16_384, "1.2.3"),
)
ABSTRACT, TRANSFER = 0x30, 0x40


def make_longest(calling: str = "CT01") -> bytes:
    """All 128 contexts there can be, with as many transfer syntaxes as fit; their last is Implicit VR."""
    unknown = tuple(f"1.2.840.10008.1.2.4.{number:044}" for number in range(29))
    contexts = tuple(ProposedContext(number, WORKLIST, (*unknown, IMPLICIT)) for number in range(1, 256, 2))
    raw = encode(replace(REQUEST, calling=calling, contexts=contexts))
    assert MAX_ASSOCIATE - 3_000 < len(raw) <= MAX_ASSOCIATE
    return raw


def with_items(*items: bytes) -> bytes:
    """A request that has these items besides its application context and user information."""
    body = encode(replace(REQUEST, contexts=()))[6:] + b"".join(items)
    return b"\1\0" + len(body).to_bytes(4, "big") + body


def make_context(number: int, *parts: bytes) -> bytes:
    return encode_item(0x20, bytes((number, 0, 0, 0)) + b"".join(parts))


def answer_to(server: Any, request: bytes) -> object:
    """The PDU that comes back; another scanner is served meanwhile and afterwards."""
    with Line(server.dicom) as line:
        line.send(request)
        answer = line.read_pdu()
        assert Node("127.0.0.1", server.dicom).echo() > 0
    assert Node("127.0.0.1", server.dicom).echo() > 0
    return answer


def test_the_longest_request_there_is_is_accepted_and_asks(server: Any) -> None:
    answer = answer_to(server, make_longest())
    assert isinstance(answer, AssociateAccept)
    assert answer.contexts == tuple(ContextResult(number, 0, IMPLICIT) for number in range(1, 256, 2))


def test_long_requests_leave_nothing_behind(server: Any) -> None:
    """Each is another one, so that none is answered from memory."""
    process = psutil.Process(server.process.pid)

    def ask_in_vain(first: int) -> None:
        for number in range(first, first + 40):
            with Line(server.dicom) as line:
                line.send(make_longest(f"CT{number}"))
                assert isinstance(line.read_pdu(), AssociateAccept)

    ask_in_vain(0)
    before = process.memory_info().rss
    ask_in_vain(40)
    ask_in_vain(80)
    assert process.memory_info().rss - before < 20 * MEGABYTE


def test_one_byte_more_than_a_request_may_have_is_refused_at_its_header(server: Any) -> None:
    header = b"\1\0" + (MAX_ASSOCIATE + 1).to_bytes(4, "big")
    assert answer_to(server, header) == Abort(0, 0)


def test_the_transfer_syntax_we_know_is_found_behind_thousands_that_we_do_not(server: Any) -> None:
    others = [encode_text_item(TRANSFER, f"1.2.{number}") for number in range(5_000)]
    context = make_context(
        1, encode_text_item(ABSTRACT, WORKLIST), *others, encode_text_item(TRANSFER, EXPLICIT)
    )
    answer = answer_to(server, with_items(context))
    assert isinstance(answer, AssociateAccept)
    assert answer.contexts == (ContextResult(1, 0, EXPLICIT),)


def test_a_context_of_nothing_that_we_know_is_refused_alone(server: Any) -> None:
    others = [encode_text_item(TRANSFER, f"1.2.{number}") for number in range(1_000)]
    wrong = make_context(3, encode_text_item(ABSTRACT, WORKLIST), *others)
    good = make_context(5, encode_text_item(ABSTRACT, WORKLIST), encode_text_item(TRANSFER, IMPLICIT))
    answer = answer_to(server, with_items(wrong, good))
    assert isinstance(answer, AssociateAccept)
    assert [(each.id, each.result) for each in answer.contexts] == [(3, 4), (5, 0)]


# What a request may hold that the standard did not think of. None of it is followed into its depth.
_CONTEXT = make_context(1, encode_text_item(ABSTRACT, WORKLIST), encode_text_item(TRANSFER, IMPLICIT))


def nest(kind: int, depth: int) -> bytes:
    item = b""
    while depth and len(item) < 60_000:
        item = encode_item(kind, item)
        depth -= 1
    return item


SKIPPED = {
    "a context in an unknown item": (encode_item(0x99, _CONTEXT), _CONTEXT),
    "a context in a context": (
        make_context(1, encode_text_item(ABSTRACT, WORKLIST), _CONTEXT, encode_text_item(TRANSFER, IMPLICIT)),
    ),
    "user information in user information": (encode_item(0x50, nest(0x50, 10_000)), _CONTEXT),
    "fifteen thousand items in each other": (nest(0x77, 15_000), _CONTEXT),
    "fifteen thousand items in a row": (b"\x77\0\0\0" * 15_000, _CONTEXT),
}
REFUSED = {
    "a context that is nothing but contexts": (make_context(1, nest(0x20, 10_000)),),
    "thousands of abstract syntaxes": (make_context(1, encode_text_item(ABSTRACT, WORKLIST) * 2_000),),
    "a context proposed twice": (_CONTEXT, _CONTEXT),
    "a thousand contexts of even numbers": tuple(make_context(2) for _ in range(1_000)),
    "an item that goes beyond its own": (encode_item(0x20, b"\1\0\0\0\x30\0\xff\xff"),),
    "an item that goes beyond the request": (b"\x20\0\xff\xff",),
}


@pytest.mark.parametrize("shape", SKIPPED)
def test_what_a_request_has_too_much_is_skipped(server: Any, shape: str) -> None:
    answer = answer_to(server, with_items(*SKIPPED[shape]))
    assert isinstance(answer, AssociateAccept)
    assert answer.contexts == (ContextResult(1, 0, IMPLICIT),)


@pytest.mark.parametrize("shape", REFUSED)
def test_what_contradicts_itself_is_aborted(server: Any, shape: str) -> None:
    assert answer_to(server, with_items(*REFUSED[shape])) == Abort(0, 0)


def test_every_beginning_of_a_request_that_breaks_off_harms_nobody(server: Any) -> None:
    whole = encode(REQUEST)
    for cut in range(len(whole)):
        with Line(server.dicom) as line:
            line.send(whole[:cut])
            line.end()
            assert line.read_rest() == b""
    send_message("127.0.0.1", server.hl7, make_order("CUT"))
    assert len(ask(server.dicom, make_question(PatientID="CUT"))) == 1


def test_who_drips_a_request_is_closed_when_its_time_is_over(start_server: Any, tmp_path: Path) -> None:
    """PS3.8 9.1.5: ARTIM runs until the request is whole, however busy its sender is."""
    server = start_server(tmp_path / "data", "--dicom-artim-timeout", "0.2")
    request = make_longest()
    with Line(server.dicom) as line, MllpClient("127.0.0.1", server.hl7) as clock:
        sent = 0
        # An order for each byte: the server has looked at it, and time goes by.
        while line.is_sent(request[sent : sent + 1]):
            assert b"MSA|AA|" in clock.send(make_order(f"D{sent}"))
            sent += 1
        assert sent < len(request)
    assert Node("127.0.0.1", server.dicom).echo() > 0
    assert server.stop() == 0
    assert "it sent no association request" in server.log.read_text()


def test_who_says_nothing_is_closed_when_its_time_is_over(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--dicom-artim-timeout", "0.2")
    with Line(server.dicom) as line:
        assert line.read_rest() == b""
    assert server.stop() == 0
    assert "it sent no association request" in server.log.read_text()
