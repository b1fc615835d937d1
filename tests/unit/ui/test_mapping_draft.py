import pytest

from openworklist.hl7.path import parse_path
from openworklist.hl7.profile import PRESETS, preset
from openworklist.hl7.profile_json import from_json, to_json
from openworklist.ui.mapping_check import check, to_document
from openworklist.ui.mapping_draft import ProfileDraft, RuleDraft, RuleSet, SourceDraft


@pytest.mark.parametrize(
    ("boxes", "place"),
    [
        (("OBR", "4", "2"), "OBR-4.2"),
        (("obr", " 4 ", "0"), "OBR-4"),
        (("OBR", "4", ""), "OBR-4"),
        (("PID", "3", "4", "1", "2", "3"), "PID[3]-3(2).4.1"),
        (("OBR", "4", "", "2"), "OBR-4.?.2"),
        (("", "", ""), "-"),
    ],
)
def test_the_boxes_of_a_place_make_a_path(boxes: tuple[str, ...], place: str) -> None:
    assert SourceDraft(*boxes).place == place


def test_a_whole_field_has_the_component_0_as_the_manual_writes_it() -> None:
    assert SourceDraft.at(parse_path("PID-5")) == SourceDraft("PID", "5", "0")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_the_same_after_it_was_in_the_form(name: str) -> None:
    draft = ProfileDraft.from_profile(preset(name))

    assert to_json(from_json(to_document(draft))) == to_json(preset(name))
    assert check(draft).problems == ()


def test_all_that_is_wrong_is_told_at_once_and_the_rest_is_used() -> None:
    rules = (
        RuleDraft("modality", (SourceDraft("OBR", "x", "1"),)),
        RuleDraft("patient_id", (SourceDraft("PID", "3", "1"),)),
        RuleDraft("accession_number", (SourceDraft("ORC", "2", "1"),), pattern="("),
        RuleDraft("patient_sex", table="nonsense"),
        RuleDraft("study_instance_uid"),
    )
    checked = check(ProfileDraft("mine", (RuleSet("", rules),), {}))

    assert [(each.attribute, each.place) for each in checked.problems] == [
        ("modality", "sources[0]"),
        ("accession_number", "pattern"),
        ("patient_sex", "table"),
    ]
    assert checked.profile is not None
    assert [rule.attribute.name for rule in checked.profile.rules] == ["patient_id"]


def test_the_rules_of_a_variant_are_looked_at_alone() -> None:
    draft = ProfileDraft.from_profile(preset("classic"))
    plain = check(draft, 1).plain

    assert plain is not None
    assert plain.name == "ihe_omi"


def test_places_are_added_removed_and_tried_earlier() -> None:
    first, second = SourceDraft("OBR", "18", "1"), SourceDraft("OBR", "21", "1")
    rule = RuleDraft("modality").with_source(0, first).with_source(-1, second)

    assert rule.sources == (first, second)
    assert rule.with_source_up(1).sources == (second, first)
    assert rule.without_source(0).sources == (second,)
    assert RuleDraft("modality").without_source(0).sources == (SourceDraft(),)


def test_what_is_not_shown_is_passed_on_as_it_was_typed() -> None:
    rule = RuleDraft("modality", (SourceDraft("obr", " x", where_value="a b"),), table="a = b\n", default=" ")

    assert RuleDraft.from_text(rule.to_text()) == rule
