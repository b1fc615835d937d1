from openworklist.hl7.compare import VOLATILE, Meaning, Status, compare
from openworklist.hl7.message import parse

HEAD = "MSH|^~\\&|RIS|HOSPITAL|OWL|RAD|20260101||ORM^O01|1|P|2.5\r"


def differences(left: str, right: str, **options: object) -> list[tuple[str, str, str | None, str | None]]:
    meaning: Meaning = compare(parse(HEAD + left), parse(HEAD + right), **options)  # type: ignore[arg-type]
    return [
        (row.status.value, str(row.path), row.left, row.right)
        for segment in meaning.segments
        for row in segment.leaves()
        if row.status is not Status.SAME
    ]


def test_a_message_says_what_it_says() -> None:
    message = parse(HEAD + "PID|1||4711||DOE^JOHN")
    assert compare(message, message).is_same


def test_a_value_that_differs_is_told_by_its_path_on_both_sides() -> None:
    assert differences("PV1|1|O", "PV1|1|I") == [("changed", "PV1-2", "O", "I")]


def test_a_field_of_several_parts_is_told_by_the_parts() -> None:
    assert differences("PID|||||DOE^JOHN^^JR", "PID|||||DOE^JANE^Q") == [
        ("changed", "PID-5.2", "JOHN", "JANE"),
        ("only right", "PID-5.3", None, "Q"),
        ("only left", "PID-5.4", "JR", None),
    ]


def test_repetitions_and_subcomponents_are_told_where_there_are_any() -> None:
    assert differences("PID|||1^^^A&1.2~7", "PID|||2^^^A&1.3~7") == [
        ("changed", "PID-3(1).1", "1", "2"),
        ("changed", "PID-3(1).4.2", "1.2", "1.3"),
    ]


def test_a_single_value_is_the_first_component() -> None:
    assert differences("OBR|1|||CT", "OBR|1|||CT^Head") == [("only right", "OBR-4.2", None, "Head")]


def test_a_field_that_only_one_message_has_is_told_whole() -> None:
    assert differences("PID|||||DOE^JOHN", "PID|||||") == [("only left", "PID-5", "DOE^JOHN", None)]


def test_a_segment_that_only_one_message_has_is_told_field_by_field() -> None:
    assert differences("", "ZDS|1.2.3^^Application") == [("only right", "ZDS-1", None, "1.2.3^^Application")]


def test_a_segment_without_values_is_a_difference_too() -> None:
    meaning = compare(parse(HEAD + "NTE|"), parse(HEAD))
    assert (meaning.segments[1].status, meaning.segments[1].rows) == (Status.LEFT, ())
    assert not meaning.is_same


def test_delimiters_and_escapes_make_no_difference() -> None:
    left = parse("MSH|^~\\&|RIS\rPID|||1^^^A&B~2||SMITH \\T\\ SON\rNTE|1||a\\X26\\b\\F\\c")
    right = parse("MSH#@+$%#RIS\rPID###1@@@A%B+2##SMITH & SON\rNTE#1##a&b|c")
    assert compare(left, right).is_same


def test_what_looks_alike_and_means_something_else_is_a_difference() -> None:
    assert differences("PV1|1|A\\S\\B", "PV1|1|A^B") == [
        ("changed", "PV1-2.1", "A^B", "A"),
        ("only right", "PV1-2.2", None, "B"),
    ]


def test_empty_parts_at_the_end_make_no_difference() -> None:
    assert differences("PID|||4711^^^||DOE||", "PID|||4711||DOE^^~") == []


def test_two_quotes_delete_a_value_and_are_not_empty() -> None:
    assert differences('PV1|1|""', "PV1|1|") == [("only left", "PV1-2", '""', None)]


def test_fields_can_be_left_out() -> None:
    left, right = parse(HEAD), parse(HEAD.replace("20260101", "20260102").replace("|1|P", "|2|P"))
    assert not compare(left, right).is_same
    meaning = compare(left, right, left_out=VOLATILE)
    assert meaning.is_same
    assert meaning.left_out == ("MSH-7", "MSH-10")


def test_fields_have_their_names() -> None:
    meaning = compare(parse(HEAD + "OBX|1|CE|a||x^y"), parse(HEAD + "OBX|1|CE|a||x^z|"))
    (row,) = [row for row in meaning.segments[1].leaves() if row.status is Status.CHANGED]
    assert row.name == "Observation Value: Text"
    assert meaning.segments[1].title == "Observation/Result"


def test_paths_are_counted_by_their_status() -> None:
    meaning = compare(parse(HEAD + "PV1|1|O|x"), parse(HEAD + "PV1|1|I||y"))
    assert meaning.count() == {Status.CHANGED: 1, Status.LEFT: 1, Status.RIGHT: 1, Status.SAME: 10}


def test_a_pair_tells_which_segments_it_is() -> None:
    meaning = compare(parse(HEAD + "NK1|1|A\rNK1|2|B"), parse(HEAD + "NK1|1|B"))
    assert [(pair.name, pair.left, pair.right) for pair in meaning.segments[1:]] == [
        ("NK1", 1, 0),
        ("NK1", 2, 1),
    ]
