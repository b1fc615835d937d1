"""What is made has a folder of its own first, which a kill does not leave for ever."""

import os
import stat
from pathlib import Path

import pytest

from openworklist.services.backup.workshop import open_workshop


def test_it_is_closed_to_others_and_gone_after(tmp_path: Path) -> None:
    with open_workshop(tmp_path) as folder:
        (folder / "below").mkdir()
        (folder / "below" / "file").write_text("x")
        if os.name == "posix":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == []


def test_it_is_gone_after_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_workshop(tmp_path) as folder:
        (folder / "none").read_text()
    assert list(tmp_path.iterdir()) == []


def test_the_next_one_removes_what_a_kill_left_and_leaves_what_is_in_use(tmp_path: Path) -> None:
    left = tmp_path / ".openworklist-dead.part"
    left.mkdir()
    (left / "database").write_text("patients")
    other = tmp_path / ".openworklist-file.part"
    other.write_text("no folder")
    with open_workshop(tmp_path) as used, open_workshop(tmp_path) as folder:
        assert sorted(tmp_path.iterdir()) == sorted([other, used, folder])


@pytest.mark.skipif(os.name != "posix", reason="links need rights here")
def test_a_link_of_that_name_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    place = tmp_path / "place"
    place.mkdir()
    (place / ".openworklist-x.part").symlink_to(precious)
    with open_workshop(place):
        pass
    assert (precious / "file").read_text() == "x"
