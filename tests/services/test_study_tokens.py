"""Tokens on each database: permanent, revocable, the same for all who ask at once, under whatever key."""

import re
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from openworklist.domain.audit import DeedFilter
from openworklist.domain.errors import NotFound, SettingsError, StoreError
from openworklist.services.audit import Audit
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.token_key import FILE
from openworklist.store.connection import Statement
from openworklist.store.database import Database, open_database
from openworklist.store.study_tokens import find_token_of

UID = "1.2.826.0.1.3680043.8.498.51"
OTHER = "1.2.826.0.1.3680043.8.498.52"
KEYS = ("11" * 32, "22" * 32)


@pytest.fixture
def make(database: Database, tmp_path: Path) -> Callable[..., StudyTokens]:
    """A server's tokens; another one has the same folder, unless it is given one."""
    clock = count(1_773_478_800_000_000, 1_000_000).__next__

    def make_tokens(folder: Path | None = None, **more: Any) -> StudyTokens:
        return StudyTokens(more.pop("database", database), folder or tmp_path, clock=clock, **more)

    return make_tokens


@pytest.fixture
def tokens(make: Callable[..., StudyTokens]) -> StudyTokens:
    return make()


def find_code(call: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        call()
    return caught.value.code


def test_a_token_is_64_letters_and_digits_and_stays(
    tokens: StudyTokens, make: Callable[..., StudyTokens]
) -> None:
    token = tokens.ensure(UID, "test")
    assert re.fullmatch("[A-Za-z0-9]{64}", token)
    assert [tokens.ensure(UID, "test"), make().ensure(UID, "other")] == [token, token]
    assert make().find_study(token) == UID
    assert tokens.ensure(OTHER, "test") != token
    assert [each.study_uid for each in tokens.list()] == [OTHER, UID]


@pytest.mark.parametrize("wrong", ["", "a" * 64, "a" * 63, "a" * 65, "\u00fc" * 64, "%" * 64, "a\0" * 32])
def test_what_is_no_token_opens_nothing(tokens: StudyTokens, wrong: str) -> None:
    assert tokens.find_study(wrong) is None
    tokens.ensure(UID, "test")
    assert tokens.find_study(wrong) is None


def test_many_are_made_at_once(tokens: StudyTokens) -> None:
    known = tokens.ensure(UID, "test")
    found = tokens.ensure_all((OTHER, UID, OTHER), "test")
    assert found == {UID: known, OTHER: tokens.ensure(OTHER, "test")}
    assert tokens.ensure_all((), "test") == {}


def test_all_who_ask_first_get_the_same(
    database: Database, database_url: str, tmp_path: Path, make: Callable[..., StudyTokens]
) -> None:
    others = [open_database(database_url, tmp_path, shared=True) for _ in range(3)]
    found: list[str] = []
    barrier = threading.Barrier(8)

    def ask(number: int) -> None:
        mine = make(database=[database, *others][number % 4])
        barrier.wait()
        found.append(mine.ensure(UID, f"test {number}"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in others:
        each.close()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(make().list()) == 1


def test_a_revoked_token_opens_nothing_and_the_next_is_another(
    tokens: StudyTokens, database: Database
) -> None:
    token = tokens.ensure(UID, "test")
    tokens.revoke(UID, "ada", peer="192.0.2.7")
    assert tokens.find_study(token) is None
    assert tokens.list() == []
    (revoked,) = tokens.list(revoked=True)
    assert revoked.revoked_at
    with pytest.raises(NotFound):
        tokens.revoke(UID, "ada")
    renewed = tokens.ensure(UID, "test")
    assert renewed != token
    assert tokens.find_study(renewed) == UID
    rows = database.read(lambda it: it.run(Statement(sql("SELECT sealed FROM study_tokens ORDER BY id"))))
    assert [bool(bytes(row[0])) for row in rows] == [False, True]
    done = [each.action for each in Audit(database).find(DeedFilter(subject="study"))]
    assert done == ["study-token.make", "study-token.revoke", "study-token.make"]


def test_tokens_outlive_their_key(
    tokens: StudyTokens, make: Callable[..., StudyTokens], tmp_path: Path
) -> None:
    beside = make()
    made = tokens.ensure_all((UID, OTHER), "test")
    assert beside.ensure_all((UID, OTHER), "test") == made
    before = (tmp_path / FILE).read_text()
    assert tokens.rotate("test") == 2
    after = (tmp_path / FILE).read_text()
    assert len(after.split()) == 1
    assert after != before
    for each in (tokens, beside, make()):
        assert each.ensure_all((UID, OTHER), "test") == made
        assert [each.find_study(token) for token in made.values()] == list(made)
        assert each.find_problem() == ""
    third = beside.ensure("1.2.3", "test")
    assert make().find_study(third) == "1.2.3"
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_rotation_that_ends_before_its_commit_loses_nothing(
    tokens: StudyTokens, make: Callable[..., StudyTokens], tmp_path: Path, database: Database
) -> None:
    token = tokens.ensure(UID, "test")
    damaged = tokens.ensure(OTHER, "test")
    damage(database, OTHER)
    assert find_code(lambda: tokens.rotate("test")) == "study-token.damaged"
    assert len((tmp_path / FILE).read_text().split()) == 2  # the new one was on disk first
    assert make().ensure(UID, "test") == token
    assert make().find_study(damaged) == OTHER
    make().revoke(OTHER, "test")
    assert make().rotate("test") == 1
    assert len((tmp_path / FILE).read_text().split()) == 1
    assert make().find_study(token) == UID


def test_a_damaged_token_is_told_and_can_be_made_anew(tokens: StudyTokens, database: Database) -> None:
    tokens.ensure(UID, "test")
    damage(database, UID)
    assert find_code(lambda: tokens.ensure(UID, "test")) == "study-token.damaged"
    tokens.revoke(UID, "test")
    assert tokens.find_study(tokens.ensure(UID, "test")) == UID


def damage(database: Database, uid: str) -> None:
    found = database.read(lambda it: find_token_of(it, uid))
    assert found
    wrong = bytes(found.sealed[:-1]) + bytes([found.sealed[-1] ^ 1])
    text = f"UPDATE study_tokens SET sealed = {{}} WHERE id = {found.token.id}"
    literal = {"sqlite": f"x'{wrong.hex()}'", "postgresql": f"'\\x{wrong.hex()}'::bytea"}
    database.write(lambda it: it.execute_text(text.format(literal[it.dialect])))


def test_no_key_is_made_in_place_of_one_that_is_missing(
    tokens: StudyTokens, make: Callable[..., StudyTokens], tmp_path: Path
) -> None:
    token = tokens.ensure(UID, "test")
    kept = (tmp_path / FILE).read_text()
    (tmp_path / FILE).unlink()
    server = make()
    for call in (
        lambda: server.ensure(UID, "test"),
        lambda: server.ensure(OTHER, "test"),
        lambda: server.find_study(token),
        lambda: server.rotate("test"),
    ):
        assert find_code(call) == "study-token.key-missing"
    assert FILE in server.find_problem()
    assert not (tmp_path / FILE).exists()
    (tmp_path / FILE).write_text(f"{KEYS[0]}\n")
    assert find_code(lambda: server.ensure(UID, "test")) == "study-token.key-missing"
    (tmp_path / FILE).write_text(kept)
    assert server.ensure(UID, "test") == token
    assert server.find_problem() == ""


@pytest.mark.parametrize("content", ["", "no key", "11" * 31, "\u00fc"])
def test_a_damaged_key_file_is_told_and_left_alone(tokens: StudyTokens, tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    assert find_code(lambda: tokens.ensure(UID, "test")) == "study-token.key-unusable"
    assert (tmp_path / FILE).read_text("utf-8") == content


def test_who_has_lost_the_key_begins_anew(
    tokens: StudyTokens, make: Callable[..., StudyTokens], tmp_path: Path
) -> None:
    old = tokens.ensure(UID, "test")
    (tmp_path / FILE).unlink()
    server = make()
    assert server.begin_anew("test") == 1
    renewed = server.ensure(UID, "test")
    assert server.find_study(old) is None
    assert make().find_study(renewed) == UID


def test_servers_with_folders_of_their_own_share_the_key_of_the_setting(
    make: Callable[..., StudyTokens], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    one, two = (make(folder, key=KEYS[0]) for folder in folders)
    token = one.ensure(UID, "test")
    assert two.ensure(UID, "test") == token
    with pytest.raises(SettingsError):
        one.rotate("test")
    both = [make(folder, key=f"{KEYS[1]}\n{KEYS[0]}") for folder in folders]
    later = both[0].ensure(OTHER, "test")
    assert one.find_study(later) == OTHER  # the old key counts until it is rotated
    assert both[1].rotate("test") == 2
    assert [each.find_study(token) for each in both] == [UID, UID]
    assert make(folders[0], key=KEYS[1]).ensure(UID, "test") == token
    assert find_code(lambda: make(folders[0], key=KEYS[0]).find_study(token)) == "study-token.key-missing"
    assert not any(map(list, (folder.iterdir() for folder in folders)))


def test_a_server_with_a_folder_of_its_own_makes_no_second_key(
    make: Callable[..., StudyTokens], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    make(tmp_path / "one").ensure(UID, "test")
    assert find_code(lambda: make(tmp_path / "two").ensure(OTHER, "test")) == "study-token.key-missing"
    assert not list((tmp_path / "two").iterdir())
