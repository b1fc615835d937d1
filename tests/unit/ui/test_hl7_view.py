import pytest

from openworklist.ui.hl7_view import Piece, View, covers, make_view
from openworklist.ui.render import get_environment

MANUAL = (
    "MSH|^~\\&|application|application|REC_APP|REC_FAC|201912291543||ORM^O01||P|2.3.1|||\r"
    "PID||1|1|Patient^Name||19591206|M|||\r"
    "OBR|||2005-9999|1234^BRAIN||200512301613529400|||CT|||\r"
)


def find(view: View, place: str) -> Piece:
    return next(piece for line in view.lines for piece in line.pieces if piece.place == place)


def write(view: View, **options: str) -> str:
    template = get_environment("en").from_string(
        '{% from "_hl7.html" import hl7_view %}{{ hl7_view(view, "here", pick=pick, form=form) }}'
    )
    return template.render(view=view, **{"pick": "", "form": "", **options})


def test_each_segment_is_a_line_and_each_value_has_its_place_and_name() -> None:
    view = make_view(MANUAL)

    assert [(line.name, line.title) for line in view.lines] == [
        ("MSH", "Message Header"),
        ("PID", "Patient Identification"),
        ("OBR", "Observation Request"),
    ]
    piece = find(view, "OBR-4.2")
    assert (piece.text, piece.name) == ("BRAIN", "Universal Service Identifier: Text")


@pytest.mark.parametrize("text", [MANUAL, MANUAL.replace("|", "#").replace("^", "$")])
def test_the_pieces_together_are_the_message(text: str) -> None:
    view = make_view(text)

    written = (line.name + "".join(piece.text for piece in line.pieces) for line in view.lines)
    assert "\r".join(written) + "\r" == text


def test_the_delimiters_are_one_value() -> None:
    assert find(make_view(MANUAL), "MSH-2.1").text == "^~\\&"


def test_repetitions_subcomponents_and_segments_of_one_name_are_numbered_where_there_are_several() -> None:
    view = make_view("MSH|^~\\&|A\rPID|||1^^^X&1.2&ISO~2\rOBX|1|ST|||a\rOBX|2|ST|||b\r")

    places = [piece.place for line in view.lines[1:] for piece in line.pieces if piece.place]
    assert places[:5] == ["PID-3.1", "PID-3.4.1", "PID-3.4.2", "PID-3.4.3", "PID-3(2).1"]
    assert places[-1] == "OBX[2]-5.1"


def test_escapes_are_resolved_beside_what_came() -> None:
    piece = find(make_view("MSH|^~\\&|A\rPID|||a\\T\\b\\.br\\c\r"), "PID-3.1")

    assert (piece.text, piece.decoded) == ("a\\T\\b\\.br\\c", "a&b\nc")


def test_bytes_are_read_by_the_set_of_the_message_or_the_default() -> None:
    raw = "MSH|^~\\&|A|||||||||||||||{}\rPID|||||МЕД\r"

    assert find(make_view(raw.format("8859/5").encode("iso8859_5")), "PID-5.1").text == "МЕД"
    view = make_view(raw.format("").encode("iso8859_5"), default_charset="8859/5")
    assert find(view, "PID-5.1").text == "МЕД"


def test_bytes_that_are_no_letters_are_told() -> None:
    view = make_view(b"MSH|^~\\&|A|||||||||||||||8859/8\rPID|||||\xff\r")

    assert view.warnings
    assert find(view, "PID-5.1").text == "\ufffd"


@pytest.mark.parametrize("given", [b"", b"\x00\x01nonsense\r\nmore", "PID|1", b"\xff\xfeM\x00S\x00H\x00"])
def test_what_is_no_message_is_shown_as_it_came(given: bytes | str) -> None:
    view = make_view(given)

    assert view.problem
    assert "it cannot be read as a message" in write(view)


def test_a_field_of_ten_megabytes_is_cut_with_a_sign_and_a_way_to_all_of_it() -> None:
    view = make_view(MANUAL + "OBX|1|TX|||" + "x^" * 5_000_000 + "\r", download="/messages/1/raw")
    page = write(view)

    assert view.is_cut
    assert len(page) < 100_000
    assert "9,999,000 more" in page
    assert '<a href="/messages/1/raw" download>' in page


@pytest.mark.parametrize(
    "rest", ["OBX|1" + "|" * 2_000_000, "OBX|1|ST|||a\r" * 190_000, "OBX|1|ST|||" + "a^" * 9_000 + "\r"]
)
def test_a_page_stays_short_whatever_there_is_much_of(rest: str) -> None:
    view = make_view(MANUAL + rest)

    assert len(write(view)) < 3_000_000


def test_lines_that_are_left_out_are_counted() -> None:
    view = make_view(MANUAL + "NTE|1||a\r" * 10_000)

    assert view.left_out == 10_003 - len(view.lines)
    assert f"{view.left_out} lines more are not shown." in write(view)


def test_what_is_made_of_a_value_is_told_where_it_stands() -> None:
    view = make_view(MANUAL, uses={"OBR-4": "Procedure", "OBR-4.2": "Description", "PID-4": "Name"})

    assert find(view, "OBR-4.1").use == "Procedure"
    assert find(view, "OBR-4.2").use == "Procedure, Description"
    assert find(view, "PID-4.2").use == "Name"
    assert find(view, "OBR-3.1").use == ""


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("PID-3", "PID-3(2).1", True),
        ("PID-3.1", "PID-3.1", True),
        ("PID-3.4", "PID-3.4.2", True),
        ("PID-3.4.1", "PID-3.4", True),
        ("PID-3.1", "PID-3(2).1", False),
        ("PID-3", "PID-33.1", False),
        ("OBX-5", "OBX[2]-5.1", False),
    ],
)
def test_a_place_names_what_stands_in_it(place: str, value: str, expected: bool) -> None:
    assert covers(place, value) is expected


def test_hostile_content_is_text() -> None:
    page = write(make_view('MSH|^~\\&|"><script>alert(1)</script>\rPID|||\u202e\x07\'"<img src=x>\r'))

    assert "<script" not in page
    assert "<img" not in page
    assert '<span class="sign">U+202E</span><span class="sign">BEL</span>' in page


def test_a_message_with_escape_letters_in_its_separators_is_no_way_in() -> None:
    page = write(make_view('MSH"<>&\'"A\rPID""<b>x</b>\r'), pick="pick", form="rules")

    assert "<b>" not in page


def test_values_can_be_buttons_of_a_form() -> None:
    page = write(make_view(MANUAL), pick="pick", form="rules")

    assert '<button class="hl7-part" name="pick" value="OBR-4.2" form="rules"' in page
