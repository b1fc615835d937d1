"""Backups are made and brought back, on both databases."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine

from openworklist.domain.audit import DeedFilter
from openworklist.domain.destination import Destination
from openworklist.domain.errors import BackupError, DataFolderInUse, StoreError
from openworklist.domain.options import Options
from openworklist.services import token_key
from openworklist.services.audit import Audit
from openworklist.services.backup.contents import DATABASES, KEPT, STUDIES
from openworklist.services.backup.opening import check_backup
from openworklist.services.outbound import Outbound
from openworklist.services.people import People
from openworklist.services.study_tokens import StudyTokens
from openworklist.store.condition import read_condition
from openworklist.store.database import Database, open_database
from openworklist.store.folder import UNFINISHED, take_folder
from openworklist.store.migrate import make_config, newest_revision
from players.auditor import read_journal, read_records
from players.hospital import make_order
from players.people import PASSWORD, Watch
from players.vault import (
    ACTOR,
    IMAGES,
    ORDERS,
    STUDY,
    fill,
    ignore,
    make_archive,
    read_tree,
    restore,
    save,
    send_order,
)


@pytest.fixture
def token(database: Database, tmp_path: Path) -> str:
    """That of the study in a data folder that is full."""
    return fill(database, tmp_path)


@pytest.fixture
def empty_url(database_url: str, request: pytest.FixtureRequest) -> str:
    """Where a backup of that kind of database may be brought back."""
    return str(request.getfixturevalue("make_postgresql")()) if database_url else ""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a full data folder, on SQLite; nobody changes it."""
    return make_archive(tmp_path_factory.mktemp("archive"))


def test_all_comes_back(
    database: Database, database_url: str, token: str, empty_url: str, tmp_path: Path
) -> None:
    made = save(database_url, tmp_path, tmp_path / "backup.tar")
    assert (made.files, made.missing, made.gap) == (len(IMAGES), 0, "")
    assert (made.manifest.records, made.manifest.messages) == (ORDERS, ORDERS)
    assert made.size == made.path.stat().st_size
    opened = check_backup(made.path, ignore)
    assert (opened.manifest, opened.files) == (made.manifest, len(IMAGES))

    data = tmp_path / "new"
    restored = restore(empty_url, data, made.path)
    assert (restored.files, restored.missing, restored.waiting, restored.aside) == (len(IMAGES), 0, 0, None)
    with closing(open_database(empty_url, data)) as again:
        assert read_records(again) == read_records(database)
        assert read_journal(again) == read_journal(database)
        assert StudyTokens(again, data).find_study(token) == STUDY
        deeds = Audit(again).find(DeedFilter(actor=ACTOR, action="backup.restore"))
        assert [each.detail for each in deeds] == ["backup.tar of 2026-03-14T10:15:00+00:00"]
    assert read_tree(data / "studies") == read_tree(tmp_path / "studies")
    assert sorted(read_tree(data / "studies").values()) == sorted(IMAGES.values())
    deeds = Audit(database).find(DeedFilter(actor=ACTOR, action="backup.make"))
    assert [each.detail for each in deeds] == [f"backup.tar, images: {len(IMAGES)}"]


def test_nobody_is_logged_in_any_more(
    database: Database, database_url: str, empty_url: str, people: People, watch: Watch, tmp_path: Path
) -> None:
    session, _ = people.login("Ada", PASSWORD, "192.0.2.7")
    made = save(database_url, tmp_path, tmp_path / "backup.tar")
    restored = restore(empty_url, tmp_path / "new", made.path)
    assert restored.sessions == 1
    assert people.find_session(session) is not None
    with closing(open_database(empty_url, tmp_path / "new")) as again:
        after = People(again, find_options=Options, clock=watch)
        assert after.find_session(session) is None
        assert [each.name for each in after.users.find_all()] == ["ada", "admin"]


