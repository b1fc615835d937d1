"""Users on each database: what may be changed of them, and what becomes of their sessions."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from openworklist.domain.errors import LoginFailed, UserError
from openworklist.domain.role import Role
from openworklist.services.passwords import Passwords
from openworklist.services.people import People
from openworklist.store.database import Database
from players.people import (
    DESK,
    OTHER,
    PASSWORD,
    STRANGER,
    guess,
    read_all,
)


def test_neither_token_nor_password_nor_key_is_stored(people: People, database: Database) -> None:
    token, _ = people.login("ada", PASSWORD, DESK)
    guess(people, PASSWORD)  # typed in the wrong field
    key, _ = people.keys.add("robot", Role.VIEWER, "user:admin")

    stored = repr(
        [read_all(database, each) for each in ("users", "sessions", "api_keys", "guesses", "audit")]
    )

    assert "$argon2id$" in stored
    for secret in (token, PASSWORD, key, key[9:]):
        assert secret not in stored


@pytest.mark.parametrize(
    "change",
    [
        lambda people: people.users.set_role("ada", Role.VIEWER, "user:admin"),
        lambda people: people.users.set_password("ada", OTHER, "user:admin"),
        lambda people: people.users.set_active("ada", False, "user:admin"),
        lambda people: people.users.delete("ada", "user:admin"),
        lambda people: people.end_sessions("ada", "user:admin"),
    ],
    ids=["role", "password", "deactivate", "delete", "end"],
)
def test_what_an_administrator_changes_ends_the_sessions(
    people: People, change: Callable[[People], object]
) -> None:
    token, _ = people.login("ada", PASSWORD, DESK)
    kept, _ = people.login("admin", PASSWORD, DESK)
    assert people.find_session(token)

    change(people)

    assert people.find_session(token) is None
    assert people.find_session(kept)


def test_ones_own_new_password_keeps_ones_own_session_alone(people: People) -> None:
    own, _ = people.login("ada", PASSWORD, DESK)
    other, _ = people.login("ada", PASSWORD, DESK)
    with pytest.raises(UserError):
        people.change_password(own, PASSWORD, "short", DESK)
    with pytest.raises(LoginFailed):
        people.change_password(own, "wrong", OTHER, DESK)

    people.change_password(own, PASSWORD, OTHER, DESK)

    assert people.find_session(own)
    assert people.find_session(other) is None
    guess(people, password=PASSWORD, peer=DESK)
    assert people.login("ada", OTHER, DESK)


def test_who_was_deactivated_comes_in_no_more_until_activated(people: People) -> None:
    people.users.set_active("ada", False, "user:admin")
    guess(people, password=PASSWORD)
    people.users.set_active("ada", True, "user:admin")
    assert people.login("ada", PASSWORD, STRANGER)


@pytest.mark.parametrize(
    "change",
    [
        lambda people: people.users.set_role("admin", Role.OPERATOR, "user:admin"),
        lambda people: people.users.set_active("admin", False, "user:admin"),
        lambda people: people.users.delete("ADMIN", "user:admin"),
    ],
    ids=["role", "deactivate", "delete"],
)
def test_the_last_administrator_stays(people: People, change: Callable[[People], object]) -> None:
    people.users.add("bob", Role.ADMINISTRATOR, PASSWORD, "user:admin")
    people.users.set_active("bob", False, "user:admin")
    with pytest.raises(UserError) as caught:
        change(people)
    assert caught.value.code == "user.last-administrator"
    assert people.login("admin", PASSWORD, DESK)

    people.users.set_active("bob", True, "user:admin")
    change(people)


def test_a_name_is_taken_however_it_is_spelled(people: People) -> None:
    with pytest.raises(UserError) as caught:
        people.users.add("ADA", Role.VIEWER, PASSWORD, "user:admin")
    assert caught.value.code == "user.exists"
    assert [(each.name, each.role) for each in people.users.find_all()] == [
        ("ada", Role.OPERATOR),
        ("admin", Role.ADMINISTRATOR),
    ]


def test_preferences_come_with_the_visitor(people: People) -> None:
    token, _ = people.login("ada", PASSWORD, DESK)
    people.users.set_preferences("ada", language="el", theme="dark", shortcuts=False)
    found = people.find_session(token)
    assert found
    assert (found.language, found.theme, found.shortcuts) == ("el", "dark", False)
    with pytest.raises(UserError):
        people.users.set_preferences("ada", language="el", theme="pink", shortcuts=True)


def test_two_administrators_cannot_take_the_role_from_each_other(people: People) -> None:
    people.users.add("bob", Role.ADMINISTRATOR, PASSWORD, "user:admin")

    def demote(name: str) -> str:
        try:
            people.users.set_role(name, Role.VIEWER, "user:admin")
        except UserError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(demote, ("admin", "bob")))

    assert said == ["", "user.last-administrator"]


def test_the_first_user_is_an_administrator(make_people: Callable[..., People]) -> None:
    with pytest.raises(UserError):
        make_people().users.add("ada", Role.VIEWER, PASSWORD, "cli:root")
    assert make_people().users.find_all() == []


def test_a_hash_is_argon2id_as_its_library_recommends() -> None:
    passwords = Passwords()
    stored = passwords.hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_right(PASSWORD, stored)
    assert not passwords.is_right(OTHER, stored)
    assert not passwords.is_right("the password of nobody", None)
    assert not passwords.is_right(PASSWORD, "no hash at all")


def test_what_people_type_is_in_no_log(people: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token, _ = people.login("ada", PASSWORD, DESK)
    guess(people, "ada", password="secret of mine")
    guess(people, "secret name", password=PASSWORD)
    people.change_password(token, PASSWORD, OTHER, DESK)
    with pytest.raises(UserError) as caught:
        people.users.add("bob", Role.VIEWER, "shorty", "user:admin")
    key, _ = people.keys.add("robot", Role.VIEWER, "user:admin")
    said = caplog.text + str(caught.value)
    for secret in (PASSWORD, OTHER, "secret", "shorty", token, key):
        assert secret not in said
