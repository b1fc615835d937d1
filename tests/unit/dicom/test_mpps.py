"""PS3.4 table F.7.2-1, row by row."""

from typing import Any

import pytest
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from openworklist.dicom.mpps import RULES, Rule, check_create, check_set
from openworklist.domain.errors import StepError
from players.modality import make_begin, make_end, make_request, make_series

Json = dict[str, Any]
TOP_1 = [rule for rule in RULES if rule.create == 1]
TOP_2 = [rule for rule in RULES if rule.create == 2]
REQUEST = next(rule for rule in RULES if rule.tag == 0x0040_0270)
SERIES = next(rule for rule in RULES if rule.tag == 0x0040_0340)


def key(rule: Rule) -> str:
    return f"{rule.tag:08X}"


def begin(**values: object) -> Json:
    return make_begin(make_request(), PatientID="1", **values).to_json_dict()


def end(status: str = "COMPLETED", **values: object) -> Json:
    return make_end(status, **values).to_json_dict()


def change(**values: object) -> Json:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset.to_json_dict()


def tag(keyword: str) -> int:
    found = tag_for_keyword(keyword)
    assert found is not None
    return found


@pytest.mark.parametrize("checks", ["strict", "standard", "lenient"])
def test_a_whole_exam_passes_without_a_note(checks: str) -> None:
    assert check_create(begin(), checks) == ()
    merged, notes = check_set(begin(), end(), checks)
    assert notes == ()
    assert merged["00400252"]["Value"] == ["COMPLETED"]
    assert merged["00100020"]["Value"] == ["1"]


@pytest.mark.parametrize("rule", TOP_1, ids=key)
def test_a_type_1_attribute_must_be_there(rule: Rule) -> None:
    dataset = begin()
    del dataset[key(rule)]
    with pytest.raises(StepError) as caught:
        check_create(dataset, "standard")
    assert (caught.value.code, caught.value.tags) == ("step.missing-attribute", (rule.tag,))


@pytest.mark.parametrize("rule", TOP_1, ids=key)
def test_a_type_1_attribute_must_have_a_value(rule: Rule) -> None:
    dataset = begin()
    del dataset[key(rule)]["Value"]
    with pytest.raises(StepError) as caught:
        check_create(dataset, "standard")
    assert (caught.value.code, caught.value.tags) == ("step.missing-value", (rule.tag,))


@pytest.mark.parametrize("rule", TOP_2, ids=key)
def test_a_type_2_attribute_must_be_there_to_the_letter_alone(rule: Rule) -> None:
    dataset = begin()
    dataset.pop(key(rule))
    assert check_create(dataset, "standard") == (f"({key(rule)[:4]},{key(rule)[4:]}) is missing",)
    with pytest.raises(StepError) as caught:
        check_create(dataset, "strict")
    assert (caught.value.code, caught.value.tags) == ("step.missing-attribute", (rule.tag,))


def test_items_are_looked_at_too() -> None:
    dataset = begin(PerformedSeriesSequence=[make_series()])
    item = dataset["00400340"]["Value"][0]
    del item["00181030"], item["0020000E"], item["00081070"]
    with pytest.raises(StepError) as caught:
        check_create(dataset, "standard")
    assert caught.value.tags == (0x0018_1030, 0x0020_000E)
    assert caught.value.sentence == "(0040,0340) item 1: (0018,1030) is missing."


def test_all_that_is_missing_is_listed() -> None:
    dataset = begin()
    for name in ("00400253", "00080060", "00400241"):
        del dataset[name]
    with pytest.raises(StepError) as caught:
        check_create(dataset, "standard")
    assert set(caught.value.tags) == {0x0040_0253, 0x0008_0060, 0x0040_0241}


@pytest.mark.parametrize("checks", ["strict", "standard", "lenient"])
@pytest.mark.parametrize("status", ["COMPLETED", "DISCONTINUED", "SCHEDULED"])
def test_a_step_begins_in_progress(status: str, checks: str) -> None:
    with pytest.raises(StepError) as caught:
        check_create(begin(PerformedProcedureStepStatus=status), checks)
    assert (caught.value.code, caught.value.tags) == ("step.invalid-value", (0x0040_0252,))


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("PerformedProcedureStepStartDate", "20261301"),
        ("PerformedProcedureStepStartDate", "today"),
        ("PerformedProcedureStepStartTime", "2500"),
    ],
)
def test_a_date_is_a_date(keyword: str, value: str) -> None:
    dataset = begin()
    dataset[f"{tag(keyword):08X}"]["Value"] = [value]
    with pytest.raises(StepError) as caught:
        check_create(dataset, "standard")
    assert (caught.value.code, caught.value.tags) == ("step.invalid-value", (tag(keyword),))
    assert len(check_create(dataset, "lenient")) == 1


