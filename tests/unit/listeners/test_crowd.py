from ipaddress import ip_network

import pytest

from openworklist.listeners.crowd import Crowd, find_group, is_allowed


def test_the_oldest_of_the_address_with_the_most_gives_way() -> None:
    crowd: Crowd[str] = Crowd()
    for guest, group in (("scanner", "a"), ("flood 1", "b"), ("flood 2", "b"), ("flood 3", "b")):
        crowd.enter(guest, group)
    crowd.prove("flood 1")

    assert crowd.find_least_worthy() == "flood 2"
    assert (len(crowd), crowd.unproven, crowd.count("b")) == (4, 3, 3)


def test_nobody_who_is_proven_gives_way_and_who_left_is_forgotten() -> None:
    crowd: Crowd[str] = Crowd()
    crowd.enter("one", "a")
    crowd.enter("two", "b")
    crowd.prove("one")
    crowd.prove("one")
    for _ in range(2):
        crowd.leave("two")
    assert crowd.find_least_worthy() is None
    assert (len(crowd), crowd.unproven, crowd.count("b")) == (1, 0, 0)


@pytest.mark.parametrize(
    ("address", "other", "is_same"),
    [
        ("10.1.2.3", "10.1.2.4", False),
        ("::ffff:10.1.2.3", "10.1.2.3", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_what_counts_as_one_address(address: str, other: str, is_same: bool) -> None:
    assert (find_group(address) == find_group(other)) is is_same


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("10.2.0.1", False),
        ("fe80::1%eth0", False),
        ("", False),
    ],
)
def test_who_may_connect(address: str, expected: bool) -> None:
    assert is_allowed(address, [ip_network("10.1.0.0/16")]) is expected
    assert is_allowed(address, [])
