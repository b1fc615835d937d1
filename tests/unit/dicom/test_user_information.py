"""User information items, read and written beside pynetdicom, which knows nothing of our code."""

from contextlib import suppress
from dataclasses import replace

import pytest
from pynetdicom.pdu_items import UserInformationItem

from openworklist.dicom.items import encode_item
from openworklist.dicom.user_information import (
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    RoleSelection,
    UserIdentity,
    UserInformation,
    decode_user_information,
    encode_user_information,
)
from openworklist.domain.errors import PeerError

FULL = UserInformation(
    max_length=16_384,
    implementation_class="1.2.3.4",
    implementation_version="SCANNER 1",
    async_window=(5, 0),
    roles=(RoleSelection("1.2.1", True, False), RoleSelection("1.2.2", False, True)),
    extended=(ExtendedNegotiation("1.2.1", b"\1\0\1"), ExtendedNegotiation("1.2.2", b"")),
    common_extended=(
        CommonExtendedNegotiation("1.2.840.1", "1.2.840.2", ("1.2.840.3", "1.2.840.44")),
        CommonExtendedNegotiation("1.2.840.1", "1.2.840.2"),
    ),
    identity=UserIdentity(2, True, b"user", b"secret"),
)
PARTS = {
    "nothing but what is needed": UserInformation(0, "1.2"),
    "a window": UserInformation(1, "1.2", async_window=(1, 65_535)),
    "a name": UserInformation(2**32 - 1, "1.2", "NAME"),
    "a role": UserInformation(1, "1.2", roles=(RoleSelection("1.2.1", True, True),)),
    "a user without secret": UserInformation(1, "1.2", identity=UserIdentity(1, False, b"user")),
    "an answer to a user": UserInformation(1, "1.2", identity_answer=b"ticket"),
    "everything": FULL,
}


def body(user: UserInformation) -> bytes:
    return encode_user_information(user)[4:]


@pytest.mark.parametrize("part", PARTS)
def test_what_was_written_is_read(part: str) -> None:
    assert decode_user_information(body(PARTS[part])) == PARTS[part]


@pytest.mark.parametrize("part", PARTS)
def test_another_implementation_reads_it_and_writes_it_back(part: str) -> None:
    theirs = UserInformationItem()
    theirs.decode(encode_user_information(PARTS[part]))
    assert decode_user_information(theirs.encode()[4:]) == PARTS[part]


def test_another_implementation_sees_the_values() -> None:
    theirs = UserInformationItem()
    theirs.decode(encode_user_information(FULL))
    assert theirs.maximum_length == 16_384
    assert theirs.implementation_class_uid == "1.2.3.4"
    assert theirs.implementation_version_name == "SCANNER 1"
    assert theirs.async_ops_window.maximum_number_operations_performed == 0
    assert [(str(each.uid), each.scu, each.scp) for each in theirs.role_selection.values()] == [
        ("1.2.1", True, False),
        ("1.2.2", False, True),
    ]
    assert theirs.user_identity.primary_field == b"user"
    assert theirs.user_identity.secondary_field == b"secret"


def test_items_of_unknown_types_are_skipped() -> None:
    unknown = encode_item(0x5F, b"\xff\xff") + encode_item(0x51 + 0x80, b"")
    assert decode_user_information(unknown + body(FULL) + unknown) == FULL


def test_nothing_at_all_leaves_the_defaults() -> None:
    assert decode_user_information(b"") == UserInformation()


@pytest.mark.parametrize("part", PARTS)
def test_cut_short_it_is_less_or_an_error_and_never_more(part: str) -> None:
    whole = body(PARTS[part])
    for length in range(len(whole)):
        with suppress(PeerError):
            assert decode_user_information(whole[:length]) != PARTS[part]


@pytest.mark.parametrize(
    ("item", "where"),
    [
        (encode_item(0x51, b"\0\0\0"), "maximum length"),
        (encode_item(0x53, b"\0\1\0"), "asynchronous operations window"),
        (encode_item(0x54, b"\0\3A.B\1"), "role selection"),
        (encode_item(0x56, b"\0"), "extended negotiation"),
        (encode_item(0x57, b"\0\1A\0\1B"), "common extended negotiation"),
        (encode_item(0x57, b"\0\1A\0\1B\0\3\0\2C"), "common extended negotiation"),
        (encode_item(0x58, b"\1"), "user identity"),
        (encode_item(0x58, b"\1\0\0\4user"), "user identity"),
    ],
)
def test_lengths_that_contradict_each_other_are_told_with_their_item(item: bytes, where: str) -> None:
    with pytest.raises(PeerError) as caught:
        decode_user_information(item)
    assert (caught.value.code, caught.value.where) == ("dicom.pdu-malformed", where)


def test_what_may_be_a_secret_is_never_shown() -> None:
    shown = repr(replace(FULL, identity=UserIdentity(2, True, b"hunter2", b"hunter3")))
    assert "hunter" not in shown
