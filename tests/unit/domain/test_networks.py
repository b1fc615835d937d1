"""Addresses that people list, and who is on the list."""

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.networks import is_listed, parse_networks


@pytest.mark.parametrize(
    ("listed", "address", "is_local", "expected"),
    [
        ("10.1.0.0/16, 2001:db8::/32", "10.1.2.3", False, True),
        ("10.1.0.0/16 2001:db8::/32", "2001:db8::7", False, True),
        ("10.1.0.0/16", "::ffff:10.1.2.3", False, True),
        ("10.1.0.0/16", "10.2.0.1", False, False),
        ("10.1.0.0/16", "10.2.0.1", True, False),
        ("127.0.0.1, ::1", "127.0.0.1", True, True),
        ("127.0.0.1, ::1", "192.0.2.1", True, True),
        ("127.0.0.1, ::1", "192.0.2.1", False, False),
        ("::1", "fe80::1%eth0", True, True),
        ("", "127.0.0.1", True, False),
        ("0.0.0.0/0", "unknown", False, False),
    ],
)
def test_who_is_listed(listed: str, address: str, is_local: bool, expected: bool) -> None:
    assert is_listed(address, parse_networks(listed), is_local=is_local) is expected


@pytest.mark.parametrize("text", ["10.1", "10.1.0.0/33", "host", "127.0.0.1;::1"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_networks(text)
