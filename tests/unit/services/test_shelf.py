import pytest

from openworklist.domain.errors import NotFound
from openworklist.services.shelf import Shelf


def test_a_value_has_an_id_that_tells_nothing_of_it() -> None:
    shelf: Shelf[str] = Shelf("search")
    key = shelf.put("Doe")
    assert shelf.get(key) == "Doe"
    assert key.isalnum()
    assert "doe" not in key.lower()


def test_the_same_value_is_kept_once() -> None:
    shelf: Shelf[str] = Shelf("search")
    assert shelf.put("Doe") == shelf.put("Doe") != shelf.put("Roe")


def test_what_was_asked_for_last_outlives_the_others() -> None:
    shelf: Shelf[int] = Shelf("number", most=2)
    first, second = shelf.put(1), shelf.put(2)
    shelf.get(first)
    third = shelf.put(3)
    assert (shelf.get(first), shelf.get(third)) == (1, 3)
    with pytest.raises(NotFound) as caught:
        shelf.get(second)
    assert caught.value.code == "shelf.not-found"


def test_large_values_make_room_by_their_bytes_and_the_newest_always_fits() -> None:
    shelf: Shelf[str] = Shelf("text", most_bytes=10)
    small, large = shelf.put("a", 6), shelf.put("b", 50)
    assert shelf.get(large) == "b"
    with pytest.raises(NotFound):
        shelf.get(small)
