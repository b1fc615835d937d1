from openworklist.hl7.compare import Status
from openworklist.hl7.grid import Column, Gap, Grid, bands, condense, lay_out
from openworklist.hl7.message import parse

HEAD = "MSH|^~\\&|RIS\r"


def grid(left: str, right: str) -> Grid:
    return lay_out(parse(HEAD + left), parse(HEAD + right))


def cells(columns: tuple[Column, ...]) -> list[tuple[int, str, str, Status | None]]:
    return [(column.number, column.left, column.right, column.status) for column in columns]


def test_positions_are_numbered_as_hl7_numbers_them() -> None:
    assert cells(grid("", "").segments[0].columns) == [
        (0, "MSH", "MSH", Status.SAME),
        (1, "|", "|", Status.SAME),
        (2, "^~\\&", "^~\\&", Status.SAME),
        (3, "RIS", "RIS", Status.SAME),
    ]


def test_every_position_holds_what_either_message_has_there() -> None:
    _, segment = grid("PV1|1|O||x", "PV1|1|I").segments
    assert segment.title == "Patient Visit"
    assert cells(segment.columns) == [
        (0, "PV1", "PV1", Status.SAME),
        (1, "1", "1", Status.SAME),
        (2, "O", "I", Status.CHANGED),
        (3, "", "", None),
        (4, "x", "", Status.LEFT),
    ]


def test_segments_stand_together_by_name_and_number() -> None:
    found = grid("NTE|1||a\rNTE|2||b", "PID|1\rNTE|1||a").segments
    assert [(each.name, each.occurrence, each.has_left, each.has_right) for each in found] == [
        ("MSH", 1, True, True),
        ("PID", 1, False, True),
        ("NTE", 1, True, True),
        ("NTE", 2, True, False),
    ]


def test_texts_are_as_they_came_and_judged_by_what_they_say() -> None:
    found = lay_out(parse("MSH|^~\\&|A^B\\T\\C"), parse("MSH#@~\\&#A@B&C"))
    assert [column.status for column in found.segments[0].columns] == [
        Status.SAME,
        Status.CHANGED,
        Status.CHANGED,
        Status.CHANGED,
    ]
    found = lay_out(parse("MSH|^~\\&|A^B\\T\\C"), parse("MSH#@~\\%#A@B&C"))
    assert cells(found.segments[0].columns)[3] == (3, "A^B\\T\\C", "A@B&C", Status.SAME)


def test_fields_left_out_are_shown_but_not_judged() -> None:
    left, right = parse("MSH|^~\\&|||||1"), parse("MSH|^~\\&|||||2")
    found = lay_out(left, right, left_out=("MSH-7",))
    assert cells(found.segments[0].columns)[-1] == (7, "1", "2", None)
    assert found.is_same
    assert not lay_out(left, right).is_same


def test_long_runs_of_empty_positions_are_one_gap() -> None:
    _, segment = grid("PV1|1||||x|||y", "PV1|1").segments
    assert [each if isinstance(each, Gap) else each.number for each in condense(segment.columns)] == [
        0,
        1,
        Gap(2, 4),
        5,
        6,
        7,
        8,
    ]


def test_columns_are_laid_in_bands_that_fit() -> None:
    _, segment = grid(f"PV1|1|{'x' * 100}|a|b", "PV1|1").segments
    numbers = [
        [each.number for each in band if isinstance(each, Column)] for band in bands(segment.columns, 30, 20)
    ]
    assert numbers == [[0, 1], [2], [3, 4]]
