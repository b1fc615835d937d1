"""The head of a dataset, in pieces of any size, held against pydicom."""

import zlib
from struct import pack

import pytest
from pydicom import dcmread

from openworklist.dicom.head import HeadReader
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.dicom.transfer_syntaxes import DEFLATED, EXPLICIT_BIG_ENDIAN
from openworklist.domain.errors import IdentifierError
from players.archive import SAMPLES, find_sample, read_dataset

WANTED = {
    0x0008_0018: "UI",
    0x0008_0060: "CS",
    0x0010_0010: "PN",
    0x0020_000D: "UI",
    0x0020_0013: "IS",
    0x0028_0010: "US",
    0x0040_0244: "DA",
}
UID, STUDY, ROWS = 0x0008_0018, 0x0020_000D, 0x0028_0010
MORE = ("MR_small_bigendian.dcm", "rtdose.dcm", "liver_expb_1frame.dcm", "examples_overlay.dcm")


def read(data: bytes, syntax: str, size: int = 0) -> HeadReader:
    reader = HeadReader(syntax, WANTED)
    for start in range(0, len(data), size or len(data) or 1):
        reader.feed(data[start : start + (size or len(data))])
    reader.finish()
    return reader


def element(tag: int, value: bytes, vr: str = "") -> bytes:
    head = pack("<HH", tag >> 16, tag & 0xFFFF)
    return head + (vr.encode() + pack("<H", len(value)) if vr else pack("<I", len(value))) + value


def item(content: bytes, *, length: int | None = None) -> bytes:
    return pack("<HHI", 0xFFFE, 0xE000, len(content) if length is None else length) + content


UNDEFINED = 0xFFFF_FFFF
END_OF_ITEM, END_OF_SEQUENCE = pack("<HHI", 0xFFFE, 0xE00D, 0), pack("<HHI", 0xFFFE, 0xE0DD, 0)


@pytest.mark.parametrize("name", [*SAMPLES, *MORE])
def test_what_pydicom_reads(name: str) -> None:
    path = find_sample(name)
    dataset, syntax = dcmread(path), dcmread(path).file_meta.TransferSyntaxUID
    found = read(read_dataset(path), syntax).values
    assert found.keys() == {tag for tag in WANTED if tag in dataset}
    for tag, value in found.items():
        expected = dataset[tag]
        if expected.VR == "US":
            assert int.from_bytes(value, "little") == expected.value, f"{tag:08X}"
        else:
            assert value.decode("latin_1").rstrip("\0 ") == str(expected.value or "").rstrip(), f"{tag:08X}"


@pytest.mark.parametrize("size", [1, 2, 7, 500])
@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_bigendian.dcm", "image_dfl.dcm", "rtdose.dcm"])
def test_pieces_of_any_size(name: str, size: int) -> None:
    path = find_sample(name)
    data, syntax = read_dataset(path), dcmread(path).file_meta.TransferSyntaxUID
    assert read(data, syntax, size).values == read(data, syntax).values


def test_it_ends_where_nothing_more_is_wanted() -> None:
    reader = HeadReader(IMPLICIT_LITTLE_ENDIAN, WANTED)
    reader.feed(element(UID, b"1.2\0"))
    assert not reader.is_done
    reader.feed(pack("<HHI", 0x7FE0, 0x0010, 1 << 30) + bytes(100))
    assert reader.is_done
    reader.finish()


@pytest.mark.parametrize("size", [0, 1, 5])
@pytest.mark.parametrize(
    "sequence",
    [
        item(element(UID, b"9.9\0")),
        item(element(UID, b"9.9\0") + END_OF_ITEM, length=UNDEFINED),
        item(
            pack("<HHI", 0x0008, 0x1115, UNDEFINED)
            + item(element(UID, b"9.9\0") + END_OF_ITEM, length=UNDEFINED)
            + END_OF_SEQUENCE
            + END_OF_ITEM,
            length=UNDEFINED,
        ),
        b"",
    ],
    ids=["known length", "unknown length", "nested", "empty"],
)
def test_what_stands_in_sequences_is_not_meant(sequence: bytes, size: int) -> None:
    data = pack("<HHI", 0x0008, 0x1110, UNDEFINED) + sequence + END_OF_SEQUENCE + element(STUDY, b"1.2\0")
    assert read(data, IMPLICIT_LITTLE_ENDIAN, size).values == {STUDY: b"1.2\0"}


def test_within_unknown_elements_implicit_vr_holds() -> None:
    unknown = pack("<HH2sHI", 0x0009, 0x1010, b"UN", 0, UNDEFINED) + item(
        element(UID, b"9.9\0") + END_OF_ITEM, length=UNDEFINED
    )
    data = unknown + END_OF_SEQUENCE + element(STUDY, b"1.2\0", "UI")
    assert read(data, EXPLICIT_LITTLE_ENDIAN).values == {STUDY: b"1.2\0"}


def test_numbers_of_big_endian_are_turned_round() -> None:
    data = pack(">HH2sHH", 0x0028, 0x0010, b"US", 2, 512)
    assert read(data, EXPLICIT_BIG_ENDIAN).values == {ROWS: pack("<H", 512)}


def test_a_long_value_is_passed_over() -> None:
    data = element(UID, b"1" * 5000) + element(STUDY, b"1.2\0")
    assert read(data, IMPLICIT_LITTLE_ENDIAN, 100).values == {STUDY: b"1.2\0"}


@pytest.mark.parametrize(
    "data",
    [
        element(UID, b"1.2\0")[:-1],
        element(0x0009_1001, bytes(100))[:-1],
        pack("<HHI", 0x0008, 0x1110, UNDEFINED) + item(b""),
        pack("<HHI", 0x0008, 0x1110, UNDEFINED) + element(UID, b"1.2\0"),
        pack("<HHI", 0x0008, 0x1110, UNDEFINED)
        + (item(pack("<HHI", 8, 0x1110, UNDEFINED), length=UNDEFINED) * 70),
    ],
    ids=["in a value", "in what is passed over", "in a sequence", "no item", "too deep"],
)
def test_lengths_that_do_not_fit_are_an_error(data: bytes) -> None:
    with pytest.raises(IdentifierError):
        read(data, IMPLICIT_LITTLE_ENDIAN)


def test_an_element_without_vr_is_an_error() -> None:
    with pytest.raises(IdentifierError, match="no value representation"):
        read(element(UID, b"1.2\0"), EXPLICIT_LITTLE_ENDIAN)


def test_what_is_not_deflated_is_an_error() -> None:
    with pytest.raises(IdentifierError, match="not deflated"):
        read(b"\xff" * 100, DEFLATED)


def test_a_deflated_head_is_not_followed_for_ever() -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bomb = (
        packer.compress(pack("<HH2sHI", 0x0009, 0x1010, b"OB", 0, 1 << 30) + bytes(64 << 20)) + packer.flush()
    )
    with pytest.raises(IdentifierError, match="too long"):
        read(bomb, DEFLATED)


def test_zeros_at_the_end_are_padding() -> None:
    assert read(element(STUDY, b"1.2\0") + bytes(5), IMPLICIT_LITTLE_ENDIAN).values == {STUDY: b"1.2\0"}
