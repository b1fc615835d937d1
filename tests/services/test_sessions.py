"""Sessions on each database: found, locked, ended, here and in other servers."""

from collections.abc import Callable

import pytest

from openworklist.domain.errors import AccessError, LoginFailed, NotFound, SessionLocked
from openworklist.domain.options import Options
from openworklist.domain.role import Role
from openworklist.services.people import People
from openworklist.store.database import Database
from players.people import (
    BEGIN,
    DESK,
    HOUR,
    MINUTE,
    PASSWORD,
    SECOND,
    STRANGER,
    Watch,
    wait_for_lane,
)


def test_who_logs_in_is_known_by_the_token(people: People) -> None:
    token, visitor = people.login(" ADA ", PASSWORD, DESK)

    assert (visitor.name, visitor.role, visitor.actor) == ("ada", Role.OPERATOR, "user:ada")
    assert people.find_session(token) == visitor
    assert people.find_session(token + "x") is None
    assert people.find_session("") is None


def test_a_session_that_was_ended_is_over_at_once_here_and_soon_elsewhere(
    people: People, make_people: Callable[..., People], watch: Watch
) -> None:
    elsewhere = make_people()
    token, _ = people.login("ada", PASSWORD, DESK)
    assert elsewhere.find_session(token)

    people.logout(token)

    assert people.find_session(token) is None
    watch.go(2 * SECOND)
    assert elsewhere.find_session(token) is None


def test_a_session_ends_after_its_hours_whatever_is_done_in_it(
    people: People, make_people: Callable[..., People], watch: Watch
) -> None:
    token, _ = people.login("ada", PASSWORD, DESK)
    for _ in range(12 * 6 - 1):
        watch.go(10 * MINUTE)
        people.touch(token)
        assert people.find_session(token)
    assert make_people(Options(session_hours=8)).find_session(token) is None

    watch.go(10 * MINUTE)

    assert people.find_session(token) is None
    with pytest.raises(AccessError) as caught:
        people.unlock(token, PASSWORD, DESK)
    assert caught.value.code == "access.session-ended"
    assert people.find_sessions("ada") == []


def test_a_session_in_which_nothing_is_done_locks_and_goes_on_with_the_password(
    people: People, watch: Watch
) -> None:
    token, visitor = people.login("ada", PASSWORD, DESK)
    watch.go(14 * MINUTE)
    people.touch(token)
    watch.go(14 * MINUTE)
    assert people.find_session(token) == visitor

    watch.go(MINUTE)
    with pytest.raises(SessionLocked) as caught:
        people.find_session(token)
    assert caught.value.visitor == visitor
    people.touch(token)
    with pytest.raises(LoginFailed):
        people.unlock(token, "wrong", DESK)
    with pytest.raises(SessionLocked):
        people.find_session(token)

    assert people.unlock(token, PASSWORD, DESK) == visitor
    assert people.find_session(token) == visitor


def test_a_session_is_locked_by_hand_and_in_every_process(
    people: People, make_people: Callable[..., People]
) -> None:
    token, _ = people.login("ada", PASSWORD, DESK)
    people.lock(token)
    for each in (people, make_people(Options(lock_after=0))):
        with pytest.raises(SessionLocked):
            each.find_session(token)


def test_what_is_done_in_one_server_keeps_the_session_open_in_all(
    people: People, make_people: Callable[..., People], database: Database, watch: Watch
) -> None:
    elsewhere = make_people()
    token, _ = people.login("ada", PASSWORD, DESK)
    for _ in range(40):
        watch.go(MINUTE)
        people.touch(token)
    wait_for_lane(database, "people")
    assert elsewhere.find_session(token)
    assert elsewhere.find_sessions("ada")[0].seen_at == BEGIN + 40 * MINUTE


def test_with_no_minutes_nothing_locks(
    make_people: Callable[..., People], people: People, watch: Watch
) -> None:
    never = make_people(Options(lock_after=0))
    token, _ = never.login("ada", PASSWORD, DESK)
    watch.go(11 * HOUR)
    assert never.find_session(token)
    with pytest.raises(SessionLocked):
        people.find_session(token)


def test_sessions_are_listed_and_ended_one_by_one(people: People, watch: Watch) -> None:
    first, visitor = people.login("ada", PASSWORD, DESK)
    watch.go(MINUTE)
    second, _ = people.login("ada", PASSWORD, STRANGER)
    listed = people.find_sessions("Ada")
    assert [(each.peer, each.created_at) for each in listed] == [
        (STRANGER, BEGIN + MINUTE),
        (DESK, BEGIN),
    ]
    assert visitor.session_id == str(listed[1].id)

    people.end_session("ada", visitor.session_id, "user:ada", DESK)

    assert people.find_session(first) is None
    assert people.find_session(second)
    with pytest.raises(NotFound):
        people.end_session("admin", str(listed[0].id), "user:admin")
