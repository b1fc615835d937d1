"""Whatever arrives, reading it ends, raises nothing but our own errors, and loses nothing."""

from pathlib import Path
from unicodedata import category

from hypothesis import example, given
from hypothesis import strategies as st

from openworklist.domain.charset import CHARSETS
from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.ack import Problem, acknowledge, read_header
from openworklist.hl7.charset import decode
from openworklist.hl7.dates import read_stamp
from openworklist.hl7.delimiters import STANDARD, Delimiters
from openworklist.hl7.escapes import escape, unescape
from openworklist.hl7.message import format, parse
from openworklist.hl7.names import to_pn
from openworklist.hl7.path import parse_path

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "hl7").glob("*/*.hl7"))]

_names = st.from_regex(r"[A-Z][A-Z0-9]{2}", fullmatch=True)
_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n|"), max_size=20)
_fields = st.lists(_text | st.sampled_from(["a^b^c", "a~b", "x&y", "\\F\\", '""']), max_size=6)
_segments = st.tuples(_names, _fields).map(lambda segment: "|".join((segment[0], *segment[1], "")))
well_formed = st.lists(_segments, max_size=6).flatmap(
    lambda lines: st.sampled_from(["\r", "\n", "\r\n"]).map(
        lambda end: end.join(("MSH|^~\\&|HIS|CLINIC|OWL|CLINIC|2026||ORM^O01|1|P|2.5|", *lines, ""))
    )
)

# Samples with bytes changed, cut out and put in: closer to a real sender's faults than noise is.
mutated = st.builds(
    lambda raw, place, length, inserted: (
        raw[: place % (len(raw) + 1)] + inserted + raw[place % (len(raw) + 1) + length :]
    ),
    st.sampled_from(SAMPLES),
    st.integers(0, 5000),
    st.integers(0, 30),
    st.binary(max_size=10)
    | st.sampled_from([b"\x1b$B", b"\x1b(B", b"\x1b$)C", b"\\M2442\\", b"|", b"\\", b"\n"]),
)


@given(well_formed)
def test_a_well_formed_message_is_kept_to_the_letter(text: str) -> None:
    assert format(parse(text)) == text


@given(mutated | st.binary(max_size=300), st.sampled_from([charset.hl7[0] for charset in CHARSETS]))
def test_reading_bytes_raises_nothing_but_our_own_errors(raw: bytes, default: str) -> None:
    try:
        message = parse(decode(raw, default).text)
    except OpenWorklistError:
        return
    for segment in message.segments:
        for number in range(len(segment.fields)):
            segment.repetitions(number)
    message.get("PID-3(2).4.1")
    message.get("OBR[3]-4.2")


@given(st.text(max_size=200) | mutated.map(lambda raw: raw.decode("latin_1")))
@example("MSH")
@example("MSH|")
@example("MSH|\r\n\r\n")
def test_every_text_gets_an_answer_that_can_be_read(text: str) -> None:
    header = read_header(text, "utf_8")
    raw = acknowledge(header, "AR", now="2026", control_id="1", problems=[Problem(100, "No.", "MSH")])
    message = parse(raw.decode("utf_8"))
    assert message.get("MSA-1") == "AR"


@given(st.text(), st.booleans())
def test_what_was_escaped_comes_back(text: str, has_truncation: bool) -> None:
    delimiters = STANDARD._replace(truncation="#") if has_truncation else STANDARD
    escaped = escape(text, delimiters)
    assert not set(escaped) & set("|^~&\r\n")
    expected = text.replace("\r", "\n").replace("\x0b", " ").replace("\x1c", " ")
    assert unescape(escaped, delimiters, "utf_8", []) == expected


@given(st.text("\\FSTREHNXZ.bspC0123456789", max_size=40))
def test_reading_escapes_ends_and_warns_at_most_once_a_kind(text: str) -> None:
    warnings: list[str] = []
    unescape(text, STANDARD, "utf_8", warnings)
    assert len(warnings) <= 1


@given(st.text(max_size=40) | st.text("0123456789.+-:TZ ", max_size=30))
def test_a_stamp_is_a_valid_date_or_none(text: str) -> None:
    date, time, problem = read_stamp(text)
    assert date == "" or (len(date) == 8 and date.isdecimal())
    assert time == "" or (date and len(time) >= 6)
    assert date or problem


@given(st.lists(st.text(max_size=30) | st.text("ab^&=\\~ \x00AIP", max_size=30), max_size=4))
def test_a_name_is_a_valid_pn(repetitions: list[str]) -> None:
    name = to_pn(repetitions, "PID", 5, STANDARD, str)
    assert name.count("=") <= 2
    assert all(group.count("^") <= 4 for group in name.split("="))
    assert "\\" not in name
    assert "Cc" not in map(category, name)


@given(st.text(max_size=20))
def test_a_path_is_read_or_refused(text: str) -> None:
    try:
        path = parse_path(text)
    except OpenWorklistError:
        return
    assert parse_path(str(path)) == path


@given(st.text(min_size=1, max_size=1), st.text(max_size=8))
def test_every_header_has_delimiters_or_none(separator: str, encoding: str) -> None:
    try:
        message = parse(f"MSH{separator}{encoding}{separator}HIS")
    except OpenWorklistError:
        return
    assert isinstance(message.delimiters, Delimiters)
    used = [letter for letter in message.delimiters if letter]
    assert len(used) == len(set(used))
