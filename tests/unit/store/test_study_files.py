"""The files of stored instances, while they are written."""

import shutil
from pathlib import Path

import pytest

from openworklist.domain.errors import StoreFull
from openworklist.store.study_files import StudyFiles


def test_a_long_one_is_given_up_before_it_fills_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter((100, 100, 99))  # as others write beside it
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=next(left)))
    draft = StudyFiles(tmp_path / "studies").begin(100)
    draft.write([bytes(20 << 20)])
    draft.write([bytes(1 << 20)])
    with pytest.raises(StoreFull):
        draft.write([bytes(20 << 20)])
    draft.discard()
    assert list((tmp_path / "studies" / "incoming").iterdir()) == []
