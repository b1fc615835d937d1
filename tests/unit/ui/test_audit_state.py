from datetime import UTC

import pytest

from openworklist.domain.audit import Deed, DeedFilter
from openworklist.domain.errors import SearchError
from openworklist.ui.audit_state import AuditState, to_place

DAY = 86_400_000_000
MARCH_14 = 1_773_446_400_000_000


def test_a_chip_leads_to_the_first_page_without_it() -> None:
    state = AuditState(actor="user:ada", action="record.", after="5.1")
    assert [(chip.name, chip.address) for chip in state.chips] == [
        ("actor", "/audit?action=record."),
        ("action", "/audit?actor=user%3Aada"),
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ada", "user:ada"), ("Ada", "user:ada"), ("key:Robot", "key:Robot"), ("local", "local"), ("", "")],
)
def test_a_name_alone_is_that_of_a_user(typed: str, meant: str) -> None:
    assert AuditState(actor=typed).to_filter(UTC).actor == meant


def test_days_are_those_of_the_site_the_last_one_whole() -> None:
    asked = AuditState(day="2026-03-14", until="2026-03-14", record=" 7 ").to_filter(UTC)
    assert asked == DeedFilter(record_id=7, since=MARCH_14, until=MARCH_14 + DAY)


@pytest.mark.parametrize(
    ("field", "value"), [("record", "seven"), ("record", "9" * 19), ("day", "today"), ("until", "9999-12-31")]
)
def test_what_is_none_of_its_field_is_told_with_the_field(field: str, value: str) -> None:
    with pytest.raises(SearchError) as caught:
        AuditState(**{field: value}).to_filter(UTC)
    assert caught.value.where == field


def test_the_page_behind_a_row_begins_there_and_nonsense_is_the_first_page() -> None:
    assert AuditState(after=to_place(Deed(5, "local", "login", id=3))).to_key() == (5, 3)
    assert [AuditState(after=text).to_key() for text in ("", "x.y", "5", "-5.3", "9" * 30 + ".1")] == [
        None
    ] * 5
