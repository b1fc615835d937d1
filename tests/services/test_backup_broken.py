"""Archives that are cut short, damaged, or made by somebody with other things in mind."""

from __future__ import annotations

import io
import random
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from openworklist.domain.errors import BackupError
from openworklist.services.backup.contents import MANIFEST, SUMS
from openworklist.services.backup.opening import check_backup
from players.vault import ignore, make_archive, read_tree, restore

Files = list[tuple[tarfile.TarInfo, bytes]]
DATABASE = "openworklist.sqlite3"
FILE = "studies/00/1.2/1.3/1.4.dcm"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("archive"))


def read_files(archive: Path) -> Files:
    """All but the sums."""
    with tarfile.open(archive) as tar:
        return [(info, tar.extractfile(info).read()) for info in tar if info.name != SUMS]  # type: ignore[union-attr]


def write_files(target: Path, files: Files) -> Path:
    """An archive whose sums are right, whatever is in it."""
    sums = "".join(f"{sha256(data).hexdigest()}  {info.name}\n" for info, data in files if info.isreg())
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in [*files, plain(SUMS, sums.encode())]:
            tar.addfile(info, io.BytesIO(data))
    return target


def plain(name: str, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


def special(name: str, kind: bytes, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


def refuse(archive: Path, tmp_path: Path) -> BackupError:
    """The error; a data folder that was there is as it was, and nothing is beside it."""
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    (data / "studies").mkdir(exist_ok=True)
    (data / "studies" / "mine").write_text("mine")
    beside = sorted(tmp_path.iterdir())
    with pytest.raises(BackupError) as caught:
        restore("", data, archive, force=True)
    before = {"studies/mine": b"mine"}
    assert {name: text for name, text in read_tree(data).items() if name != "openworklist.lock"} == before
    assert sorted(tmp_path.iterdir()) == beside
    with pytest.raises(BackupError):
        check_backup(archive, ignore)
    return caught.value


def test_written_anew_it_is_taken(archive: Path, tmp_path: Path) -> None:
    restore("", tmp_path / "data", write_files(tmp_path / "same.tar", read_files(archive)))


def test_cut_short_anywhere_it_is_refused(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    end = whole.rindex(SUMS.encode())
    draw = random.Random(6)
    places = {0, 1, 511, 512, 513, 1024, end - 512, end, end + 512, *(draw.randrange(end) for _ in range(25))}
    for place in sorted(places):
        broken = tmp_path / "broken.tar"
        broken.write_bytes(whole[:place])
        assert refuse(broken, tmp_path).code in ("backup.damaged", "backup.foreign"), place


def test_a_byte_that_is_another_is_noticed_and_its_file_named(archive: Path, tmp_path: Path) -> None:
    whole = bytearray(archive.read_bytes())
    draw = random.Random(7)
    broken = tmp_path / "broken.tar"
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
    for info in [*members, *draw.choices(members, k=10)]:
        for place in (info.offset + draw.randrange(500), info.offset_data + draw.randrange(info.size)):
            before = whole[place]
            whole[place] ^= 1 << draw.randrange(8)
            broken.write_bytes(whole)
            whole[place] = before
            error = refuse(broken, tmp_path)
            if place >= info.offset_data and info.name not in (MANIFEST, SUMS, DATABASE):
                assert error.where == info.name


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/tmp/evil",
        "studies/../../evil",
        "studies/00/../1.3/1.4.dcm",
        "studies/incoming/1.2/1.3/1.4.dcm",
        "openworklist.lock",
        "C:\\evil",
        "restore-unfinished",
        DATABASE,
        MANIFEST,
        "study-tokens.key",
        "x" * 5_000,
        "\x1b[31m",
    ],
)
def test_a_name_that_no_backup_holds_is_refused(archive: Path, tmp_path: Path, name: str) -> None:
    files = [*read_files(archive), plain(name, b"evil")]
    error = refuse(write_files(tmp_path / "evil.tar", files), tmp_path)
    assert error.code == "backup.foreign"
    assert "\x1b" not in str(error)


@pytest.mark.parametrize(
    "made",
    [
        special(FILE, tarfile.SYMTYPE, "/etc/passwd"),
        special(FILE, tarfile.LNKTYPE, DATABASE),
        special(FILE, tarfile.CHRTYPE),
        special(FILE, tarfile.BLKTYPE),
        special(FILE, tarfile.FIFOTYPE),
        special("studies", tarfile.DIRTYPE),
        special("studies/00", tarfile.SYMTYPE, "/tmp"),
    ],
    ids=lambda made: str(made[0].type),
)
def test_what_is_no_plain_file_is_refused(
    archive: Path, tmp_path: Path, made: tuple[tarfile.TarInfo, bytes]
) -> None:
    files = [*read_files(archive), made]
    error = refuse(write_files(tmp_path / "evil.tar", files), tmp_path)
    assert error.code == "backup.foreign"
    assert "plain file" in error.sentence


def test_the_same_file_twice_is_refused(archive: Path, tmp_path: Path) -> None:
    files = [*read_files(archive), plain(FILE, b"one"), plain(FILE, b"other")]
    with pytest.raises(BackupError) as caught:
        restore("", tmp_path / "data", write_files(tmp_path / "evil.tar", files))
    assert caught.value.code == "backup.foreign"
    assert set(read_tree(tmp_path / "data")) == {"openworklist.lock"}


def test_anything_behind_the_sums_is_refused(archive: Path, tmp_path: Path) -> None:
    target = write_files(tmp_path / "evil.tar", read_files(archive))
    with tarfile.open(target, "a") as tar:
        tar.addfile(plain(FILE, b"")[0])
    assert refuse(target, tmp_path).code == "backup.foreign"


@pytest.mark.parametrize("size", [1 << 40, 1 << 62, -1, -512, -(1 << 40)])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_size_that_cannot_be_is_refused_at_once(
    archive: Path, tmp_path: Path, size: int, kind: bytes
) -> None:
    info = tarfile.TarInfo(FILE)
    info.size, info.type = size, kind
    first = read_files(archive)[:2]
    target = write_files(tmp_path / "evil.tar", first)
    start = target.read_bytes()
    end = start.index(SUMS.encode())
    target.write_bytes(start[:end] + info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    assert refuse(target, tmp_path).code in ("backup.damaged", "backup.foreign")


@pytest.mark.parametrize(
    "headers",
    [
        {"size": str(1 << 50)},
        {"size": "-1"},
        {"size": "many"},
        {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 50)},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 50)},
        {"path": "../../evil"},
    ],
)
def test_an_extended_header_leads_nowhere(archive: Path, tmp_path: Path, headers: dict[str, str]) -> None:
    info, data = plain(FILE, b"0\n" + bytes(510))
    info.pax_headers = headers
    target = tmp_path / "evil.tar"
    write_files(target, [*read_files(archive), (info, data)])
    assert refuse(target, tmp_path).code in ("backup.damaged", "backup.foreign")


