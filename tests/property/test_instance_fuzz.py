"""Datasets that are stored, damaged at random: an instance comes of it, or the reason why none does."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread

from openworklist.dicom.instance_head import Head, InstanceReader
from openworklist.domain.errors import InstanceError
from openworklist.domain.instance import is_stored_uid
from openworklist.domain.study_attributes import STUDY_ATTRIBUTES
from players.archive import SAMPLES, find_sample, read_dataset

_NAMES = {each.name for each in STUDY_ATTRIBUTES}


@cache
def read_sample(name: str) -> tuple[str, str, str, bytes]:
    found = dcmread(find_sample(name), stop_before_pixels=True)
    syntax = str(found.file_meta.TransferSyntaxUID)
    return str(found.SOPClassUID), str(found.SOPInstanceUID), syntax, read_dataset(find_sample(name))[:4096]


def read(sop_class: str, uid: str, syntax: str, data: bytes, size: int) -> Head | str:
    reader = InstanceReader(sop_class, uid, syntax)
    for start in range(0, len(data), size):
        reader.feed(data[start : start + size])
    try:
        return reader.read()
    except InstanceError as error:
        return error.code


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 4095), st.binary(max_size=8), st.integers(0, 8)), max_size=6),
    st.integers(1, 5000),
)
def test_a_damaged_dataset(name: str, damages: list[tuple[int, bytes, int]], size: int) -> None:
    sop_class, uid, syntax, data = read_sample(name)
    for at, noise, cut in damages:
        data = data[:at] + noise + data[at + cut :]
    found = read(sop_class, uid, syntax, data, size)
    assert found == read(sop_class, uid, syntax, data, len(data) or 1)
    if isinstance(found, str):
        assert found in ("instance.unreadable", "instance.mismatch")
    else:
        assert is_stored_uid(found.study_uid)
        assert is_stored_uid(found.series_uid)
        assert found.values.keys() <= _NAMES


@given(st.binary(max_size=200), st.sampled_from(SAMPLES))
def test_noise(data: bytes, name: str) -> None:
    sop_class, uid, syntax, _ = read_sample(name)
    assert isinstance(read(sop_class, uid, syntax, data, 50), str)
