import pytest

from openworklist.domain.errors import MappingError, OpenWorklistError
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset
from openworklist.ui.mapping_actions import accept, act
from openworklist.ui.mapping_draft import ProfileDraft, SourceDraft
from openworklist.ui.mapping_editor import USUAL, Editor, start_editor
from openworklist.ui.mapping_offers import make_offer

MESSAGE = parse("MSH|^~\\&|A\rOBR|||2005-9999|1234^BRAIN||200512301613|||||||||||||||MR\r")


def start(name: str = "classic") -> Editor:
    return start_editor(ProfileDraft.from_profile(preset(name)))


def places(editor: Editor, attribute: str) -> list[str]:
    return [each.place for each in editor.get_rule(attribute).sources]


def test_the_attributes_of_the_manual_stand_first_in_its_order() -> None:
    assert tuple(each.attribute for each in start("siu").rules.rules[: len(USUAL)]) == USUAL


def test_a_place_in_the_sample_is_offered_as_part_and_as_whole_field() -> None:
    offer = make_offer("OBR-4.2", MESSAGE, start())

    assert offer is not None
    assert (offer.part, offer.component, offer.whole) == ("BRAIN", "2", "1234^BRAIN")
    assert offer.name == "Universal Service Identifier: Text"
    assert offer.attribute in ("requested_procedure_description", "requested_procedure_id")


def test_what_looks_like_a_modality_is_offered_for_it_wherever_it_stands() -> None:
    offer = make_offer("OBR-21.1", MESSAGE, start())

    assert offer is not None
    assert "modality" in [each.name for each in offer.likely]


def test_the_attribute_that_somebody_was_at_is_chosen() -> None:
    offer = make_offer("OBR-21.1", MESSAGE, start(), "modality")

    assert offer is not None
    assert offer.attribute == "modality"


@pytest.mark.parametrize("place", ["nonsense", "", "OBR-0"])
def test_what_is_no_place_is_not_offered(place: str) -> None:
    assert make_offer(place, MESSAGE, start()) is None


@pytest.mark.parametrize(
    ("do", "more", "expected"),
    [
        ("use:part", "", ["OBR-21.1"]),
        ("use:field", "", ["OBR-21"]),
        ("use:part", "1", ["OBR-18.1", "OBR-21.1"]),
    ],
)
def test_choosing_fills_the_rule(do: str, more: str, expected: list[str]) -> None:
    texts = {"pick-place": "OBR-21.1", "pick-attribute": "modality", "pick-more": more}

    assert places(act(start(), do, texts), "modality") == expected


def test_an_attribute_outside_of_the_catalogue_is_added_by_keyword_or_tag() -> None:
    editor = act(start(), "add", {"add-other": "ProtocolName"})
    assert editor.open == "ProtocolName"
    editor = act(
        editor, "add", {"add-other": "(0019,1001)", "add-vr": "LO", "add-creator": "ACME", "add-step": "1"}
    )
    assert editor.open == "step.(0019,1001)"
    assert editor.get_rule("step.(0019,1001)").creator == "ACME"


@pytest.mark.parametrize("texts", [{}, {"add-other": "NoSuchThing"}, {"add-other": "(0019,1001)"}])
def test_what_is_no_attribute_is_refused(texts: dict[str, str]) -> None:
    with pytest.raises(MappingError):
        act(start(), "add", texts)


def test_places_of_the_open_rule_are_added_and_removed() -> None:
    editor = act(act(start(), "more:modality", {}), "source", {})
    editor = editor.with_rule(editor.get_rule("modality").with_source(1, SourceDraft("OBR", "24", "1")))
    assert places(act(editor, "source-up:1", {}), "modality") == ["OBR-24.1", "OBR-18.1"]
    assert places(act(editor, "source-remove:0", {}), "modality") == ["OBR-24.1"]


def test_a_usual_rule_that_is_removed_leaves_an_empty_row_any_other_none() -> None:
    editor = act(act(start(), "clear:modality", {}), "clear:allergies", {})

    assert editor.get_rule("modality").is_empty
    assert editor.rules.find("allergies") is None


def test_load_default_takes_all_rules_of_a_preset_and_keeps_the_name() -> None:
    draft = ProfileDraft.from_profile(preset("siu"))
    editor = act(start_editor(draft), "load-default", {"preset": "classic"})

    assert editor.draft.name == "siu"
    assert places(editor, "modality") == ["OBR-18.1"]


def test_another_set_of_rules_is_shown_and_one_that_is_not_there_is_the_first() -> None:
    assert act(start(), "set:1", {}).rules.name == "ihe_omi"
    assert act(start(), "set:9", {}).rules.name == ""


def test_a_suggestion_fills_its_rule_alone() -> None:
    editor = accept(start(), preset("ihe"), ("modality",))

    assert places(editor, "modality") == places(start("ihe"), "modality")
    assert places(editor, "patient_id") == places(start(), "patient_id")


def test_json_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(OpenWorklistError):
        act(start(), "json", {"json": "{"})


def test_an_unknown_button_changes_nothing() -> None:
    editor = start()

    assert act(editor, "frobnicate:1", {}) is editor
