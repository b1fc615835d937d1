import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.hl7.compare import compare
from openworklist.hl7.message import parse
from openworklist.hl7.path import parse_path
from openworklist.hl7.profile import Profile, make_profile, preset
from openworklist.hl7.rule import Rule, Source, read_condition

CLASSIC = preset("classic")


def feeds(segments: str, profile: Profile = CLASSIC) -> dict[str, list[str]]:
    """What each path feeds in a message that is compared with an empty one; segments are given in lines."""
    left = parse("\r".join(("MSH|^~\\&|HIS", *segments.splitlines())))
    meaning = compare(left, parse("MSH|^~\\&|HIS"), profile=profile)
    found: dict[str, list[str]] = {}
    for segment in meaning.segments:
        for row in segment.leaves():
            found[f"{segment.name}[{segment.left}]-{row.path.field}"] = [each.name for each in row.feeds]
    return found


def test_a_path_feeds_every_attribute_that_is_read_from_it() -> None:
    found = feeds("PID|||4711^^^HOSP||DOE^JOHN\nORC|NW|A1\nOBR|1|A1||X^Y^Z")
    assert found["PID[1]-3"] == ["patient_id", "issuer_of_patient_id"]
    assert found["PID[1]-5"] == ["patient_name"]
    assert found["ORC[1]-2"] == ["accession_number", "placer_order_number_imaging_service_request"]
    assert found["OBR[1]-2"] == []


def test_a_component_that_is_not_there_feeds_nothing() -> None:
    assert feeds("PID|||4711\nORC|NW")["PID[1]-3"] == ["patient_id"]


def test_only_the_first_segment_of_its_name_in_an_order_is_read() -> None:
    profile = make_profile("own", {"patient_weight": ["OBX-5"]})
    found = feeds("ORC|NW\nOBR|1\nOBX|1|NM|a||80\nOBX|2|NM|b||90\nORC|NW\nOBR|2\nOBX|1|NM|a||70", profile)
    assert found["OBX[1]-5"] == ["patient_weight"]
    assert found["OBX[2]-5"] == []
    assert found["OBX[3]-5"] == ["patient_weight"]


def test_a_rule_may_name_which_segment_it_reads() -> None:
    found = feeds(
        "OBR|1\nOBX|1|NM|a||1\nOBX|2|NM|b||2", make_profile("own", {"patient_weight": ["OBX[2]-5"]})
    )
    assert (found["OBX[1]-5"], found["OBX[2]-5"]) == ([], ["patient_weight"])


def test_a_segment_is_read_if_it_fulfils_the_condition_of_the_rule() -> None:
    weight = Source(parse_path("OBX-5"), where=read_condition("OBX-3.2", "Body Weight"))
    unit = Source(parse_path("OBX-5"), where=read_condition("OBX-6"))
    uid = Source(parse_path("OBX-5"), where=read_condition("OBX-5", shape="uid"))
    names = ("patient_weight", "patient_size", "study_instance_uid")
    rules = tuple(Rule(BY_NAME[name], (each,)) for name, each in zip(names, (weight, unit, uid), strict=True))
    found = feeds(
        "OBR|1\nOBX|1|NM|a^Height||180|cm\nOBX|2|NM|b^body weight||80\nOBX|3|NM|c||1.2.3",
        Profile("own", rules),
    )
    assert [found[f"OBX[{number}]-5"] for number in (1, 2, 3)] == [
        ["patient_size"],
        ["patient_weight"],
        ["study_instance_uid"],
    ]


def test_the_rules_are_those_that_hold_for_the_left_message() -> None:
    assert "modality" in feeds("OBR|1\nIPC|1||||CT", preset("ihe"))["IPC[1]-5"]


def test_notes_are_gathered_from_the_order_and_never_from_before_it() -> None:
    found = feeds("PID|1\nNTE|1||patient\nORC|NW\nOBR|1\nNTE|1||one\nNTE|2||two")
    assert found["NTE[1]-3"] == []
    assert found["NTE[2]-3"] == found["NTE[3]-3"] == ["requested_procedure_comments"]


@pytest.mark.parametrize(
    ("attribute", "source", "path", "is_fed"),
    [
        ("patient_id", "PID-3.1", "PID-3(1).1", True),
        ("patient_id", "PID-3.1", "PID-3(2).1", False),
        ("patient_id", "PID-3(2).1", "PID-3(2).1", True),
        ("patient_id", "PID-3(2).1", "PID-3(1).1", False),
        ("patient_id", "PID-3.1", "PID-3(1).4.1", False),
        ("issuer_of_patient_id", "PID-3.4.1", "PID-3(1).4.1", True),
        ("issuer_of_patient_id", "PID-3.4.1", "PID-3(1).4.2", False),
        ("issuer_of_admission_id_sequence", "PID-3.4", "PID-3(1).4.2", True),
        ("requested_procedure_code_sequence", "OBR-4.1", "OBR-4.3", True),
        ("requested_procedure_code_sequence", "OBR-4.1", "OBR-4.4", False),
        ("requested_procedure_code_sequence", "OBR-4.4", "OBR-4.4", True),
    ],
)
def test_a_part_of_a_field_feeds_what_is_read_from_that_part(
    attribute: str, source: str, path: str, is_fed: bool
) -> None:
    left = parse("MSH|^~\\&|HIS\rPID|||1^^^A&1.2~2^^^B\rOBR|1|||a^b^c^d^e^f")
    right = parse("MSH|^~\\&|HIS\rPID|||3^^^C&3.4~4^^^D\rOBR|1|||g^h^i^j^k^l")
    meaning = compare(left, right, profile=make_profile("own", {attribute: [source]}))
    rows = {str(row.path): row for segment in meaning.segments for row in segment.leaves()}
    assert [each.name for each in rows[path].feeds] == ([attribute] if is_fed else [])


def test_every_repetition_of_a_name_is_read() -> None:
    left, right = (parse(f"MSH|^~\\&|HIS\rPID|||||{name}\rORC|NW") for name in ("A^B~C^D", "A^B~C^E"))
    (row,) = [row for row in compare(left, right, profile=CLASSIC).segments[1].leaves() if row.left == "D"]
    assert [each.name for each in row.feeds] == ["patient_name"]
