from dataclasses import fields

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.options import HELP, NAMES, Options, change_option


def test_an_option_is_read_as_people_type_it():
    assert change_option(Options(), "acknowledge", "no").acknowledge is False
    assert change_option(Options(), "acknowledge", True).acknowledge is True
    assert change_option(Options(), "auto_delete", " 14 days ").auto_delete == "14 days"


def test_changing_one_option_leaves_the_others():
    changed = change_option(Options(), "default_charset", "8859/7")
    others = [name for name in NAMES if name != "default_charset"]
    assert all(getattr(changed, name) == getattr(Options(), name) for name in others)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("acknowledge", "perhaps", "yes or no"),
        ("auto_delete", "8 days", "never, 7 days"),
        ("default_charset", "KLINGON", "table 0211"),
        ("undecodable", "guess", "refuse, replace"),
        ("sending_facility", "A\x1fB", "control characters"),
        ("sending_facility", 3, "must be text"),
        ("shown_statuses", "READY", "is no status"),
        ("shown_statuses", "", "No status is named"),
        ("session_hours", "0", "at least 1"),
        ("lock_after", "-1", "whole number"),
        ("shown_statuses", " , ", "No status is named"),
    ],
)
def test_what_an_option_cannot_be_is_said_by_its_name(name, value, says):
    with pytest.raises(SettingsError, match=says) as caught:
        change_option(Options(), name, value)
    assert caught.value.where == name


def test_an_option_that_does_not_exist_names_one_that_does():
    with pytest.raises(SettingsError) as caught:
        change_option(Options(), "auto_delte", "never")
    assert caught.value.hint == "did you mean auto_delete?"


def test_every_default_is_one_that_could_be_set():
    options = Options()
    for each in fields(Options):
        assert change_option(options, each.name, getattr(options, each.name)) == options
        assert HELP[each.name]
