from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pynetdicom.dimse_messages import C_FIND_RSP, C_STORE_RQ, N_SET_RQ
from pynetdicom.dimse_primitives import C_FIND, C_STORE, N_SET
from pynetdicom.dsutils import decode as decode_dataset
from pynetdicom.dsutils import encode as encode_dataset

from openworklist.dicom import dimse
from openworklist.dicom.dimse import CommandField
from openworklist.dicom.sop_classes import MODALITY_WORKLIST
from openworklist.dicom.status import Status
from openworklist.domain.errors import PeerError


def read(command: bytes) -> Dataset:
    """A command set as pydicom reads it."""
    return decode_dataset(BytesIO(command), True, True)


def make_question(**changes: int | str | bytes) -> bytes:
    elements = Dataset()
    elements.AffectedSOPClassUID = MODALITY_WORKLIST
    elements.CommandField = 0x0020
    elements.MessageID = 7
    elements.Priority = 0
    elements.CommandDataSetType = 1
    for keyword, value in changes.items():
        setattr(elements, keyword, value)
    body = encode_dataset(elements, True, True)
    assert body is not None
    return b"\0\0\0\0\4\0\0\0" + len(body).to_bytes(4, "little") + body


def test_a_question_is_read() -> None:
    command = dimse.decode(make_question())
    assert command.field == CommandField.C_FIND_RQ
    assert (command.message_id, command.sop_class, command.has_dataset) == (7, MODALITY_WORKLIST, True)
    assert not command.is_response
    assert command.find_number(dimse.PRIORITY) == 0
    assert command.find_number(dimse.STATUS) is None


def test_a_cancel_is_read_with_the_message_it_cancels() -> None:
    command = dimse.decode(
        dimse.encode(
            {dimse.COMMAND_FIELD: 0x0FFF, dimse.MESSAGE_ID_RESPONDED_TO: 9, dimse.DATA_SET_TYPE: 0x0101}
        )
    )
    assert (command.field, command.message_id, command.has_dataset) == (CommandField.C_CANCEL_RQ, 9, False)


def test_commands_of_services_to_come_are_read() -> None:
    store, message = C_STORE(), C_STORE_RQ()
    store.MessageID, store.Priority = 3, 2
    store.AffectedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    store.AffectedSOPInstanceUID = "1.2.3"
    store.DataSet = BytesIO(b"\0\0")
    message.primitive_to_message(store)
    command = dimse.decode(encode_dataset(message.command_set, True, True) or b"")
    assert command.field == CommandField.C_STORE_RQ
    assert command.find_text(dimse.AFFECTED_SOP_INSTANCE_UID) == "1.2.3"

    step, message = N_SET(), N_SET_RQ()
    step.MessageID = 4
    step.RequestedSOPClassUID = "1.2.840.10008.3.1.2.3.3"
    step.RequestedSOPInstanceUID = "1.2.4"
    step.ModificationList = BytesIO(b"\0\0")
    message.primitive_to_message(step)
    command = dimse.decode(encode_dataset(message.command_set, True, True) or b"")
    assert (command.field, command.sop_class) == (CommandField.N_SET_RQ, "1.2.840.10008.3.1.2.3.3")


def test_a_pending_answer_is_that_of_another_implementation() -> None:
    answer, message = C_FIND(), C_FIND_RSP()
    answer.MessageIDBeingRespondedTo = 7
    answer.AffectedSOPClassUID = MODALITY_WORKLIST
    answer.Status = 0xFF00
    answer.Identifier = BytesIO(b"\0\0")
    message.primitive_to_message(answer)
    message.command_set.CommandDataSetType = 1
    ours = dimse.encode_find_response(MODALITY_WORKLIST, 7, Status.PENDING, True)
    assert ours == encode_dataset(message.command_set, True, True)


def test_the_group_length_counts_what_follows_it() -> None:
    answer = dimse.encode_response(dimse.decode(make_question()), Status.SUCCESS)
    assert read(answer).CommandGroupLength == len(answer) - 12


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 64),
        ("word " * 12 + "this is", "word " * 12 + "this"),
        ("word " * 12 + "these go", "word" + " word" * 11),
    ],
)
def test_a_comment_is_cut_at_a_word(comment: str, kept: str) -> None:
    asked = dimse.decode(make_question())
    answer = read(dimse.encode_response(asked, Status.UNABLE_TO_PROCESS, error_comment=comment))
    assert answer.ErrorComment == kept


