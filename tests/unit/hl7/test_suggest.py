import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.explain import explain
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
    others = ["ADT^A08", "SIU^S12", "ORM^O01"]
    samples = [parse(f"MSH|^~\\&|A||||||{kind}\rPID|||1||X") for kind in others]
    unclear = parse("MSH|^~\\&|A\rPID|||1\rPID|||2\rORC|NW|1")
    assert suggest([*samples, unclear], "own").messages == 0
    assert suggest([*samples, unclear, order(1)], "own").messages == 1


@given(st.lists(st.tuples(st.sampled_from((18, 19, 20, 21, 24)), st.sampled_from(("CT", "US"))), min_size=1))
def test_the_mapping_reads_what_was_seen(kinds: list[tuple[int, str]]) -> None:
    samples = [order(number, place=place, modality=kind) for number, (place, kind) in enumerate(kinds, 1)]
    profile = suggest(samples, "own").profile
    assert to_json(from_json(to_json(profile))) == to_json(profile)
    if len({place for place, _ in kinds}) <= 4:
        for sample, (_, kind) in zip(samples, kinds, strict=True):
            (found,) = apply(sample, profile)
            assert found.values["modality"] == kind


def read_sample(name: str) -> Message:
    return parse(decode((DATA / name).read_bytes()).text)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        # Sent at 9:04; ORC-7 has 8:52, ORC-15 has 9:50.
        (
            "rebuilt-obr18",
            ("OBR-18.1", "OBR-21.1", "ORC-15.1", "ORC-2.1", "ZDS-1.1", "PID-5", "OBR-4.1"),
        ),
        ("rebuilt-obr21", ("OBR-21.1", None, "OBR-6.1", "OBR-3.1", None, "PID-5", "OBR-4.1")),
    ],
)
def test_both_systems_of_the_manual_are_told(sample: str, expected: tuple[str | None, ...]) -> None:
    found = places(suggest([read_sample(f"manual/{sample}.hl7")], "own"))
    names = (
        "modality", "scheduled_station_ae_title", "scheduled_procedure_step_start_date", "accession_number",
        "study_instance_uid", "patient_name", "requested_procedure_id",
    )  # fmt: skip
    assert tuple(found.get(name) for name in names) == expected


def test_a_few_words_for_many_orders_are_no_accession_numbers() -> None:
    samples = [order(number, place=20) for number in range(1, 13)]
    for number, sample in enumerate(samples):
        sample.find("OBR").fields[18] = f"ROOM{number % 2}"  # type: ignore[union-attr]
    assert places(suggest(samples, "own"))["accession_number"] == "ORC-2.1"


def test_the_best_place_stays_where_it_holds_something_else_in_some() -> None:
    samples = [order(number, place=18) for number in range(1, 9)]
    odd = order(9, place=21, modality="MR")
    odd.find("OBR").fields[18] = "ROOM"  # type: ignore[union-attr]
    profile = suggest([*samples, odd], "own").profile
    assert [apply(each, profile)[0].values["modality"] for each in (samples[0], odd)] == ["CT", "MR"]


def test_a_service_in_the_place_of_ihe_is_no_sign_of_it() -> None:
    samples = [order(number, place=18) for number in range(1, 4)]
    for sample in samples:
        sample.find("OBR").fields.extend(["", "", "", "", "", "CT"])  # type: ignore[union-attr]
    suggested = suggest(samples, "own")
    (found,) = apply(samples[0], suggested.profile)
    assert (found.values["modality"], found.values["accession_number"]) == ("CT", "A1")
    sources = {rule.attribute.name: str(rule.sources[0]) for rule in suggested.profile.rules}
    assert sources["requested_procedure_priority"] == "OBR-27.1"


def test_steps_that_share_an_obr_are_not_given_its_code_as_their_id() -> None:
    sample = parse("MSH|^~\\&|A\rPID|||1||X\rORC|NW|1\rOBR|1|1||P\rIPC|A1|R1|1.2||CT\rIPC|A1|R1|1.2||MR")
    profile = suggest([sample], "own").profile
    assert all("scheduled_procedure_step_id" not in each.values for each in apply(sample, profile))


SAMPLES = [
    path.relative_to(DATA)
    for folder in ("manual", "ihe", "radiology_orders", "orders_other")
    for path in sorted((DATA / folder).glob("*.hl7"))
]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem[:20])
def test_the_mapping_gives_what_stands_in_the_places_that_are_proposed(path: Path) -> None:
    decoded = decode(split_messages((DATA / path).read_bytes())[0])
    message = parse(decoded.text)
    suggested = suggest([message], "own")
    if not suggested.messages:
        return
    order = apply(message, suggested.profile, codec=decoded.codec)[0]
    explained = explain(message, suggested.profile, codec=decoded.codec).orders[0]
    origins = {each.attribute.name: re.sub(r"\[\d+\]", "", each.origin) for each in explained.attributes}
    for each in suggested.suggestions:
        if each.candidates:
            name = each.attribute.name
            assert order.values[name]
            assert origins[name] == each.candidates[0].place


def test_two_ways_in_one_pile_are_both_read_though_the_place_of_one_holds_something_else_in_the_other() -> (
    None
):
    ways = {"CT": "OBR|1|||P^Head" + "|" * 14 + "CT|||CT01", "MR": "OBR|1|||P^Head" + "|" * 17 + "MR"}
    samples = [parse(f"MSH|^~\\&|A\rPID|||1||X\rORC|NW|A1{n}\r{obr}") for n, obr in enumerate(ways.values())]
    profile = suggest(samples, "own").profile
    read = [apply(sample, profile)[0].values for sample in samples]
    assert [values["modality"] for values in read] == list(ways)
    assert [values.get("scheduled_station_ae_title") for values in read] == ["CT01", None]


def test_a_modality_where_the_classic_mapping_has_the_station_is_no_station() -> None:
    sample = parse("MSH|^~\\&|A\rPID|||1||X\rORC|NW|A1\rOBR|1|||P^Head" + "|" * 17 + "CT|||CT01")
    profile = suggest([sample], "own").profile
    (read,) = apply(sample, profile)
    assert read.values["modality"] == "CT"
    assert "scheduled_station_ae_title" not in read.values
    (steps,) = apply(parse("MSH|^~\\&|A\rPID|||1||X\rORC|NW|A1\rOBR|1\rIPC|A1||1.2.3||CT||||CT01"), profile)
    assert steps.values["scheduled_station_ae_title"] == "CT01"
    assert steps.values["study_instance_uid"] == "1.2.3"
