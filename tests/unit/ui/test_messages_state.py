from datetime import UTC

import pytest

from openworklist.domain.errors import SearchError
from openworklist.domain.outcome import Outcome
from openworklist.domain.outgoing import State
from openworklist.ui.messages_state import MessagesState

DAY = 86_400_000_000
MARCH_14 = 1_773_446_400_000_000


def test_the_text_of_a_search_never_stands_in_the_address() -> None:
    state = MessagesState(day="2026-03-14", text="Doe", q="k3f9")
    assert state.address() == "/messages?day=2026-03-14&q=k3f9"


def test_a_chip_leads_to_the_same_search_without_it() -> None:
    state = MessagesState(type="ORM", text="Doe", q="k3f9", after="5i1", seen="6i2")
    assert [(chip.name, chip.address) for chip in state.chips] == [
        ("type", "/messages?q=k3f9"),
        ("text", "/messages?type=ORM"),
    ]


def test_days_are_those_of_the_site_the_last_one_whole() -> None:
    wish = MessagesState(day="2026-03-14", until="2026-03-14").to_wish(UTC)
    assert (wish.since, wish.until) == (MARCH_14, MARCH_14 + DAY)


def test_a_result_is_of_one_direction() -> None:
    assert MessagesState(result="refused").to_wish(UTC).outcome is Outcome.REFUSED
    assert MessagesState(result="dead").to_wish(UTC).state is State.DEAD


@pytest.mark.parametrize(
    ("field", "value"),
    [("day", "yesterday"), ("until", "9999-12-31"), ("result", "lost"), ("direction", "up")],
)
def test_what_is_none_of_its_field_is_told_with_the_field(field: str, value: str) -> None:
    state = MessagesState(**{field: value})
    with pytest.raises(SearchError) as caught:
        state.to_wish(UTC)
    assert caught.value.where == field
