import json
from pathlib import Path

import pytest

from openworklist.domain.errors import MessageError, SettingsError
from openworklist.hl7.profile import preset
from openworklist.services.comparison import Comparison, Given, compare
from openworklist.services.comparison_json import grid_to_json, meaning_to_json

DATA = Path(__file__).parents[2] / "data" / "hl7"
SAMPLES = [path for path in sorted(DATA.glob("*/*.hl7")) if b"MSH" in path.read_bytes()]
CLASSIC = preset("classic")
ORDER = b"MSH|^~\\&|RIS|HOSPITAL|OWL|RAD|20260101||ORM^O01|1|P|2.5\rPID|||4711||DOE^JOHN\rORC|NW\r"


def compared(left: bytes, right: bytes, **options: bool) -> Comparison:
    return compare(Given("left.hl7", left), Given("right.hl7", right), CLASSIC, **options)


def test_a_side_tells_what_its_header_says() -> None:
    side = compared(ORDER, ORDER).left
    assert (side.name, side.number, side.count, side.notes) == ("left.hl7", 1, 1, ())
    assert dict(side.facts) == {
        "Message type": "ORM^O01",
        "Control ID": "1",
        "Sent": "20260101",
        "From": "RIS",
        "Facility": "HOSPITAL",
        "To": "OWL",
        "Version": "2.5",
        "Character set": "8859/1",
        "Delimiters": "|^~\\&",
    }


def test_character_sets_make_no_difference_to_the_letters() -> None:
    latin = ORDER.replace(b"DOE", "MÜLLER".encode("latin_1"))
    unicode = ORDER.replace(b"|2.5", b"|2.5||||||UNICODE UTF-8").replace(b"DOE", "MÜLLER".encode())
    found = compared(latin, unicode)
    differing = [
        row for segment in found.meaning.segments for row in segment.leaves() if row.status != "same"
    ]
    assert [(str(row.path), row.right) for row in differing] == [("MSH-18", "UNICODE UTF-8")]


def test_time_and_number_of_the_messages_can_be_left_out() -> None:
    later = ORDER.replace(b"20260101", b"20260102").replace(b"|1|P", b"|2|P")
    assert not compared(ORDER, later).is_same
    found = compared(ORDER, later, ignore_time=True)
    assert found.is_same
    assert found.grid.is_same
    assert found.meaning.left_out == ("MSH-7", "MSH-10")


BATCH = b"FHS|^~\\&|RIS\rBHS|^~\\&|RIS\r" + ORDER + ORDER.replace(b"4711", b"4712") + b"BTS|2\rFTS|1\r"


def test_of_a_file_with_several_messages_one_is_chosen() -> None:
    found = compare(Given("batch", BATCH, 2), Given("one", ORDER), CLASSIC)
    assert (found.left.number, found.left.count, found.left.notes) == (2, 2, ())
    assert [str(row.path) for row in found.meaning.segments[1].leaves() if row.status != "same"] == ["PID-3"]


def test_without_a_choice_it_is_the_first_and_a_note_says_so() -> None:
    found = compared(BATCH, ORDER)
    assert found.is_same
    assert found.left.notes == ("It holds 2 messages; this is the first.",)


@pytest.mark.parametrize(
    ("raw", "number", "reason"),
    [
        (b"", 0, "It holds no message."),
        (b"\r\n \r\n", 0, "It holds no message."),
        (BATCH, 3, "It holds 2 messages, no number 3."),
        (b"PID|1", 0, "The message does not begin with an MSH segment."),
        (
            ORDER.replace(b"|2.5", b"|2.5||||||UNICODE UTF-8").replace(b"DOE", b"M\xfcLLER"),
            0,
            "is no letter of UNICODE UTF-8",
        ),
    ],
)
def test_what_cannot_be_read_says_which_of_the_two_it_is(raw: bytes, number: int, reason: str) -> None:
    with pytest.raises(MessageError, match=r"The left message \(bad.hl7\) cannot be read") as left:
        compare(Given("bad.hl7", raw, number), Given("good.hl7", ORDER), CLASSIC)
    with pytest.raises(MessageError, match=r"The right message \(bad.hl7\) cannot be read") as right:
        compare(Given("good.hl7", ORDER), Given("bad.hl7", raw, number), CLASSIC)
    assert reason in str(left.value)
    assert reason in str(right.value)


def test_the_code_of_the_cause_is_kept() -> None:
    raw = ORDER.replace(b"|2.5", b"|2.5||||||UNICODE UTF-8") + b"NTE|1||\xff\r"
    with pytest.raises(MessageError) as caught:
        compared(raw, ORDER)
    assert (caught.value.code, caught.value.where) == ("charset.undecodable", "NTE-3")


def test_wrapped_lines_are_told() -> None:
    wrapped = ORDER.replace(b"DOE^JOHN", b"DOE^\r\nJOHN")
    assert compared(wrapped, ORDER).left.notes == (
        "Lines that were broken in the middle of a segment were joined.",
    )


def test_an_unknown_default_character_set_is_an_error() -> None:
    with pytest.raises((MessageError, SettingsError)):
        compare(Given("a", ORDER), Given("b", ORDER), CLASSIC, default_charset="KLINGON")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_the_same_as_itself(path: Path) -> None:
    raw = path.read_bytes()
    found = compared(raw, raw)
    assert found.is_same
    assert found.grid.is_same


def test_json_holds_the_comparison_by_meaning() -> None:
    found = meaning_to_json(compared(ORDER, ORDER.replace(b"JOHN", b"JANE") + b"ZDS|1.2\r"))
    assert json.loads(json.dumps(found)) == found
    assert (found["same"], found["profile"], found["left_out"]) == (False, "classic", [])
    assert found["counts"] == {"changed": 1, "only left": 0, "only right": 1, "same": 12}
    assert found["segments"][1]["rows"][1] == {
        "path": "PID-5",
        "name": "Patient Name",
        "status": "changed",
        "left": "DOE^JOHN",
        "right": "DOE^JANE",
        "feeds": ["patient_name"],
        "parts": [
            {
                "path": "PID-5.1",
                "name": "Patient Name: Family Name",
                "status": "same",
                "left": "DOE",
                "right": "DOE",
                "feeds": ["patient_name"],
            },
            {
                "path": "PID-5.2",
                "name": "Patient Name: Given Name",
                "status": "changed",
                "left": "JOHN",
                "right": "JANE",
                "feeds": ["patient_name"],
            },
        ],
    }
    assert found["segments"][3] == {
        "segment": "ZDS",
        "name": "Study Instance UID (IHE)",
        "left": None,
        "right": 1,
        "status": "only right",
        "rows": [
            {
                "path": "ZDS-1",
                "name": "Study Instance UID",
                "status": "only right",
                "left": None,
                "right": "1.2",
                "feeds": ["study_instance_uid"],
            }
        ],
    }


def test_json_holds_the_comparison_by_position() -> None:
    found = grid_to_json(compared(ORDER + b"ZDS|1.2\r", ORDER))
    assert json.loads(json.dumps(found)) == found
    assert found["same"] is False
    assert found["segments"][3] == {
        "segment": "ZDS",
        "name": "Study Instance UID (IHE)",
        "occurrence": 1,
        "columns": [
            {"number": 0, "name": "", "status": "only left", "left": "ZDS", "right": None},
            {"number": 1, "name": "Study Instance UID", "status": "only left", "left": "1.2", "right": None},
        ],
    }