def test_a_refusal_says_why_and_where() -> None:
    answer = read(
        dimse.encode_response(
            dimse.decode(make_question()),
            Status.UNABLE_TO_PROCESS,
            error_comment="zu lang für \\ hier: " + "word " * 12,
            offending=(0x0040_0100, 0x0010_0010),
        )
    )
    assert answer.Status == 0xC001
    assert answer.CommandField == 0x8020
    assert answer.MessageIDBeingRespondedTo == 7
    assert answer.CommandDataSetType == 0x0101
    assert [int(tag) for tag in answer.OffendingElement] == [0x0040_0100, 0x0010_0010]
    assert answer.ErrorComment == "zu lang f?r / hier:" + " word" * 9


def test_whatever_was_asked_the_response_matches_it() -> None:
    for field in CommandField:
        if field is not CommandField.C_CANCEL_RQ:
            command = dimse.decode(make_question(CommandField=int(field)))
            answer = read(dimse.encode_response(command, Status.UNRECOGNIZED_OPERATION))
            assert answer.CommandField == field | 0x8000


@pytest.mark.parametrize("size", range(len(make_question())))
def test_a_command_cut_short_is_an_error(size: int) -> None:
    with pytest.raises(PeerError) as caught:
        dimse.decode(make_question()[:size])
    assert caught.value.code == "dicom.command-malformed"


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (make_question()[:12] + b"\x10\0\x10\0\0\0\0\0", "0010,0010"),
        (dimse.encode({dimse.COMMAND_FIELD: 0x20, dimse.DATA_SET_TYPE: 1}), "0000,0110"),
        (dimse.encode({dimse.COMMAND_FIELD: 0x20, dimse.MESSAGE_ID: 1}), "0000,0800"),
        (dimse.encode({dimse.COMMAND_FIELD: "1234"}), "0000,0100"),
    ],
    ids=["other group", "no message ID", "no dataset type", "wrong length"],
)
def test_a_command_that_lacks_what_it_needs_names_the_place(command: bytes, place: str) -> None:
    with pytest.raises(PeerError) as caught:
        dimse.decode(command)
    assert caught.value.where == f"({place})"


def test_a_long_command_is_read_though_not_remembered() -> None:
    long = make_question() + dimse.encode({dimse.ERROR_COMMENT: "x" * 300})[12:]
    assert dimse.decode(long).find_text(dimse.ERROR_COMMENT) == "x" * 300


def test_the_fields_of_a_dimse_n_answer() -> None:
    request = make_question(CommandField=0x0120, AffectedSOPClassUID="1.2.840.10008.3.1.2.3.3")
    answer = read(
        dimse.encode_response(
            dimse.decode(request),
            Status.PROCESSING_FAILURE,
            instance="1.2.3",
            error_id=0xA501,
            attributes=(0x0040_0252, 0x0040_0340),
        )
    )
    assert answer.CommandField == 0x8120
    assert (answer.Status, answer.ErrorID) == (0x0110, 0xA501)
    assert answer.AffectedSOPInstanceUID == "1.2.3"
    assert [int(tag) for tag in answer.AttributeIdentifierList] == [0x0040_0252, 0x0040_0340]


def test_tags_that_are_asked_for_are_read_and_half_a_tag_means_nothing() -> None:
    asked = dimse.encode({dimse.ATTRIBUTE_IDENTIFIER_LIST: (0x0010_0010, 0x0040_0252)})[12:]
    assert dimse.decode(make_question() + asked).find_tags(0x0000_1005) == (0x0010_0010, 0x0040_0252)
    cut = asked[:4] + b"\x06\0\0\0" + asked[8:14]
    assert dimse.decode(make_question() + cut).find_tags(0x0000_1005) == (0x0010_0010,)
    assert dimse.decode(make_question()).find_tags(0x0000_1005) == ()
