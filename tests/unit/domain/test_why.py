"""What is said of a key that is not met, sentence by sentence."""

import pytest

from openworklist.domain.mismatch import describe, tell_mismatch
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
    is_match,
)
from openworklist.domain.record import Record, Value
from openworklist.domain.serving import Serving, serve
from openworklist.domain.why import explain, is_found

DATE, TIME = "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time"
CODES = "requested_procedure_code_sequence"
VALUES: dict[str, Value] = {
    "patient_id": "55 17",
    "patient_name": "Müller^Jürgen",
    "accession_number": "00817",
    "modality": "CT",
    "study_instance_uid": "1.2",
    DATE: "20260315",
    TIME: "1015",
    CODES: ({"code_value": "C1", "code_meaning": "Head"}, {"code_value": "C2", "code_meaning": "Neck"}),
}
RECORD = Record(VALUES)
DAYS = Range(DATE, "20260313", "20260314")


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (Single("modality", "MR"), "it asked for Modality MR, the record has CT"),
        (
            Single("modality", "ct"),
            "it asked for Modality ct, the record has CT (upper and lower case count)",
        ),
        (
            OneOf("modality", ("MR", "ct")),
            "it asked for Modality MR or ct, the record has CT (upper and lower",
        ),
        (Single("patient_id", "5517"), "the record has 55 17 (spaces inside count)"),
        (Single("patient_id", "55-17"), "(signs like - and . count)"),
        (Single("patient_id", "55"), "(a star at its end would find it)"),
        (Single("accession_number", "817"), "(leading zeros count)"),
        (Wildcard("modality", "c*"), "(upper and lower case count)"),
        (Wildcard("modality", "M*"), "it asked for Modality M*, the record has CT"),
        (PersonName("patient_name", "Muller*"), "(accents count)"),
        (PersonName("patient_name", "Müll"), "(a star at its end would find it)"),
        (PersonName("patient_name", "Jürgen^Müller"), "(given name and family name may be swapped)"),
        (Single("patient_sex", "F"), "it asked for Patient sex F, and the record has none"),
        (DAYS, "it asked for 20260313-20260314, the exam is on 20260315"),
        (
            AnyOf(DATE, (DAYS, Range(DATE, "20260401", "20260401"))),
            "it asked for 20260313-20260314 or 20260401",
        ),
        (Range(TIME, "080000", "095959.999999"), "times of 080000-095959.999999, the exam starts at 1015"),
        (Interval("20260315", "110000", "20260316", ""), "the exam is on 20260315 at 1015"),
        (
            Nested(CODES, (Single("code_value", "C3"),)),
            "with CodeValue=C3, the record has CodeValue=C1, CodeM",
        ),
        (
            Nested(CODES, (Single("code_value", "C1"), Single("code_meaning", "Neck"))),
            "no single item of Requested procedure code has all of CodeValue=C1, CodeMeaning=Neck",
        ),
        (
            Nested("reason_for_requested_procedure_code_sequence", (Single("code_value", "C"),)),
            "record has none",
        ),
    ],
)
def test_why_a_key_is_not_met(condition: Condition, sentence: str) -> None:
    assert not is_match(condition, RECORD)
    assert sentence in tell_mismatch(condition, RECORD, RECORD)


def test_an_exam_without_date_or_time() -> None:
    undated = Record({"patient_id": "P1"})
    assert tell_mismatch(DAYS, undated, undated).endswith("the exam has no date")
    untimed = Record({DATE: "20260315"})
    for condition in (Range(TIME, "08", "09"), Interval("20260315", "08", "20260315", "09")):
        assert tell_mismatch(condition, untimed, untimed).endswith(("the exam has none", "without a time"))


def test_ranges_are_written_as_they_are_asked() -> None:
    assert [describe(each) for each in (Range(DATE, "20260314", ""), Range(DATE, "", "20260314"), DAYS)] == [
        "20260314-",
        "-20260314",
        "20260313-20260314",
    ]


def test_all_that_is_not_met_is_said_at_once() -> None:
    serving = Serving("CT01", window=(0, 0))
    served = serve(
        [Single("modality", "MR")],
        serving,
        serving.make_view(None),  # type: ignore[arg-type]
        has_empty_station=True,
        find_today=lambda: "20260314",
    )
    record = Record({**VALUES, "scheduled_station_ae_title": "ct01"})
    lines = explain(record, served, serving)
    assert [(line.keyword, line.is_met, line.setting) for line in lines] == [
        ("status", True, "shown_statuses"),
        ("Modality", False, ""),
        ("ScheduledStationAETitle", False, "use_calling_ae"),
        ("ScheduledProcedureStepStartDate", False, "day_window"),
    ]
    assert "upper and lower case count" in lines[2].reason
    assert not is_found(record, served)
