"""Identifiers as trees of raw elements. pydicom writes them; what no length may do is written by hand."""

from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.elements import Element, read_elements
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import IdentifierError

STEPS = 0x0040_0100
PROTOCOL = 0x0040_0008
SEQUENCES = frozenset({STEPS, PROTOCOL})
ITEM, END_OF_ITEM, END_OF_SEQUENCE = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"
UNDEFINED = b"\xff\xff\xff\xff"


def read(data: bytes, syntax: str = IMPLICIT_LITTLE_ENDIAN) -> tuple[Element, ...]:
    return read_elements(data, syntax, SEQUENCES)


def element(tag: int, value: bytes, length: bytes | None = None) -> bytes:
    """An element in Implicit VR, its length that of its value unless another is claimed."""
    return pack("<HH", tag >> 16, tag & 0xFFFF) + (length or pack("<I", len(value))) + value


class Counted(bytes):
    """Bytes that know how many of them were copied."""

    copied = 0

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        Counted.copied += len(found) if isinstance(found, bytes) else 1
        return found


def test_what_looks_like_padding_is_not_looked_through_again_and_again() -> None:
    data = Counted(element(0, b"x") * 9_000 + bytes(100_000))
    assert len(read(data)) == 9_000
    assert Counted.copied < 2 * len(data)


def item(content: bytes, *, is_delimited: bool = False) -> bytes:
    if is_delimited:
        return ITEM + UNDEFINED + content + END_OF_ITEM + bytes(4)
    return ITEM + pack("<I", len(content)) + content


def make_question(*, is_delimited: bool) -> Dataset:
    code = Dataset()
    code.CodeValue = "C1"
    step = Dataset()
    step.Modality = "CT"
    step.ScheduledProtocolCodeSequence = [code]
    question = Dataset()
    question.PatientName = "DOE*"
    question.ScheduledProcedureStepSequence = [step]
    question["ScheduledProcedureStepSequence"].is_undefined_length = is_delimited
    step.is_undefined_length_sequence_item = is_delimited
    step["ScheduledProtocolCodeSequence"].is_undefined_length = is_delimited
    code.is_undefined_length_sequence_item = is_delimited
    return question


@pytest.mark.parametrize("is_delimited", [False, True], ids=["with lengths", "delimited"])
@pytest.mark.parametrize(
    "syntax", [IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN], ids=["implicit", "explicit"]
)
def test_what_pydicom_writes_is_read(syntax: str, is_delimited: bool) -> None:
    data = encode(make_question(is_delimited=is_delimited), syntax == IMPLICIT_LITTLE_ENDIAN, True)
    assert data is not None
    name, steps = read(data, syntax)
    assert (name.tag, name.value) == (0x0010_0010, b"DOE*")
    assert name.vr == ("" if syntax == IMPLICIT_LITTLE_ENDIAN else "PN")
    assert (steps.tag, steps.vr) == (STEPS, "SQ")
    assert steps.items is not None
    ((modality, protocols),) = steps.items
    assert (modality.tag, modality.value) == (0x0008_0060, b"CT")
    assert protocols.items is not None
    assert [code.value for (code,) in protocols.items] == [b"C1"]


def test_an_empty_identifier_has_no_elements() -> None:
    assert read(b"") == ()


def test_an_undefined_length_is_a_sequence_whatever_its_tag() -> None:
    (found,) = read(
        element(0x0099_0001, item(element(0x0010_0010, b"DOE*")), UNDEFINED) + END_OF_SEQUENCE + bytes(4)
    )
    assert found.items is not None
    assert found.items[0][0].value == b"DOE*"


def test_long_lengths_of_explicit_vr_are_read() -> None:
    data = b"\x40\x00\x31\x00UT\0\0" + pack("<I", 70_000) + bytes(70_000)
    (found,) = read(data, EXPLICIT_LITTLE_ENDIAN)
    assert (found.vr, len(found.value)) == ("UT", 70_000)