def test_many_headers_on_each_other_are_refused(archive: Path, tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 512
    block = header.tobuf(tarfile.USTAR_FORMAT) + b"12 path=abc\n" + bytes(500)
    target = tmp_path / "evil.tar"
    target.write_bytes(block * 5_000)
    assert refuse(target, tmp_path).code in ("backup.damaged", "backup.foreign")


def change_database(archive: Path, tmp_path: Path, change: Callable[[Path], None]) -> Path:
    """The backup with its database changed, and sums that fit."""
    files = read_files(archive)
    place = tmp_path / "changed.sqlite3"
    place.write_bytes(files[1][1])
    change(place)
    return write_files(tmp_path / "changed.tar", [files[0], plain(DATABASE, place.read_bytes()), *files[2:]])


def test_a_database_of_a_newer_version_is_refused(archive: Path, tmp_path: Path) -> None:
    files = read_files(archive)
    manifest = re.sub(rb'"revision": "\d+"', b'"revision": "9999"', files[0][1])
    target = write_files(tmp_path / "newer.tar", [plain(MANIFEST, manifest), *files[1:]])
    error = refuse(target, tmp_path)
    assert error.code == "backup.newer"
    assert "9999" in error.sentence


def test_a_database_that_says_so_only_itself_is_refused(archive: Path, tmp_path: Path) -> None:
    def change(place: Path) -> None:
        with closing(sqlite3.connect(place)) as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
            database.commit()

    assert "manifest" in refuse(change_database(archive, tmp_path, change), tmp_path).sentence


def test_a_database_that_is_damaged_inside_is_refused(archive: Path, tmp_path: Path) -> None:
    def change(place: Path) -> None:
        content = bytearray(place.read_bytes())
        for start in range(8192, len(content), 4096):
            content[start : start + 64] = b"\xff" * 64
        place.write_bytes(content)

    assert "damaged" in refuse(change_database(archive, tmp_path, change), tmp_path).sentence


def test_a_database_that_is_none_is_refused(archive: Path, tmp_path: Path) -> None:
    changed = change_database(archive, tmp_path, lambda place: shutil.copy(__file__, place) and None)
    assert refuse(changed, tmp_path).code == "backup.damaged"


@pytest.mark.parametrize("content", [b"", b"x" * 10_000, bytes(10_240)])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "none.tar").write_bytes(content)
    assert refuse(tmp_path / "none.tar", tmp_path).where.endswith("none.tar")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    error = refuse(tmp_path / "none.tar", tmp_path)
    assert error.code == "backup.unreadable"
    assert "No such file" in error.sentence
