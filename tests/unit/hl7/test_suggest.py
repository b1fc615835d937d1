from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.hl7.charset import decode
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import Message, parse
from openworklist.hl7.profile_json import from_json, to_json
from openworklist.hl7.suggest import Suggested, suggest

DATA = Path(__file__).parents[2] / "data/hl7"


def order(number: int, *, place: int = 18, modality: str = "CT") -> Message:
    fields = [""] * 45
    fields[4] = f"P{number}^Procedure"
    fields[place] = modality
    lines = (
        f"MSH|^~\\&|RIS|EAST|||20260314080000||ORM^O01|{number}|P|2.3.1",
        f"PID|||{number}||Doe^Jane",
        f"ORC|NW|A{number}|||||||||||||20260316101500",
        "|".join(("OBR", *fields[1:])).rstrip("|"),
    )
    return parse("\r".join(lines))


def places(suggested: Suggested) -> dict[str, str]:
    return {
        each.attribute.name: each.candidates[0].place for each in suggested.suggestions if each.candidates
    }


@pytest.mark.parametrize("place", [18, 21])
def test_two_systems_are_told_by_what_stands_where(place: int) -> None:
    suggested = suggest([order(number, place=place) for number in range(1, 13)], "own")
    found = places(suggested)
    assert found["modality"] == f"OBR-{place}.1"
    assert (found["accession_number"], found["scheduled_procedure_step_start_date"]) == (
        "ORC-2.1",
        "ORC-15.1",
    )
    (modality,) = (each for each in suggested.suggestions if each.attribute.name == "modality")
    assert modality.reason == f"OBR-{place}.1 holds a modality in 12 of 12 messages"


def test_both_at_once_give_a_rule_with_two_places() -> None:
    samples = [order(number, place=18 if number % 2 else 21, modality="MR") for number in range(1, 9)]
    suggested = suggest(samples, "own")
    assert {each.values["modality"] for sample in samples for each in apply(sample, suggested.profile)} == {
        "MR"
    }


def test_the_places_of_ihe_are_found() -> None:
    message = parse(decode((DATA / "ihe/orm_zds.hl7").read_bytes()).text)
    assert places(suggest([message], "own")) == {
        "modality": "OBR-24.1",
        "scheduled_procedure_step_start_date": "ORC-7.4",
        "accession_number": "OBR-18.1",
        "study_instance_uid": "ZDS-1.1",
        "requested_procedure_id": "OBR-19.1",
        "scheduled_procedure_step_id": "OBR-20.1",
        "patient_id": "PID-3.1",
        "patient_name": "PID-5",
    }


def test_a_place_of_the_site_is_found_too() -> None:
    message = parse("MSH|^~\\&|A\rPID|||1||X\rORC|NW|1\rOBR|1|1||P\rZRA||MG|1.2.840.1.5")
    found = places(suggest([message], "own"))
    assert (found["modality"], found["study_instance_uid"]) == ("ZRA-2.1", "ZRA-3.1")


def test_a_word_that_is_the_same_in_every_order_is_no_accession_number() -> None:
    samples = [order(number, place=20, modality="US") for number in range(1, 5)]
    for sample in samples:
        sample.find("OBR").fields[18] = "ROOM1"  # type: ignore[union-attr]
    assert places(suggest(samples, "own"))["accession_number"] == "ORC-2.1"


def test_what_is_nowhere_is_said_to_be() -> None:
    suggested = suggest([parse("MSH|^~\\&|A\rPID|||1||X\rORC|NW|1")], "own")
    reasons = {each.attribute.name: each.reason for each in suggested.suggestions}
    assert reasons["study_instance_uid"] == "no place holds a UID"


def test_messages_without_an_order_do_not_count() -> None:
    assert suggest([parse("MSH|^~\\&|A\rPID|||1||X")], "own").messages == 0


@given(st.lists(st.tuples(st.sampled_from((18, 19, 20, 21, 24)), st.sampled_from(("CT", "US"))), min_size=1))
def test_the_mapping_reads_what_was_seen(kinds: list[tuple[int, str]]) -> None:
    samples = [order(number, place=place, modality=kind) for number, (place, kind) in enumerate(kinds, 1)]
    profile = suggest(samples, "own").profile
    assert to_json(from_json(to_json(profile))) == to_json(profile)
    if len({place for place, _ in kinds}) <= 4:
        for sample, (_, kind) in zip(samples, kinds, strict=True):
            (found,) = apply(sample, profile)
            assert found.values["modality"] == kind
