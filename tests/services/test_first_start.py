"""The first administrator, on each database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from openworklist.domain.errors import AccessError, UserError
from openworklist.domain.role import Role
from openworklist.services.people import People
from players.people import DAY, DESK, OTHER, PASSWORD, Watch

Make = Callable[..., People]


def test_with_a_password_the_first_start_makes_admin(make_people: Make) -> None:
    people = make_people()
    assert people.ensure_administrator(PASSWORD) == ""
    assert people.login("admin", PASSWORD, DESK)[1].role is Role.ADMINISTRATOR

    assert people.ensure_administrator(OTHER) == ""
    assert people.login("admin", PASSWORD, DESK)


def test_a_password_that_is_too_easy_names_the_setting(make_people: Make) -> None:
    with pytest.raises(UserError) as caught:
        make_people().ensure_administrator("admin12345")
    assert (caught.value.where, caught.value.code) == ("admin_password", "user.password-weak")


def test_the_link_makes_one_administrator_and_works_once(make_people: Make) -> None:
    people = make_people()
    token = people.ensure_administrator()
    assert people.is_setup_valid(token)
    with pytest.raises(UserError):
        people.redeem_setup(token, "ada", "short", DESK)

    assert people.redeem_setup(token, "Ada", PASSWORD, DESK).role is Role.ADMINISTRATOR

    assert not people.is_setup_valid(token)
    with pytest.raises(AccessError) as caught:
        people.redeem_setup(token, "eve", PASSWORD, DESK)
    assert caught.value.code == "access.setup-ended"
    assert [each.name for each in people.users.find_all()] == ["ada"]
    assert people.ensure_administrator() == ""


@pytest.mark.parametrize("wrong", ["", "x", "\ud800"])
def test_another_token_is_none(make_people: Make, wrong: str) -> None:
    people = make_people()
    assert not people.is_setup_valid(wrong)
    people.ensure_administrator()
    with pytest.raises(AccessError):
        people.redeem_setup(wrong, "eve", PASSWORD, DESK)
    assert people.users.find_all() == []


def test_the_link_ends_after_a_day_and_with_the_server(make_people: Make, watch: Watch) -> None:
    people = make_people()
    token = people.ensure_administrator()
    assert not make_people().is_setup_valid(token)
    watch.go(DAY - 1)
    assert people.is_setup_valid(token)
    watch.go(1)
    with pytest.raises(AccessError):
        people.redeem_setup(token, "ada", PASSWORD, DESK)


def test_who_was_added_by_a_command_ends_the_link(make_people: Make) -> None:
    people = make_people()
    token = people.ensure_administrator()
    make_people().users.add("ada", Role.ADMINISTRATOR, PASSWORD, "cli:root")
    assert not people.is_setup_valid(token)


def test_of_many_who_use_the_link_at_once_one_gets_in(make_people: Make) -> None:
    people = make_people()
    token = people.ensure_administrator()

    def redeem(number: int) -> bool:
        try:
            people.redeem_setup(token, f"user{number}", PASSWORD, DESK)
        except AccessError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redeem, range(8))) == 1
    assert len(people.users.find_all()) == 1