def test_no_number_of_a_record_is_given_twice(
    database: Database, database_url: str, token: str, empty_url: str, tmp_path: Path
) -> None:
    made = save(database_url, tmp_path, tmp_path / "backup.tar")
    send_order(database, "AFTER")  # its number is known elsewhere by now
    restore(empty_url, tmp_path / "new", made.path)
    with closing(open_database(empty_url, tmp_path / "new")) as again:
        send_order(again, "OTHER")
        ours, theirs = ([record.id for record in read_records(each)] for each in (database, again))
    assert theirs[:-1] == ours[:-1]
    assert theirs[-1] > ours[-1] + 1000


def test_what_was_to_be_sent_is_told(
    database: Database, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    Outbound(database).put([make_order("P1"), make_order("P2")], Destination("192.0.2.9", 3001), actor=ACTOR)
    made = save(database_url, tmp_path, tmp_path / "backup.tar")
    assert restore(empty_url, tmp_path / "new", made.path).waiting == 2


def test_images_may_be_left_out_and_copied_otherwise(
    database: Database, database_url: str, token: str, empty_url: str, tmp_path: Path
) -> None:
    made = save(database_url, tmp_path, tmp_path / "backup.tar", studies=False)
    assert (made.files, made.missing, made.manifest.has_studies) == (0, 0, False)
    data = tmp_path / "new"
    shutil.copytree(tmp_path / "studies", data / "studies")
    next(each for each in (data / "studies").rglob("*.dcm")).unlink()
    restored = restore(empty_url, data, made.path)  # what was copied there before is in nobody's way
    assert (restored.files, restored.missing, restored.aside) == (0, 1, None)
    assert len(read_tree(data / "studies")) == len(IMAGES) - 1


def test_files_that_are_gone_or_lead_elsewhere_are_told_and_left_out(
    database: Database, database_url: str, token: str, tmp_path: Path
) -> None:
    next(each for each in (tmp_path / "studies").rglob("*.dcm")).unlink()
    (tmp_path / "secret").write_text("of somebody else")
    change = "UPDATE instances SET file = '../secret' WHERE id = (SELECT max(id) FROM instances)"
    database.write(lambda connection: connection.execute_text(change))
    made = save(database_url, tmp_path, tmp_path / "backup.tar")
    assert made.missing in (1, 2)  # both may be the same
    assert made.files == len(IMAGES) - made.missing
    assert b"of somebody else" not in made.path.read_bytes()


def test_a_database_that_has_tables_is_left_as_it_is(
    database: Database, database_url: str, token: str, tmp_path: Path
) -> None:
    made = save(database_url, tmp_path, tmp_path / "backup.tar")
    url, data = database_url, tmp_path / "new"
    if not database_url:
        restore(url, data, made.path)
    before = len(read_records(database))
    with pytest.raises(BackupError) as caught:
        restore(url, data, made.path)
    assert caught.value.code == "backup.not-empty"
    assert len(read_records(database)) == before


@pytest.mark.skipif(os.name != "posix", reason="files have no mode here")
def test_a_backup_and_what_comes_of_it_is_for_its_owner_alone(archive: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        restore("", tmp_path / "data", archive)
    finally:
        os.umask(before)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    for path in (tmp_path / "data").rglob("*"):
        if path.name != "openworklist.lock":
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_nothing_but_the_backup_is_left_beside_it(archive: Path) -> None:
    assert sorted(each.name for each in archive.parent.iterdir()) == ["backup.tar", "data"]


def test_every_file_of_a_data_folder_is_in_it_or_is_none_that_is_needed(archive: Path) -> None:
    known = {DATABASES["sqlite"], STUDIES, *KEPT}
    left_out = {"openworklist.lock", "openworklist.sqlite3-wal", "openworklist.sqlite3-shm"}
    found = {each.name for each in (archive.parent / "data").iterdir()}
    assert token_key.FILE in found
    assert found <= known | left_out


def test_a_file_that_is_there_is_not_written_over_without_force(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.tar"
    target.write_text("precious")
    with pytest.raises(BackupError) as caught:
        save("", archive.parent / "data", target)
    assert caught.value.code == "backup.exists"
    assert target.read_text() == "precious"
    save("", archive.parent / "data", target, force=True)
    check_backup(target, ignore)


def test_in_a_folder_it_is_named_by_the_moment(archive: Path, tmp_path: Path) -> None:
    assert save("", archive.parent / "data", tmp_path).path.name == "openworklist-20260314T101500Z.tar"


@pytest.mark.parametrize("place", ["none/backup.tar", "file/backup.tar"])
def test_a_place_where_no_file_can_be_is_told(archive: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BackupError, match="cannot be made") as caught:
        save("", archive.parent / "data", tmp_path / place)
    assert caught.value.code == "backup.failed"


def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        save("", tmp_path / "data", tmp_path / "backup.tar")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_moves_aside_with_force_and_nothing_is_deleted(archive: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    restore("", data, archive)
    (data / "notes.txt").write_text("mine")
    (data / "openworklist.sqlite3-wal").write_bytes(b"of the old one")
    before = {name: content for name, content in read_tree(data).items() if name != "openworklist.lock"}
    with pytest.raises(BackupError):
        restore("", data, archive)
    assert {name: content for name, content in read_tree(data).items() if name in before} == before

    restored = restore("", data, archive, force=True)
    assert restored.aside == data / "before-restore-20260314T101500Z"
    aside = read_tree(restored.aside)
    assert aside == {name: content for name, content in before.items() if name != "notes.txt"}
    assert (data / "notes.txt").read_text() == "mine"
    with closing(open_database("", data)) as database:
        assert len(read_records(database)) == ORDERS


def test_a_database_with_a_place_of_its_own_comes_back_there(archive: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/elsewhere/my.sqlite3"
    restore(url, tmp_path / "data", archive)
    assert (tmp_path / "elsewhere" / "my.sqlite3").exists()
    with closing(open_database(url, tmp_path / "data")) as database:
        assert len(read_records(database)) == ORDERS
    save(url, tmp_path / "data", tmp_path / "again.tar")
    assert check_backup(tmp_path / "again.tar", ignore).manifest.records == ORDERS


def test_a_folder_that_a_server_has_is_not_touched(archive: Path, tmp_path: Path) -> None:
    lock = take_folder(tmp_path / "data")
    with pytest.raises(DataFolderInUse):
        restore("", tmp_path / "data", archive, force=True)
    lock.release()


def test_what_cannot_be_put_in_its_place_goes_back(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails at the last file."""
    data = tmp_path / "data"
    restore("", data, archive)
    before = read_tree(data)
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if ".openworklist-" in str(path) and target.name == "openworklist.sqlite3":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(BackupError, match="Input/output error"):
        restore("", data, archive, force=True)
    assert read_tree(data) == before
    open_database("", data).close()


def test_no_server_starts_on_half_a_restore(archive: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    restore("", data, archive)
    (data / UNFINISHED).touch()
    with pytest.raises(StoreError, match="broken off") as caught:
        open_database("", data)
    assert caught.value.code == "store.restore-unfinished"
    restore("", data, archive, force=True)
    open_database("", data).close()


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """Before there were studies."""
    (tmp_path / "source").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path}/source/openworklist.sqlite3")
    with engine.begin() as connection:
        command.upgrade(make_config(connection), "0001")
    engine.dispose()
    made = save("", tmp_path / "source", tmp_path / "old.tar")
    assert made.manifest.revision == "0001"
    assert made.gap  # its tables are not changed to note it
    restore("", tmp_path / "data", made.path)
    with closing(open_database("", tmp_path / "data")) as again:
        assert again.read(read_condition).revision == newest_revision()
        send_order(again, "P1")
    assert not list((tmp_path / "data").glob("*before*"))


def test_the_other_kind_of_database_is_refused(archive: Path, postgresql_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError) as caught:
        restore(postgresql_url, tmp_path / "data", archive)
    assert caught.value.code == "backup.other-database"
