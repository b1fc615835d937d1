"""What a backup holds, by name."""

import json

import pytest

from openworklist.domain.errors import BackupError
from openworklist.services.backup.contents import LONGEST_MANIFEST, Manifest, decode_manifest, is_study_file

MANIFEST = Manifest("2026-03-14T10:15:00+00:00", "1.2.3", "sqlite", "0003", 12, 34, True)
FILE = "studies/0f/1.2.840.1/1.2.840.2/1.2.840.3"


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert decode_manifest(MANIFEST.encode()) == MANIFEST
    assert len(MANIFEST.encode()) < LONGEST_MANIFEST


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps({**json.loads(MANIFEST.encode()), "records": "many"}).encode(),
        json.dumps({**json.loads(MANIFEST.encode()), "database": "oracle"}).encode(),
        json.dumps({**json.loads(MANIFEST.encode()), "more": 1}).encode(),
    ],
)
def test_what_is_no_manifest_is_refused(broken: bytes) -> None:
    with pytest.raises(BackupError):
        decode_manifest(broken)


def test_a_newer_format_is_refused_by_its_number() -> None:
    newer = {**json.loads(MANIFEST.encode()), "format": 2, "more": 1}
    with pytest.raises(BackupError, match="format 2") as caught:
        decode_manifest(json.dumps(newer).encode())
    assert caught.value.code == "backup.newer"


@pytest.mark.parametrize("name", [f"{FILE}.dcm", f"{FILE}-0123abcd.dcm", "studies/00/1/01.02/3.dcm"])
def test_the_index_names_files_like_these(name: str) -> None:
    assert is_study_file(name)


@pytest.mark.parametrize(
    "name",
    [
        FILE,
        f"/{FILE}.dcm",
        f"{FILE}.dcm/..",
        f"{FILE}.dcm\n",
        "studies/0f/../../x.dcm",
        "studies/0f/../1.2/1.3.dcm",
        "studies/0f/.../1.2/1.3.dcm",
        "studies/incoming/1.2/1.2/1.3.dcm",
        "studies/0f/1.2/1.3.dcm",
        "studies\\0f\\1.2\\1.3\\1.4.dcm",
        "studies/0f/1.2/1.3/C:1.4.dcm",
        f"studies/0f/1.2/1.3/{'1' * 300}.dcm",
        "studies/0f/1.2/1.3/١.dcm",
    ],
)
def test_nothing_else_is_one(name: str) -> None:
    assert not is_study_file(name)
