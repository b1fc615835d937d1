import pytest

from openworklist.dicom import dimse
from openworklist.dicom.messages import MAX_COMMAND, MAX_STEP, Assembler, Begun, Message, Part
from openworklist.dicom.pdu import Pdv
from openworklist.domain.errors import PeerError

QUESTION = dimse.encode({dimse.COMMAND_FIELD: 0x20, dimse.MESSAGE_ID: 1, dimse.DATA_SET_TYPE: 1})
STORE = dimse.encode({dimse.COMMAND_FIELD: 0x01, dimse.MESSAGE_ID: 3, dimse.DATA_SET_TYPE: 1})
ECHO = dimse.encode({dimse.COMMAND_FIELD: 0x30, dimse.MESSAGE_ID: 2, dimse.DATA_SET_TYPE: 0x0101})
COMMAND, DATASET, LAST = 1, 0, 2


def cut(data: bytes, kind: int, size: int) -> list[Pdv]:
    starts = range(0, len(data), size)
    return [
        Pdv(1, kind | (LAST if start + size >= len(data) else 0), data[start : start + size])
        for start in starts
    ]


def assemble(assembler: Assembler, pdvs: list[Pdv]) -> list[Message]:
    return [message for message in map(assembler.take, pdvs) if isinstance(message, Message)]


@pytest.mark.parametrize("size", [2, 10, 64, 1000])
def test_a_message_is_the_same_in_pieces_of_any_size(size: int) -> None:
    pdvs = cut(QUESTION, COMMAND, size) + cut(b"identifier", DATASET, size) + cut(ECHO, COMMAND, size)
    question, echo = assemble(Assembler(), pdvs)
    assert (question.command.field, question.dataset) == (0x20, b"identifier")
    assert (echo.command.field, echo.dataset) == (0x30, None)


def test_the_last_piece_may_be_empty() -> None:
    pdvs = [Pdv(1, COMMAND, QUESTION), Pdv(1, COMMAND | LAST, b""), Pdv(1, DATASET | LAST, b"")]
    (message,) = assemble(Assembler(), pdvs)
    assert message.dataset == b""


@pytest.mark.parametrize(
    "pdvs",
    [
        [Pdv(1, DATASET | LAST, b"")],
        [Pdv(1, COMMAND | LAST, QUESTION), Pdv(1, COMMAND | LAST, QUESTION)],
        [Pdv(1, COMMAND | LAST, QUESTION), Pdv(3, DATASET | LAST, b"")],
        [Pdv(1, COMMAND, QUESTION), Pdv(1, DATASET | LAST, b"")],
        [Pdv(1, COMMAND, QUESTION), Pdv(3, COMMAND | LAST, b"")],
    ],
    ids=["no command", "no dataset", "other context", "half a command", "interleaved"],
)
def test_messages_that_interleave_are_an_error(pdvs: list[Pdv]) -> None:
    with pytest.raises(PeerError) as caught:
        assemble(Assembler(), pdvs)
    assert caught.value.code == "dicom.pdu-malformed"


def test_a_dataset_over_the_limit_is_an_error_before_it_is_whole() -> None:
    assembler = Assembler(max_dataset=1000)
    assemble(assembler, [Pdv(1, COMMAND | LAST, QUESTION), Pdv(1, DATASET, bytes(1000))])
    with pytest.raises(PeerError, match="longer than the 1000") as caught:
        assembler.take(Pdv(1, DATASET, bytes(2)))
    assert caught.value.code == "dicom.identifier-too-long"


def test_a_command_without_end_is_an_error() -> None:
    assembler = Assembler()
    with pytest.raises(PeerError, match="longer than"):
        assemble(assembler, [Pdv(1, COMMAND, bytes(2))] * MAX_COMMAND)


def test_the_dataset_of_a_store_is_handed_on_in_pieces_of_any_number() -> None:
    assembler = Assembler(max_dataset=10)
    begun = assembler.take(Pdv(1, COMMAND | LAST, STORE), streams=True)
    assert isinstance(begun, Begun)
    assert begun.command.field == 0x01
    for number in range(3):
        part = assembler.take(Pdv(1, DATASET, bytes([number]) * MAX_STEP), streams=True)
        assert part == Part(bytes([number]) * MAX_STEP, False)
    assert assembler.take(Pdv(1, DATASET | LAST, b""), streams=True) == Part(b"", True)
    assert isinstance(assembler.take(Pdv(3, COMMAND | LAST, ECHO), streams=True), Message)


@pytest.mark.parametrize("pdv", [Pdv(1, COMMAND | LAST, ECHO), Pdv(3, DATASET | LAST, b"")])
def test_nothing_comes_between_the_pieces(pdv: Pdv) -> None:
    assembler = Assembler()
    assembler.take(Pdv(1, COMMAND | LAST, STORE), streams=True)
    assembler.take(Pdv(1, DATASET, b"begins"), streams=True)
    with pytest.raises(PeerError):
        assembler.take(pdv, streams=True)


def test_other_commands_on_such_a_context_stay_whole() -> None:
    assembler = Assembler()
    assert assembler.take(Pdv(1, COMMAND | LAST, QUESTION), streams=True) is None
    assert isinstance(assembler.take(Pdv(1, DATASET | LAST, b"x"), streams=True), Message)


def test_a_store_where_nothing_is_stored_is_no_longer_than_a_question() -> None:
    assembler = Assembler(max_dataset=10)
    assert assembler.take(Pdv(1, COMMAND | LAST, STORE)) is None
    with pytest.raises(PeerError):
        assembler.take(Pdv(1, DATASET, bytes(11)))