@pytest.mark.parametrize("value", ["20260314", "2026.03.14"])
@pytest.mark.parametrize("time", ["10", "1015", "101500", "101500.5", "10:15:00", "235960"])
def test_dates_and_times_as_scanners_write_them(value: str, time: str) -> None:
    dataset = begin()
    dataset["00400244"]["Value"], dataset["00400245"]["Value"] = [value], [time]
    assert check_create(dataset, "standard") == ()


@pytest.mark.parametrize("uid", ["", "x", "1..2", "1.2." + "3" * 64])
def test_a_study_uid_is_a_uid(uid: str) -> None:
    dataset = begin()
    dataset["00400270"]["Value"][0]["0020000D"]["Value"] = [uid] if uid else []
    with pytest.raises(StepError) as caught:
        check_create(dataset, "standard")
    assert caught.value.tags == (0x0020_000D,)


def test_a_text_is_no_sequence() -> None:
    dataset = begin()
    dataset["00400270"] = {"vr": "LO", "Value": ["1"]}
    with pytest.raises(StepError) as caught:
        check_create(dataset, "standard")
    assert caught.value.code == "step.invalid-value"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.is_fixed], ids=key)
def test_what_only_an_n_create_says_may_not_be_changed(rule: Rule) -> None:
    said = {key(rule): {"vr": rule.vr, "Value": ["other"]}}
    with pytest.raises(StepError) as caught:
        check_set(begin(), said, "standard")
    assert (caught.value.code, caught.value.tags) == ("step.no-such-attribute", (rule.tag,))
    merged, notes = check_set(begin(), said, "lenient")
    assert len(notes) == 1
    assert merged.get(key(rule)) != said[key(rule)]


def test_what_is_said_again_unchanged_is_let_pass_but_to_the_letter() -> None:
    stored = begin()
    merged, notes = check_set(stored, stored, "standard")
    assert merged == stored
    assert "(0010,0020) may not be changed" in notes
    with pytest.raises(StepError):
        check_set(stored, stored, "strict")


def test_only_what_was_created_may_be_set_to_the_letter() -> None:
    said = change(CommentsOnThePerformedProcedureStep="well")
    merged, notes = check_set(begin(), said, "standard")
    assert merged["00400280"]["Value"] == ["well"]
    assert notes == ("(0040,0280) was not in the N-CREATE",)
    with pytest.raises(StepError) as caught:
        check_set(begin(), said, "strict")
    assert (caught.value.code, caught.value.tags) == ("step.no-such-attribute", (0x0040_0280,))


@pytest.mark.parametrize("status", ["COMPLETED", "DISCONTINUED"])
@pytest.mark.parametrize("keyword", ["PerformedProcedureStepEndDate", "PerformedProcedureStepEndTime"])
def test_the_end_has_a_date_and_a_time(status: str, keyword: str) -> None:
    with pytest.raises(StepError) as caught:
        check_set(begin(), end(status, **{keyword: ""}), "standard")
    assert (caught.value.code, caught.value.tags) == ("step.missing-value", (tag(keyword),))


def test_what_the_end_needs_may_have_been_said_before() -> None:
    said = change(
        PerformedProcedureStepEndDate="20260314",
        PerformedProcedureStepEndTime="1030",
        PerformedSeriesSequence=[make_series()],
    )
    merged, _ = check_set(begin(), said, "strict")
    _, notes = check_set(merged, change(PerformedProcedureStepStatus="COMPLETED"), "strict")
    assert notes == ()


def test_what_is_completed_has_a_series_and_what_was_given_up_may_have_none() -> None:
    with pytest.raises(StepError) as caught:
        check_set(begin(), end(PerformedSeriesSequence=[]), "standard")
    assert (caught.value.code, caught.value.tags) == ("step.missing-value", (0x0040_0340,))
    _, notes = check_set(begin(), end("DISCONTINUED", PerformedSeriesSequence=[]), "standard")
    assert notes == ("(0040,0340) has no value",)
    with pytest.raises(StepError):
        check_set(begin(), end("DISCONTINUED", PerformedSeriesSequence=[]), "strict")


@pytest.mark.parametrize("rule", [rule for rule in SERIES.items if rule.create == 1], ids=key)
def test_a_series_is_named(rule: Rule) -> None:
    said = end()
    del said["00400340"]["Value"][0][key(rule)]
    with pytest.raises(StepError) as caught:
        check_set(begin(), said, "standard")
    assert (caught.value.code, caught.value.tags) == ("step.missing-attribute", (rule.tag,))


def test_a_status_that_there_is_not() -> None:
    with pytest.raises(StepError) as caught:
        check_set(begin(), {"00400252": {"vr": "CS", "Value": ["DONE"]}}, "lenient")
    assert (caught.value.code, caught.value.tags) == ("step.invalid-value", (0x0040_0252,))


@pytest.mark.parametrize("rule", [*RULES, *REQUEST.items, *SERIES.items], ids=key)
def test_each_rule_has_the_vr_of_the_standard(rule: Rule) -> None:
    from pydicom.datadict import dictionary_VR

    assert rule.vr == dictionary_VR(rule.tag)
