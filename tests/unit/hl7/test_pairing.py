from openworklist.hl7.message import parse
from openworklist.hl7.pairing import Placed, pair_segments


def place(segment: Placed | None) -> str:
    return f"{segment.name}{segment.occurrence}" if segment else "-"


def pairs(left: str, right: str) -> str:
    """The pairs of segments after MSH, written `PID1=PID1`; segments are given with blanks between."""
    messages = [parse("\r".join(("MSH|^~\\&|HIS", *text.split(" ")))) for text in (left, right)]
    found = pair_segments(*messages, "utf_8", "utf_8")
    return " ".join(f"{place(one)}={place(other)}" for one, other in found[1:])


def test_segments_of_one_name_belong_together() -> None:
    assert pairs("PID|1 PV1|O", "PID|2 PV1|I") == "PID1=PID1 PV11=PV11"


def test_what_only_one_message_has_stands_in_its_place() -> None:
    assert pairs("PID|1 PV1|O", "PID|1 PD1|x PV1|O") == "PID1=PID1 -=PD11 PV11=PV11"
    assert pairs("PID|1 NK1|x PV1|O", "PID|1 PV1|O") == "PID1=PID1 NK11=- PV11=PV11"


def test_another_order_of_segments_makes_no_difference() -> None:
    assert pairs("PID|1 PV1|O PV2|x", "PID|1 PV2|x PV1|O") == "PID1=PID1 PV11=PV11 PV21=PV21"


def test_orders_are_found_by_their_numbers() -> None:
    assert pairs("ORC|NW|A OBR|1 ORC|NW|B OBR|2", "ORC|NW|B OBR|2") == "ORC1=- OBR1=- ORC2=ORC1 OBR2=OBR1"
    assert pairs("OBR|1|A OBR|2|B", "OBR|1|B OBR|2|A") == "OBR1=OBR2 OBR2=OBR1"


def test_orders_without_a_common_number_are_taken_in_their_order() -> None:
    assert pairs("ORC|NW|A OBR|1 ORC|NW|B OBR|2", "ORC|NW|C OBR|1 ORC|NW|D OBR|2") == (
        "ORC1=ORC1 OBR1=OBR1 ORC2=ORC2 OBR2=OBR2"
    )


def test_steps_and_timing_stay_with_their_order() -> None:
    assert pairs("ORC|NW|A TQ1|1 OBR|1 IPC|x ORC|NW|B OBR|2", "ORC|NW|B TQ1|1 OBR|2 IPC|x") == (
        "ORC1=- TQ11=- OBR1=- IPC1=- ORC2=ORC1 -=TQ11 OBR2=OBR1 -=IPC1"
    )


def test_notes_belong_to_the_segment_before_them() -> None:
    assert pairs("PID|1 NTE|1||p ORC|NW OBR|1 NTE|1||o", "PID|1 ORC|NW OBR|1 NTE|1||o") == (
        "PID1=PID1 NTE1=- ORC1=ORC1 OBR1=OBR1 NTE2=NTE1"
    )
    assert pairs("ORC|NW NTE|1||a OBR|1", "ORC|NW OBR|1 NTE|1||a") == "ORC1=ORC1 NTE1=NTE1 OBR1=OBR1"


def test_a_note_is_compared_with_a_note_of_the_same_segment_first() -> None:
    assert pairs("OBR|1 NTE|1||a OBX|1|NM|w NTE|1||b", "OBR|1 OBX|1|NM|w NTE|1||c") == (
        "OBR1=OBR1 NTE1=- OBX1=OBX1 NTE2=NTE1"
    )


def test_of_two_equally_good_ways_both_directions_choose_the_same() -> None:
    weight, height = "OBX|1|NM|weight", "OBX|1|NM|height"
    forth, back = (
        pairs(f"{weight} {height}", f"{height} {weight}"),
        pairs(f"{height} {weight}", f"{weight} {height}"),
    )
    assert {forth, back} == {"OBX1=- OBX2=OBX1 -=OBX2", "-=OBX1 OBX1=OBX2 OBX2=-"}


def test_results_are_found_by_what_they_are_about() -> None:
    assert pairs("OBR|1 OBX|1|NM|weight||80 OBX|2|NM|height||180", "OBR|1 OBX|1|NM|height||181") == (
        "OBR1=OBR1 OBX1=- OBX2=OBX1"
    )


def test_repeated_segments_are_found_by_what_they_hold() -> None:
    assert pairs("NK1|1|A NK1|2|B NK1|3|C", "NK1|1|A NK1|2|C") == "NK11=NK11 NK12=- NK13=NK12"


def test_equally_unlike_segments_are_found_by_their_set_id() -> None:
    assert pairs("DG1|1||x DG1|2||y", "DG1|2||z") == "DG11=- DG12=DG11"


def test_patients_and_resources_are_groups() -> None:
    assert pairs("PID|1 MRG|a PID|2 MRG|b", "PID|1 MRG|a PID|2") == "PID1=PID1 MRG1=MRG1 PID2=PID2 MRG2=-"
    assert pairs("RGS|1 AIS|1 RGS|2 AIS|1", "RGS|1 RGS|2 AIS|1") == "RGS1=RGS1 AIS1=- RGS2=RGS2 AIS2=AIS1"
