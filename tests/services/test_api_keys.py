"""Keys of programs, on each database."""

from collections.abc import Callable

import pytest

from openworklist.domain.errors import NotFound, UserError
from openworklist.domain.role import Role
from openworklist.services.people import People
from openworklist.store.database import Database
from players.people import (
    BEGIN,
    HOUR,
    MINUTE,
    SECOND,
    Watch,
    wait_for_lane,
)


def test_keys_are_found_until_they_expire_or_are_revoked(
    people: People, make_people: Callable[..., People], watch: Watch
) -> None:
    elsewhere = make_people()
    text, key = people.keys.add("robot", Role.OPERATOR, "user:admin", days=2)
    for each in (people, elsewhere):
        found = each.find_key(text)
        assert found
        assert (found.actor, found.role, found.way) == ("key:robot", Role.OPERATOR, "key")
    assert text.startswith(key.prefix)
    assert people.find_key(text[:-1] + "-") is None
    with pytest.raises(UserError):
        people.keys.add("robot", Role.VIEWER, "user:admin")

    people.keys.revoke("robot", "user:admin")

    assert people.find_key(text) is None
    watch.go(2 * SECOND)
    assert elsewhere.find_key(text) is None
    with pytest.raises(NotFound):
        people.keys.revoke("robot", "user:admin")

    text, _ = people.keys.add("robot", Role.VIEWER, "user:admin", days=2)
    watch.go(48 * HOUR - 1)
    assert people.find_key(text)
    watch.go(1)
    assert people.find_key(text) is None


def test_the_last_use_of_a_key_is_noted_once_a_minute(
    people: People, database: Database, watch: Watch
) -> None:
    text, _ = people.keys.add("robot", Role.VIEWER, "user:admin")

    def last_used() -> int:
        wait_for_lane(database, "people")
        return people.keys.find_all()[0].last_used_at

    people.find_key(text)
    assert last_used() == BEGIN
    watch.go(59 * SECOND)
    people.find_key(text)
    assert last_used() == BEGIN
    watch.go(SECOND)
    people.find_key(text)
    assert last_used() == BEGIN + MINUTE
