"""A data folder belongs to one server at a time, and to nobody once its process is gone."""

import os
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from openworklist.domain.errors import DataFolderInUse, StoreError
from openworklist.store.database import open_database
from openworklist.store.folder import take_folder

HOLD = """
import sys
from pathlib import Path
from openworklist.store.folder import take_folder
lock = take_folder(Path(sys.argv[1]))
print("taken", flush=True)
sys.stdin.read()
"""


def hold(folder: Path) -> "subprocess.Popen[str]":
    """Another process that has the folder until it ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "taken\n"
    return process


def test_a_second_server_is_told_the_folder_and_the_process_that_has_it(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        with pytest.raises(DataFolderInUse) as caught:
            take_folder(tmp_path)
        assert str(tmp_path) in caught.value.sentence
        assert f"process {holder.pid}" in caught.value.sentence
        assert caught.value.hint
        holder.kill()
    take_folder(tmp_path).release()  # kill -9 leaves no lock behind


def test_the_same_process_cannot_take_a_folder_twice(tmp_path: Path) -> None:
    lock = take_folder(tmp_path)
    with pytest.raises(DataFolderInUse, match=str(os.getpid())):
        take_folder(tmp_path)
    lock.release()
    take_folder(tmp_path).release()


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    folder, link = tmp_path / "data", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    lock = take_folder(folder)
    with pytest.raises(DataFolderInUse):
        take_folder(link)
    lock.release()


@pytest.mark.skipif(os.name != "posix", reason="folders have no mode here")
def test_a_folder_made_for_patients_data_is_closed_to_others(tmp_path: Path) -> None:
    take_folder(tmp_path / "new" / "data").release()
    assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    place = tmp_path / "data"
    place.write_text("no folder")
    with pytest.raises(StoreError, match="cannot be used") as caught:
        take_folder(place)
    assert caught.value.code == "store.data-folder-unusable"
    assert caught.value.where == "data"


def test_two_databases_never_open_in_one_folder(database_url: str, tmp_path: Path) -> None:
    first = open_database(database_url, tmp_path)
    with pytest.raises(DataFolderInUse):
        open_database(database_url, tmp_path)
    first.close()
    open_database(database_url, tmp_path).close()


def test_a_database_file_elsewhere_is_locked_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere' / 'worklist.sqlite3'}"
    first = open_database(url, tmp_path / "one")
    with pytest.raises(DataFolderInUse):
        open_database(url, tmp_path / "two")
    with pytest.raises(DataFolderInUse):
        open_database("", tmp_path / "one")
    first.close()
    open_database("", tmp_path / "two").close()  # what was taken before the refusal was let go


def test_reading_needs_no_lock(tmp_path: Path) -> None:
    server = open_database("", tmp_path)
    reader = open_database("", tmp_path, read_only=True)
    assert reader.find_problem() == ""
    reader.close()
    server.close()


def test_a_command_may_write_beside_the_server_that_has_the_folder(tmp_path: Path) -> None:
    with closing(open_database("", tmp_path)) as server:
        with closing(open_database("", tmp_path, shared=True)) as beside:
            beside.write(lambda connection: connection.execute_text("CREATE TABLE beside (id INTEGER)"))
        server.read(lambda connection: connection.execute_text("SELECT id FROM beside"))


def test_a_command_alone_makes_the_database_and_leaves_the_folder_free(tmp_path: Path) -> None:
    with closing(open_database("", tmp_path, shared=True)), closing(open_database("", tmp_path)):
        assert (tmp_path / "openworklist.sqlite3").exists()
