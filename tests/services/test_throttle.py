"""Who guesses at passwords waits, on each database, by a clock that the test moves."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from openworklist.domain.errors import AccessError, LoginFailed, Throttled
from openworklist.services.people import People
from openworklist.services.throttle import ADDRESS, NAME
from players.people import (
    DESK,
    HOUR,
    OTHER,
    PASSWORD,
    SECOND,
    STRANGER,
    Watch,
    guess,
)


def test_letters_that_no_name_has_are_no_way_round_the_count(people: People) -> None:
    for number in range(5):
        guess(people, "ada" if number % 2 else " Ada ")
    for name in ("ADA", "ada ", "a\u0064a"):
        with pytest.raises(Throttled):
            people.login(name, PASSWORD, STRANGER)
    guess(people, "a\0da", password=PASSWORD)


def test_guesses_at_a_name_wait_longer_and_longer_but_never_for_long(people: People, watch: Watch) -> None:
    pauses = []
    for number in range(14):
        guess(people, peer=f"198.51.100.{number}")
        with_pause = NAME.pause(number + 1)
        pauses.append(with_pause)
        if with_pause:
            with pytest.raises(Throttled) as caught:
                people.login("ada", PASSWORD, f"198.51.100.{number}")
            assert caught.value.seconds == with_pause
            watch.go(with_pause * SECOND)
    assert pauses == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]

    assert people.login("ada", PASSWORD, DESK)
    for _ in range(4):
        guess(people, peer="203.0.113.1")
    assert people.login("ada", PASSWORD, DESK)


@pytest.mark.parametrize("name", ["ada", "nobody", "", "\0", "\ud800"])
def test_names_that_nobody_has_are_told_apart_by_nothing(people: People, name: str) -> None:
    said = []
    for _ in range(5):
        with pytest.raises(LoginFailed) as caught:
            people.login(name, "wrong", STRANGER)
        said.append(str(caught.value))
    with pytest.raises(Throttled):
        people.login(name, "wrong", STRANGER)
    assert set(said) == {str(caught.value)}


def test_an_address_that_guesses_at_many_names_waits_and_a_password_of_its_own_is_no_way_round(
    people: People, watch: Watch
) -> None:
    for number in range(ADDRESS.free):
        guess(people, f"name{number}")
    with pytest.raises(Throttled):
        people.login("ada", PASSWORD, STRANGER)
    assert people.login("ada", PASSWORD, DESK)
    watch.go(SECOND)
    assert people.login("ada", PASSWORD, STRANGER)
    guess(people, "name")
    with pytest.raises(Throttled) as caught:
        people.login("ada", PASSWORD, STRANGER)
    assert caught.value.seconds == 2


def test_a_restart_is_no_way_round(people: People, make_people: Callable[..., People], watch: Watch) -> None:
    for _ in range(5):
        guess(people)
    with pytest.raises(Throttled):
        make_people().login("ada", PASSWORD, STRANGER)
    watch.go(HOUR + SECOND)
    for _ in range(4):
        guess(make_people())


def test_who_is_logged_in_is_not_shut_out_by_strangers(people: People) -> None:
    token, _ = people.login("ada", PASSWORD, DESK)
    for number in range(5):
        guess(people, peer=f"198.51.100.{number}")
    with pytest.raises(Throttled):
        people.login("ada", PASSWORD, STRANGER)
    assert people.login("ada", PASSWORD, DESK)
    people.lock(token)
    assert people.unlock(token, PASSWORD, "192.0.2.99")


def test_who_has_a_session_guesses_no_quicker_from_many_addresses(people: People) -> None:
    token, _ = people.login("ada", PASSWORD, DESK)
    for number in range(NAME.free):
        with pytest.raises(LoginFailed):
            people.unlock(token, "wrong", f"198.51.100.{number}")
    with pytest.raises(Throttled):
        people.change_password(token, PASSWORD, "four other words", "203.0.113.1")


def test_a_new_password_lets_in_at_once(people: People) -> None:
    for _ in range(5):
        guess(people)
    people.users.set_password("ada", OTHER, "cli:root")
    assert people.login("ada", OTHER, STRANGER)
    guess(people, password=PASSWORD)


def test_many_guesses_at_once_are_no_way_round(people: People) -> None:
    def guess_at_once(number: int) -> str:
        try:
            people.login("ada", f"wrong {number}", STRANGER)
        except AccessError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(16) as pool:
        said = Counter(pool.map(guess_at_once, range(32)))

    assert said == {"access.login-failed": NAME.free, "access.throttled": 32 - NAME.free}


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("proxy", "proxy", True),
    ],
)
def test_an_address_is_one_of_ipv4_or_a_network_of_ipv6(
    people: People, first: str, second: str, is_same: bool
) -> None:
    for number in range(ADDRESS.free):
        guess(people, f"name{number}", peer=first)
    with pytest.raises(Throttled if is_same else LoginFailed):
        people.login("someone", PASSWORD, second)


def test_a_clock_that_was_set_back_keeps_nobody_waiting_for_long(people: People, watch: Watch) -> None:
    for _ in range(NAME.free):
        guess(people)
    watch.go(-24 * HOUR)
    assert people.login("ada", PASSWORD, STRANGER)
