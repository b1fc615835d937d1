from pathlib import Path
from zoneinfo import ZoneInfo

from openworklist.domain.order import Order
from openworklist.hl7.charset import decode
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import Profile, make_profile, preset

DATA = Path(__file__).parents[2] / "data" / "hl7"
CLASSIC = preset("classic")


def orders_of(sample: str) -> tuple[Order, ...]:
    decoded = decode((DATA / sample).read_bytes())
    return apply(parse(decoded.text), CLASSIC, codec=decoded.codec)


def order(*lines: str, **sources: list[str]) -> Order:
    text = "\r".join(("MSH|^~\\&|HIS||||20260314101500+0100", *lines))
    profile = make_profile("mine", sources) if sources else CLASSIC
    (found,) = apply(parse(text), profile, zone=ZoneInfo("Europe/Berlin"))
    return found


def test_the_rebuilt_sample_gives_a_complete_record() -> None:
    (found,) = orders_of("manual/rebuilt-obr18.hl7")
    assert (found.control, found.status_code, found.detail) == ("NW", "IP", "OBR")
    expected = {
        "patient_id": "7007",
        "patient_name": "NAME^GIVEN^MIDDLE^DR^JR",
        "patient_birth_date": "19731215",
        "patient_sex": "M",
        "accession_number": "54847",
        "requesting_physician": "REFERRER",
        "requested_procedure_description": "CT BRAIN",
        "modality": "CT",
        "scheduled_procedure_step_start_date": "20190315",
        "scheduled_procedure_step_start_time": "095000",
        "scheduled_performing_physician_name": "TECHNICIAN",
        "scheduled_procedure_step_id": "21100",
        "scheduled_station_ae_title": "CTAWP73120",
        "scheduled_station_name": "CT ROOM 1",
        "requested_procedure_id": "21100",
        "requested_procedure_priority": "ROUTINE",
        "study_instance_uid": "1.2.300.0.7230010.3.1.3.54847",
    }
    assert {name: found.values.get(name) for name in expected} == expected
    assert found.warnings == ()


def test_a_sender_with_the_modality_elsewhere_has_a_profile_of_its_own() -> None:
    text = (DATA / "manual" / "rebuilt-obr21.hl7").read_text()
    profile = make_profile(
        "other",
        {
            "modality": ["OBR-21.1"],
            "scheduled_procedure_step_start_date": ["OBR-6.1"],
            "scheduled_procedure_step_start_time": ["OBR-6.1"],
        },
    )
    (found,) = apply(parse(text), profile)
    assert found.values == {
        "modality": "CT",
        "scheduled_procedure_step_start_date": "20051230",
        "scheduled_procedure_step_start_time": "161352",
    }
    assert found.warnings == ("OBR-6.1 has more digits than a date: the first 14 were read.",)


def test_the_manuals_printed_sample_is_found_by_its_patient_id() -> None:
    (found,) = orders_of("manual/settings-1.hl7")
    assert found.values["patient_id"] == "7007"
    assert found.values["accession_number"] == "54847"


def test_japanese_names_come_in_their_groups_and_each_order_is_one() -> None:
    found = orders_of("radiology_orders/037_SSMIX2DataTest_9999013-20111220-OMG-12-20111220165610.hl7")
    assert [each.control for each in found] == ["NW", "PA", "CH", "CH"]
    assert {each.values["patient_name"] for each in found} == {"=患者^太郎=カンジャ^タロウ"}


def test_the_first_source_that_holds_something_usable_is_taken() -> None:
    found = order(
        "ORC|NW", "OBR|1|||||tomorrow|20260315", patient_birth_date=["PID-7.1", "OBR-6.1", "OBR-9", "OBR-7.1"]
    )
    assert found.values == {"patient_birth_date": "20260315"}
    assert found.warnings == ("OBR-6.1 is not a date.",)


def test_date_and_time_come_from_the_same_place() -> None:
    found = order(
        "ORC|NW||||||^^^20260315",
        "OBR|1|||||202603161200",
        scheduled_procedure_step_start_date=["ORC-7.4", "OBR-6.1"],
        scheduled_procedure_step_start_time=["ORC-7.4", "OBR-6.1"],
    )
    assert found.values == {"scheduled_procedure_step_start_date": "20260315"}


