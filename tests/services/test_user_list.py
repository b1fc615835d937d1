"""Users as they are looked over, on each database."""

import pytest

from openworklist.domain.errors import NotFound
from openworklist.domain.role import Role
from openworklist.services.people import People
from openworklist.services.user_list import Listed, find_listed, get_listed
from openworklist.store.database import Database
from players.people import BEGIN, DESK, HOUR, PASSWORD, SECOND, STRANGER, Watch, guess


def find(database: Database, watch: Watch) -> dict[str, Listed]:
    return {each.user.name: each for each in find_listed(database, watch.now)}


def test_who_is_logged_in_and_who_was_here(people: People, database: Database, watch: Watch) -> None:
    people.users.add("new", Role.VIEWER, PASSWORD, "test")
    people.login("ada", PASSWORD, DESK)
    watch.go(SECOND)
    token, _ = people.login("ada", PASSWORD, STRANGER)
    found = find(database, watch)
    assert (found["ada"].sessions, found["ada"].seen_at) == (2, BEGIN + SECOND)
    assert (found["new"].sessions, found["new"].seen_at) == (0, 0)

    watch.go(SECOND)
    people.logout(token)
    people.end_sessions("ada", "user:admin")
    found = find(database, watch)
    assert (found["ada"].sessions, found["ada"].seen_at) == (0, BEGIN + 2 * SECOND)


def test_who_is_guessed_at_waits_until_all_is_forgotten(
    people: People, database: Database, watch: Watch
) -> None:
    for _ in range(5):
        guess(people, "ada")
    ada = get_listed(database, "Ada", watch.now)
    assert (ada.failures, ada.is_waiting(watch.now)) == (5, True)
    watch.go(SECOND)
    assert not get_listed(database, "ada", watch.now).is_waiting(watch.now)
    watch.go(HOUR)
    assert get_listed(database, "ada", watch.now).failures == 0


def test_the_last_administrator_is_marked_and_no_other(
    people: People, database: Database, watch: Watch
) -> None:
    assert [name for name, each in find(database, watch).items() if each.is_last] == ["admin"]
    people.users.set_role("ada", Role.ADMINISTRATOR, "test")
    assert not any(each.is_last for each in find(database, watch).values())
    people.users.set_active("admin", False, "test")
    assert [name for name, each in find(database, watch).items() if each.is_last] == ["ada"]


def test_nobody_of_that_name_is_listed(people: People, database: Database, watch: Watch) -> None:
    with pytest.raises(NotFound):
        get_listed(database, "nobody", watch.now)