WRONG = {
    "ends in a tag": (b"\x10\x00\x10", "ends within an element"),
    "ends in a length": (b"\x10\x00\x10\x00\x04\x00", "ends within an element"),
    "a length too long": (element(0x0010_0010, b"DOE", pack("<I", 4)), "beyond the end"),
    "the longest length": (element(0x0010_0010, b"DOE", b"\xfe\xff\xff\xff"), "beyond the end"),
    "a sequence too long": (element(STEPS, b"", pack("<I", 8)), "beyond the end"),
    "an item too long": (element(STEPS, ITEM + pack("<I", 9) + bytes(8)), "beyond its sequence"),
    "half an item": (element(STEPS, ITEM), "within an item"),
    "no item": (element(STEPS, element(0x0010_0010, b"DOE*")), "no item"),
    "an item that ends elsewhere": (
        element(STEPS, item(element(0x0010_0010, b"", pack("<I", 4)))), "beyond the end",
    ),
    "a sequence without end": (element(STEPS, item(b""), UNDEFINED), "no end"),
    "an item without end": (element(STEPS, ITEM + UNDEFINED, UNDEFINED), "no end"),
    "a delimiter out of place": (
        element(STEPS, b"", UNDEFINED) + END_OF_ITEM + bytes(4), "no item",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_lengths_that_do_not_fit_are_told(case: str) -> None:
    data, sentence = WRONG[case]
    with pytest.raises(IdentifierError, match=sentence):
        read(data)


@pytest.mark.parametrize("vr", [b"\0\0", b"pn", b"P1", b"  ", b"\xff\xff"])
def test_explicit_vr_without_a_vr_is_told_with_the_element(vr: bytes) -> None:
    with pytest.raises(IdentifierError, match="no value representation") as caught:
        read(b"\x10\x00\x10\x00" + vr + b"\x04\x00DOE*", EXPLICIT_LITTLE_ENDIAN)
    assert caught.value.tag == 0x0010_0010


@pytest.mark.parametrize("is_delimited", [False, True])
def test_sequences_in_sequences_are_followed_to_a_depth_and_no_further(is_delimited: bool) -> None:
    def nest(depth: int) -> bytes:
        data = element(0x0010_0010, b"DOE*")
        for _ in range(depth):
            inner = item(data, is_delimited=is_delimited)
            end = END_OF_SEQUENCE + bytes(4) if is_delimited else b""
            data = element(STEPS, inner, UNDEFINED if is_delimited else None) + end
        return data

    assert read(nest(8))
    for depth in (9, 5_000):
        with pytest.raises(IdentifierError, match="nested more than 8 deep"):
            read(nest(depth))


def test_more_elements_than_anybody_asks_for_are_refused() -> None:
    one = element(0x0010_0010, b"")
    assert len(read(one * 10_000)) == 10_000
    for data in (one * 10_001, element(STEPS, item(b"") * 10_001)):
        with pytest.raises(IdentifierError, match="more than 10000 elements"):
            read(data)


pieces = st.sampled_from(
    [ITEM + bytes(4), ITEM + UNDEFINED, END_OF_ITEM + bytes(4), END_OF_SEQUENCE + bytes(4),
     element(STEPS, b"", UNDEFINED), element(STEPS, b"", pack("<I", 16)), element(0x0010_0010, b"DOE*"),
     b"\x10\x00\x10\x00PN\x04\x00DOE*", b"\x40\x00\x00\x01SQ\0\0" + UNDEFINED]
)  # fmt: skip


@given(
    st.lists(pieces | st.binary(max_size=12), max_size=12).map(b"".join),
    st.sampled_from([IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN]),
)
def test_any_bytes_are_elements_or_our_own_error(data: bytes, syntax: str) -> None:
    def weigh(elements: tuple[Element, ...]) -> int:
        return sum(len(each.value) + sum(weigh(content) for content in each.items or ()) for each in elements)

    try:
        found = read(data, syntax)
    except IdentifierError:
        return
    assert weigh(found) <= len(data)