def test_two_quotes_delete_a_value_and_an_empty_field_leaves_it() -> None:
    found = order('PID|||""^^^X||""||""|', "ORC|XO", "OBR|1")
    assert {"patient_id", "patient_name", "patient_birth_date"} <= found.nullified
    assert "patient_sex" not in found.nullified
    assert "patient_id" not in found.values


def test_two_quotes_inside_a_name_empty_a_part_and_in_all_of_it_delete_it() -> None:
    found = order('PID|||1||DOE^JOHN^""^""^""', "ORC|XO", "OBR|1")
    assert found.values["patient_name"] == "DOE^JOHN"
    for field in ('""', '""^""^""', '""^""~""'):
        found = order(f"PID|||1||{field}", "ORC|XO", "OBR|1")
        assert "patient_name" in found.nullified
        assert "patient_name" not in found.values


def test_two_quotes_are_no_code_and_no_authority() -> None:
    sources = {"requested_procedure_code_sequence": ["OBR-4.1"]}
    assert order("ORC|NW", 'OBR|1|||A^""^""', **sources).values == {}
    (item,) = order("ORC|NW", 'OBR|1|||A^""^L', **sources).values["requested_procedure_code_sequence"]
    assert item == {"code_value": "A", "coding_scheme_designator": "L", "code_meaning": "A"}
    assert order("ORC|NW", 'OBR|1|||""', **sources).nullified == {"requested_procedure_code_sequence"}


def test_a_birth_date_is_never_shifted_between_time_zones() -> None:
    for birth, zone in (("19500101000000+0100", "Europe/London"), ("19500101233000-0500", "Asia/Tokyo")):
        text = f"MSH|^~\\&|HIS\rPID|||1||DOE||{birth}\rORC|NW||||||||||||||{birth}\r"
        (found,) = apply(parse(text), CLASSIC, zone=ZoneInfo(zone))
        assert found.values["patient_birth_date"] == "19500101"
        assert found.values["scheduled_procedure_step_start_date"] != "19500101"


def test_the_patient_id_is_the_first_that_there_is() -> None:
    found = order("PID|||^^^EMPTY~4711^^^CLINIC~0815^^^OTHER||DOE", "ORC|NW", "OBR|1")
    assert found.values["patient_id"] == "4711"
    assert found.values["issuer_of_patient_id"] == "CLINIC"
    found = order('PID|||""^^^EMPTY~4711^^^CLINIC||DOE', "ORC|NW", "OBR|1")
    assert (found.values["patient_id"], found.nullified) == ("4711", frozenset())
    assert "patient_id" not in order("PID|||^^^EMPTY~^^^ALSO||DOE", "ORC|NW", "OBR|1").values


def test_steps_share_what_is_found_and_what_was_odd_about_it() -> None:
    lines = (
        "PID|||1||DOE\\Q\\||tomorrow",
        "AL1|1||^nuts",
        "AL1|2||^latex",
        "ORC|NW",
        "OBR|1|||P^T",
        "NTE|1||left",
        "IPC|a",
        "IPC|b",
        "ORC|NW",
        "OBR|2|||Q^T",
        "NTE|1||right",
    )
    plain = Profile("plain", CLASSIC.rules)  # the classic one reads steps in IPC elsewhere
    first, second, third = apply(parse("\r".join(("MSH|^~\\&|HIS", *lines))), plain)
    assert {each.values["allergies"] for each in (first, second, third)} == {"nuts\\latex"}
    assert [each.values["requested_procedure_comments"] for each in (first, second, third)] == [
        "left",
        "left",
        "right",
    ]
    assert [each.values["requested_procedure_id"] for each in (first, second, third)] == ["P", "P", "Q"]
    assert first.warnings == second.warnings == third.warnings
    assert len(first.warnings) == 2


