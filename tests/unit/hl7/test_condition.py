import pytest

from openworklist.hl7.condition import is_fulfilled
from openworklist.hl7.leaf import Reading
from openworklist.hl7.message import parse
from openworklist.hl7.rule import read_condition

MESSAGE = parse(
    'MSH|^~\\&|HIS||||||OMI^O23\rPID|||1\rORC|NW\rOBR|1|||A^CT \\T\\ MR\rOBR|2|""||B^Head|||||||||CT'
)


@pytest.mark.parametrize(
    ("path", "value", "shape", "is_so"),
    [
        ("OBR", "", "", True),
        ("IPC", "", "", False),
        ("OBR-4.1", "b", "", True),
        ("OBR[1]-4.1", "B", "", False),
        ("OBR[2]-4.1", "B", "", True),
        ("OBR[3]-4.1", "B", "", False),
        ("OBR-4.2", "ct &  mr", "", True),
        ("OBR-4", "A", "", False),
        ("OBR-2", "", "", False),
        ("OBR-13", "", "", True),
        ("OBR-13", "", "modality", True),
        ("OBR-4.2", "", "modality", False),
        ("MSH-9.1", "omi", "", True),
        ("MSH-9.2", "O19", "", False),
    ],
)
def test_a_condition_is_about_a_segment_or_what_a_field_holds(
    path: str, value: str, shape: str, is_so: bool
) -> None:
    reading = Reading(MESSAGE.delimiters, "utf_8", None)
    assert is_fulfilled(read_condition(path, value, shape), MESSAGE, reading) is is_so
