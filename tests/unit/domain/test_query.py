"""The standard's rules of matching (PS3.4 C.2.2.2), each by examples."""

import pytest

from openworklist.domain.query import (
    AnyOf,
    Condition,
    Interval,
    Nested,
    OneOf,
    PersonName,
    Range,
    Single,
    Wildcard,
    WorklistQuery,
    canonical_time,
    is_match,
    matches,
)
from openworklist.domain.record import Record, Status, Value

DATE = "scheduled_procedure_step_start_date"
TIME = "scheduled_procedure_step_start_time"
STATION = "scheduled_station_ae_title"
CODES = "requested_procedure_code_sequence"


def is_found(condition: Condition, **values: Value) -> bool:
    return is_match(condition, Record(values=values))


def test_a_single_value_is_compared_letter_by_letter() -> None:
    assert is_found(Single("patient_id", "P1"), patient_id="P1")
    assert not is_found(Single("patient_id", "P1"), patient_id="p1")
    assert not is_found(Single("patient_id", "P1"), patient_id="P12")


def test_spaces_at_both_ends_do_not_count() -> None:
    assert is_found(Single("patient_id", " P1 "), patient_id="P1")
    assert is_found(Single("patient_id", "P1"), patient_id=" P1")


def test_an_attribute_without_value_fulfils_no_condition() -> None:
    for condition in (
        Single("patient_id", ""),
        Wildcard("patient_id", "*"),
        OneOf("patient_id", ("",)),
        Range("patient_birth_date", "", ""),
        Nested(CODES, ()),
    ):
        assert not is_found(condition, patient_id=" ", patient_birth_date="")


def test_one_of_several_values_is_enough() -> None:
    titles = "CT1\\MR1 "
    assert is_found(Single(STATION, "MR1"), **{STATION: titles})
    assert is_found(Wildcard(STATION, "M*"), **{STATION: titles})
    assert not is_found(Single(STATION, "CT1\\MR1"), **{STATION: titles})


def test_a_backslash_is_a_letter_where_an_attribute_has_one_value() -> None:
    assert is_found(Single("patient_id", "A\\B"), patient_id="A\\B")
    assert not is_found(Single("patient_id", "A"), patient_id="A\\B")
    assert is_found(Wildcard("requested_procedure_comments", "*\\*"), requested_procedure_comments="a\\b")


def test_a_list_is_fulfilled_by_each_of_its_values() -> None:
    wanted = OneOf("study_instance_uid", ("1.2", "1.3"))
    assert is_found(wanted, study_instance_uid="1.3")
    assert not is_found(wanted, study_instance_uid="1.2.3")


def test_of_several_patterns_one_has_to_match() -> None:
    modality = AnyOf("modality", (Single("modality", "MR"), Wildcard("modality", "C*")))
    assert [is_found(modality, modality=value) for value in ("CT", "CR", "MR", "US", "")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    name = AnyOf("patient_name", (PersonName("patient_name", "doe*"), PersonName("patient_name", "roe*")))
    assert is_found(name, patient_name="ROE^Jane")


RANGES = [
    ("20260314", "20260316", ["20260314", "20260315", "20260316"]),
    ("", "20260314", ["20260313", "20260314"]),
    ("20260316", "", ["20260316", "20260317"]),
    ("", "", ["20260313", "20260314", "20260315", "20260316", "20260317"]),
]


@pytest.mark.parametrize(("low", "high", "expected"), RANGES)
def test_a_range_of_dates_has_both_its_ends(low: str, high: str, expected: list[str]) -> None:
    days = ["", *(f"202603{day}" for day in range(13, 18))]
    assert [day for day in days if is_found(Range(DATE, low, high), **{DATE: day})] == expected


def test_a_time_stands_for_its_beginning() -> None:
    hours = Range(TIME, "100000", "105959.999999")
    times = ["0959", "10", "1015", "105959.5", "11"]
    assert [time for time in times if is_found(hours, **{TIME: time})] == ["10", "1015", "105959.5"]
    assert [canonical_time(time) for time in ("10", "1015", "101500.50", "25", "")] == [
        "100000", "101500", "101500.5", "", "",
    ]  # fmt: skip


def test_dates_and_times_together_are_one_interval() -> None:
    """Table K.6-1: July 5 to July 7 and 10am to 6pm are July 5, 10am to July 7, 6pm."""
    wanted = Interval("20260705", "100000", "20260707", "180000")
    starts = {
        ("20260705", "0959"): False, ("20260705", "1000"): True, ("20260706", "0300"): True,
        ("20260706", "2359"): True, ("20260707", "1800"): True, ("20260707", "180001"): False,
        ("20260706", ""): False, ("", "1200"): False,
    }  # fmt: skip
    for (date, time), expected in starts.items():
        assert is_found(wanted, **{DATE: date, TIME: time}) is expected, (date, time)


def test_an_interval_without_an_end_is_open() -> None:
    since = Interval("20260705", "100000", "", "")
    assert is_found(since, **{DATE: "20270101", TIME: "08"})
    until = Interval("", "", "20260707", "")
    assert is_found(until, **{DATE: "20260707", TIME: "2359"})


def test_one_item_fulfils_all_conditions_of_a_sequence() -> None:
    items: Value = (
        {"code_value": "C1", "code_meaning": "Head"},
        {"code_value": "C2", "code_meaning": "Neck"},
    )
    both = (Single("code_value", "C2"), Wildcard("code_meaning", "Ne*"))
    assert is_found(Nested(CODES, both), **{CODES: items})
    mixed = (Single("code_value", "C1"), Wildcard("code_meaning", "Ne*"))
    assert not is_found(Nested(CODES, mixed), **{CODES: items})
    assert not is_found(Single(CODES, "C1"), **{CODES: items})


def test_a_step_has_a_status_though_nobody_wrote_it() -> None:
    wanted = Single("scheduled_procedure_step_status", "STARTED")
    assert is_match(wanted, Record(values={}, status=Status.STARTED))
    assert not is_match(wanted, Record(values={}))


def test_scanners_are_shown_what_is_scheduled_or_started() -> None:
    shown = {status for status in Status if matches(Record(values={}, status=status), WorklistQuery())}
    assert shown == {Status.SCHEDULED, Status.STARTED}


def test_a_record_fulfils_all_conditions() -> None:
    record = Record(values={"patient_id": "P1", "modality": "CT"})
    assert matches(record, WorklistQuery((Single("patient_id", "P1"), Single("modality", "CT"))))
    assert not matches(record, WorklistQuery((Single("patient_id", "P1"), Single("modality", "MR"))))


def test_what_was_completed_is_matched_as_it_is_answered() -> None:
    record = Record(values={"patient_id": ""}, completed={"patient_id": "P1"})
    assert is_match(Single("patient_id", "P1"), record)
