"""Files of an archive on this disk: one fetches and others wait, the oldest make room, none is left half."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from openworklist.domain.errors import PeerError, StoreError, StoreFull
from openworklist.services.archive_cache import ArchiveCache, Draft
from players.people import Watch

HOUR = 3_600_000_000


def make(folder: Path, most: int = 100, keep_free: int = 0, watch: Watch | None = None) -> ArchiveCache:
    more = {"clock": watch} if watch else {}
    return ArchiveCache(folder / "cache", lambda: (most, keep_free), **more)


def writing(*pieces: bytes) -> Callable[[Draft], None]:
    def fetch(draft: Draft) -> None:
        for each in pieces:
            draft.write(each)

    return fetch


def refuse(draft: Draft) -> None:
    raise AssertionError("it is there")


def list_files(folder: Path) -> list[Path]:
    return sorted((folder / "cache").iterdir())


def test_what_was_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    cache = make(tmp_path)
    with cache.open("a", writing(b"one ", b"file")) as path:
        assert path.read_bytes() == b"one file"
    with cache.open("a", refuse) as path:
        assert path.read_bytes() == b"one file"
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_what_is_read_least_makes_room(tmp_path: Path) -> None:
    cache = make(tmp_path)
    for key in ("a", "b"):
        with cache.open(key, writing(bytes(40))):
            pass
    with cache.open("a", refuse), cache.open("c", writing(bytes(40))):
        assert len(list_files(tmp_path)) == 3
    assert len(list_files(tmp_path)) == 2
    with cache.open("a", refuse), cache.open("c", refuse):
        pass
    with cache.open("b", writing(b"again")) as path:
        assert path.read_bytes() == b"again"


def test_what_somebody_reads_stays(tmp_path: Path) -> None:
    cache = make(tmp_path, most=50)
    with cache.open("a", writing(bytes(50))) as first:
        with cache.open("b", writing(bytes(50))):
            pass
        assert first.exists()
    assert len(list_files(tmp_path)) <= 1


@pytest.mark.parametrize("error", [PeerError("lost"), KeyboardInterrupt()])
def test_what_fails_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    cache = make(tmp_path)

    def fetch(draft: Draft) -> None:
        draft.write(b"half")
        raise error

    with pytest.raises(type(error)), cache.open("a", fetch):
        pass
    assert list_files(tmp_path) == []
    with cache.open("a", writing(b"whole")) as path:
        assert path.read_bytes() == b"whole"


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, StoreFull), (errno.EIO, StoreError)])
def test_trouble_of_the_disk_is_said(tmp_path: Path, number: int, kind: type[StoreError]) -> None:
    def fetch(draft: Draft) -> None:
        raise OSError(number, "no")

    with pytest.raises(kind), make(tmp_path).open("a", fetch):
        pass
    assert list_files(tmp_path) == []


def test_a_file_that_is_larger_than_all_may_be_is_refused(tmp_path: Path) -> None:
    cache = make(tmp_path)
    with pytest.raises(PeerError) as caught, cache.open("a", writing(bytes(60), bytes(60))):
        pass
    assert caught.value.code == "archive.too-large"
    assert list_files(tmp_path) == []


def test_the_disk_is_not_filled(tmp_path: Path) -> None:
    with pytest.raises(StoreFull), make(tmp_path, keep_free=1 << 62).open("a", writing(b"x")):
        pass


def test_a_file_begun_anew_has_nothing_of_before(tmp_path: Path) -> None:
    def fetch(draft: Draft) -> None:
        draft.write(bytes(90))
        draft.restart()
        draft.write(b"again")

    with make(tmp_path).open("a", fetch) as path:
        assert path.read_bytes() == b"again"


def test_old_files_are_fetched_anew(tmp_path: Path) -> None:
    watch = Watch()
    cache = make(tmp_path, watch=watch)
    with cache.open("a", writing(b"old")):
        pass
    watch.go(HOUR)
    with cache.open("a", writing(b"new")) as path:
        assert path.read_bytes() == b"new"
        watch.go(HOUR)
        with cache.open("a", refuse) as same:  # who reads it keeps it
            assert same == path
    assert len(list_files(tmp_path)) == 1


def test_who_empties_the_folder_does_no_harm(tmp_path: Path) -> None:
    cache = make(tmp_path)
    with cache.open("a", writing(b"one")) as path:
        pass
    path.unlink()
    with cache.open("a", writing(b"two")) as path:
        assert path.read_bytes() == b"two"


def test_a_start_removes_what_was_left(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "x.part").write_bytes(b"half")
    make(tmp_path).clean()
    assert not (tmp_path / "cache").exists()
    make(tmp_path).clean()


def test_of_many_who_want_one_file_one_fetches_it(tmp_path: Path) -> None:
    cache = make(tmp_path)
    fetched: list[int] = []
    all_are_here = threading.Barrier(8)
    read: list[bytes] = []

    def fetch(draft: Draft) -> None:
        fetched.append(1)
        draft.write(b"one")

    def want() -> None:
        all_are_here.wait(30)
        with cache.open("a", fetch) as path:
            read.append(path.read_bytes())

    threads = [threading.Thread(target=want) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert (fetched, read) == ([1], [b"one"] * 8)


def test_many_files_at_once_stay_within_bounds(tmp_path: Path) -> None:
    cache = make(tmp_path, most=200)
    wrong: list[bytes] = []

    def want(number: int) -> None:
        for each in range(200):
            key = str((each * number) % 23)
            with cache.open(key, writing(key.encode() * 10)) as path:
                if path.read_bytes() != key.encode() * 10:
                    wrong.append(key.encode())

    threads = [threading.Thread(target=want, args=(number,)) for number in (1, 3, 5, 7)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert wrong == []
    assert sum(each.stat().st_size for each in list_files(tmp_path)) <= 200
