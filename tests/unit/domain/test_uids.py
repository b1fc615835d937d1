"""UIDs: what is one, and that ours are, whatever they are made of."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from openworklist.domain.uids import is_valid_uid, make_uid


@pytest.mark.parametrize(
    ("uid", "is_valid"),
    [
        ("1.2.840.10008.5.1.4.31", True),
        ("2.25.0", True),
        ("1.2." + "3" * 60, True),
        ("1.2." + "3" * 61, False),  # 65 characters
        ("1.02.3", False),  # PS3.5 9.1: no component begins with a zero
        ("1..3", False),
        ("1.2.", False),
        ("3.2.1", False),  # the first component is 0, 1 or 2 (ISO/IEC 8824)
        ("1.2.a", False),
        ("", False),
    ],
)
def test_what_a_uid_is(uid: str, is_valid: bool) -> None:
    assert is_valid_uid(uid) is is_valid


roots = st.sampled_from(["2.25", "1.2.3", "1.2.826.0.1.3680043.10"]) | st.just("1." + "9" * 22)


@given(roots, st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_what_is_made_is_valid_to_pydicom_too(root: str, parts: list[str]) -> None:
    uid = make_uid(root, *parts)
    assert UID(uid).is_valid
    assert is_valid_uid(uid)
    assert uid.startswith(f"{root}.")


def test_a_uuid_is_one() -> None:
    number = int(make_uid("2.25", "P1", "A1").removeprefix("2.25."))
    assert UUID(int=number).variant == "specified in RFC 4122"


def test_the_same_parts_give_the_same_uid_for_ever() -> None:
    # Scanners and archives hold on to it: no version may change it.
    assert make_uid("2.25", "P1", "", "A1", "RP1") == "2.25.117433738572822421437096082405222195879"
    assert make_uid("1.2.3", "P1", "", "A1", "RP1") == "1.2.3.1117433738572822496999571494337973002919"


def test_where_parts_end_matters() -> None:
    assert make_uid("2.25", "ab", "c") != make_uid("2.25", "a", "bc")
