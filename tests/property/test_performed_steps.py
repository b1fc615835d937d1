"""Whatever a scanner sends for a performed step: a value, or an error of ours, and soon."""

import json
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.dataset import from_json, to_json
from openworklist.dicom.mpps import check_create, check_set
from openworklist.dicom.performing import read_document, to_step
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import IdentifierError, StepError
from players.modality import make_begin, make_end, make_request, make_series

SYNTAXES = st.sampled_from([IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN])
CHECKS = st.sampled_from(["standard", "strict", "lenient"])


def write(dataset: Dataset, syntax: str) -> bytes:
    data = encode(dataset, syntax == IMPLICIT_LITTLE_ENDIAN, True)
    assert data is not None
    return data


WHOLE = {
    syntax: write(make_begin(make_request(), PerformedSeriesSequence=[make_series(2)]), syntax)
    for syntax in (IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN)
}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[bytes, str]:
    """A dataset with some bytes replaced, taken out or put in."""
    syntax = draw(SYNTAXES)
    data = bytearray(WHOLE[syntax])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        gone = draw(st.integers(0, 4))
        data[at : at + gone] = draw(st.binary(max_size=6))
    return bytes(data), syntax


def play(data: bytes, syntax: str, checks: str) -> None:
    """All that is done with a dataset, as an N-CREATE and as an N-SET."""
    try:
        dataset, _ = to_json(data, syntax)
    except IdentifierError:
        return
    text = json.dumps(dataset, ensure_ascii=False)
    assert json.loads(text) == dataset or "NaN" in text
    for out in (IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN):
        written = from_json(dataset, out)
        assert len(written) % 2 == 0
        to_json(written, out)  # what we write we can read
    try:
        step = to_step("1.2", dataset, check_create(dataset, checks))
        read_document(step)
    except StepError:
        pass
    stored = make_begin(make_request()).to_json_dict()
    for begun, said in ((stored, dataset), (dataset, make_end().to_json_dict())):
        try:
            merged, notes = check_set(begun, said, checks)
            to_step("1.2", merged, notes)
        except StepError:
            pass


@given(st.binary(max_size=400), SYNTAXES, CHECKS)
def test_any_bytes(data: bytes, syntax: str, checks: str) -> None:
    play(data, syntax, checks)


@given(damaged(), CHECKS)
def test_a_damaged_dataset(found: tuple[bytes, str], checks: str) -> None:
    play(*found, checks)


def nest(depth: int, head: bytes, tail: bytes = b"") -> bytes:
    item = b""
    for _ in range(depth):
        item = head + b"\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + item
        item += b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0" + tail
    return item


HOSTILE = {
    "a sequence in a sequence, for ever": nest(5_000, b"\x40\0\x40\x03SQ\0\0"),
    "the same as bytes that nobody knows": nest(5_000, b"\x41\0\x40\x03UN\0\0"),
    "a sequence without an end": b"\x40\0\x40\x03SQ\0\0\xff\xff\xff\xff",
    "a length of four gigabytes": b"\x40\0\x40\x03OB\0\0\xfe\xff\xff\xff1234",
    "items alone": b"\xfe\xff\x00\xe0\0\0\0\0" * 400_000,
    "empty elements, a million of them": pack("<HH2sH", 0x10, 0x20, b"LO", 0) * 1_000_000,
    "empty items, a million of them": b"\x40\0\x40\x03SQ\0\0"
    + pack("<I", 8_000_000)
    + b"\xfe\xff\x00\xe0\0\0\0\0" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lengths_end_soon(name: str) -> None:
    with pytest.raises(IdentifierError):
        to_json(HOSTILE[name], EXPLICIT_LITTLE_ENDIAN)


def test_a_name_of_many_values_and_groups() -> None:
    value = b"A^B=C^D=E\\" * 3_000
    raw = b"\x08\0\x50\x10PN" + pack("<H", len(value)) + value
    dataset, _ = to_json(raw, EXPLICIT_LITTLE_ENDIAN)
    names: list[Any] = dataset["00081050"]["Value"]
    assert names[0] == {"Alphabetic": "A^B", "Ideographic": "C^D", "Phonetic": "E"}
    assert len(names) == 3_001