def test_a_value_that_never_ends_is_cut_with_a_warning() -> None:
    found = order(f"PID|||{'9' * 70_000}||DOE", "ORC|NW", "OBR|1", *[f"NTE|1||{'x' * 40_000}"] * 2)
    assert len(str(found.values["patient_id"])) == 65_536
    assert len(str(found.values["requested_procedure_comments"])) == 65_536
    assert found.warnings == (
        "PID-3.1 is longer than 65536 letters: the rest was left out.",
        "PID-3.4.1 is longer than 65536 letters: the rest was left out.",
        "NTE-3 is longer than 65536 letters: the rest was left out.",
    )


def test_all_the_notes_are_the_comment() -> None:
    found = order(
        "ORC|NW", "OBR|1", "NTE|1", "NTE|2||one", "NTE|3||two~three", requested_procedure_comments=["NTE-3"]
    )
    assert found.values == {"requested_procedure_comments": "one\r\ntwo\r\nthree"}


def test_a_later_segment_can_be_named() -> None:
    found = order("ORC|NW", "OBR|1", "OBX|1||||a", "OBX|2||||b", accession_number=["OBX[2]-5.1"])
    assert found.values == {"accession_number": "b"}


def test_a_code_triple_becomes_a_code_sequence() -> None:
    found = order("ORC|NW", "OBR|1|||A^B^C^D^E^F", requested_procedure_code_sequence=["OBR-4.4"])
    (item,) = found.values["requested_procedure_code_sequence"]
    assert item == {"code_value": "D", "coding_scheme_designator": "F", "code_meaning": "E"}


def test_a_code_without_a_scheme_is_none() -> None:
    assert order("ORC|NW", "OBR|1|||A^B", requested_procedure_code_sequence=["OBR-4.1"]).values == {}


def test_an_assigning_authority_becomes_an_issuer_sequence() -> None:
    found = order(
        "ORC|NW|1^HIS^1.2.3^iso",
        "PV1||" + "|" * 17 + "7^^^CLINIC&1.2&ISO",
        issuer_of_admission_id_sequence=["PV1-19.4"],
    )
    (item,) = found.values["issuer_of_admission_id_sequence"]
    assert item == {
        "local_namespace_entity_id": "CLINIC",
        "universal_entity_id": "1.2",
        "universal_entity_id_type": "ISO",
    }


def test_an_issuer_is_that_of_the_number_beside_it() -> None:
    pid = "PID|||1" + "|" * 15 + "A18^^^BANK"  # PID-18
    places = {
        "admission_id": ["PV1-19.1", "PID-18.1"],
        "issuer_of_admission_id_sequence": ["PV1-19.4", "PID-18.4"],
    }
    values = order(pid, "PV1" + "|" * 19 + "V19", "ORC|NW", **places).values
    assert values["admission_id"] == "V19"
    assert "issuer_of_admission_id_sequence" not in values
    values = order(pid, "PV1||O", "ORC|NW", **places).values
    assert values["admission_id"] == "A18"
    assert values["issuer_of_admission_id_sequence"] == ({"local_namespace_entity_id": "BANK"},)


def test_an_order_knows_who_sent_it_and_when() -> None:
    sent = order("ORC|NW", "OBR|1").sent
    assert (sent.sender, sent.first) == ("HIS|", 1_773_479_700_000_000)  # 09:15 UTC


def test_an_order_knows_its_place_in_a_message_with_several() -> None:
    text = "MSH|^~\\&|HIS\rORC|NW|1\rOBR|1\rOBR|2"
    first, second = apply(parse(text), CLASSIC)
    assert (first.detail, first.places, second.places) == (
        "OBR",
        {"ORC": 1, "OBR": 1},
        {"ORC": 1, "OBR": 2},
    )
    assert order("ORC|NW", "OBR|1").places == {}


def test_a_message_without_orders_gives_none() -> None:
    assert apply(parse("MSH|^~\\&|\rPID|||1\r"), CLASSIC) == ()


def test_an_order_that_is_empty_gives_an_empty_order() -> None:
    found = order("ORC")
    assert (found.control, found.status_code, found.values) == ("", "", {})
