"""However large a message is, and however it is built, what is made of it stays in proportion.

Reading that looked again and again at the same bytes would not end here in the time of anybody's patience.
"""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openworklist.domain.errors import CharsetError, OpenWorklistError, OrderError
from openworklist.domain.order import Order
from openworklist.hl7.ack import Problem, acknowledge, read_header
from openworklist.hl7.charset import declared, decode
from openworklist.hl7.groups import MAX_STEPS
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset

CLASSIC = preset("classic")
SOURCES = sum(len(rule.sources) for rule in CLASSIC.rules)
HEADER = "MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314080000||ORM^O01|M1|P|2.3.1\r"
PATIENT = "PID|||P1||Doe^Jane\r"
MEGABYTE = 1_000_000


def orders_of(text: str) -> tuple[Order, ...]:
    return apply(parse(text), CLASSIC)


def letters_of(order: Order) -> int:
    return sum(len(value) for value in order.values.values() if isinstance(value, str))


# A few parts, many times over: what is cheap to send again and again.
parts = st.sampled_from(
    ["ORC|NW|A1\r", "OBR|1|||RP^CT\r", "IPC|A^1\r", "NTE|1||a note\r", "AL1|1||x^Nuts\r", "PID|||P1||Doe\r",
     "TQ1|1\r", "ZDS|1.2.3\r", "ZZZ\r", "OBR|" + "x" * 500 + "\r", "NTE|1||" + "\\" * 300 + "\r",
     "ORC|NW|a\\b\\c|" + "\\Zq\\" * 50 + "|\r", "PID|||" + "~" * 200 + "|x|" + "^" * 200 + "\r",
     "a wrapped line", "\n", "OBR|1|||" + "&" * 300 + "|||not a date|" + "9" * 300 + "\r"]
)  # fmt: skip
messages = st.lists(st.tuples(parts, st.integers(1, 60)), max_size=12).map(
    lambda found: HEADER + PATIENT + "".join(part * count for part, count in found)
)


@settings(max_examples=50)
@given(messages)
def test_orders_and_their_warnings_are_bounded_whatever_is_repeated(text: str) -> None:
    try:
        found = orders_of(text)
    except OpenWorklistError:
        return
    assert len(found) <= MAX_STEPS
    for order in found:
        # At each place there is little to say, and it is said once; every text of ours is a sentence.
        assert len(order.warnings) <= 3 * SOURCES
        assert all(len(warning) < 200 for warning in order.warnings)
        assert letters_of(order) <= (SOURCES + 1) * len(text)


@given(messages)
def test_a_message_is_no_more_segments_than_lines_and_no_longer_than_it_came(text: str) -> None:
    message = parse(text)
    assert len(message.segments) <= text.count("\r") + text.count("\n") + 1
    assert sum(len(segment.text) for segment in message.segments) <= len(text)


@pytest.mark.parametrize("order", ["ORC|NW\r", "OBR|1\r", "ORC|NW\rOBR|1\r", "IPC|1\r"])
def test_more_orders_than_anybody_sends_are_refused_before_they_are_made(order: str) -> None:
    text = HEADER + PATIENT + "OBR|1\r" + order * 20_000
    with pytest.raises(OrderError, match=f"more than {MAX_STEPS} steps"):
        orders_of(text)


def test_a_text_wrapped_into_many_lines_is_joined_in_one_pass() -> None:
    line = "x" * 40 + "\n"
    message = parse(HEADER.replace("\r", "\n") + "NTE|1||" + line * 50_000)
    assert len(message.get("NTE-3")) == 40 * 50_000


@pytest.mark.parametrize(
    "filling",
    [b"\r", b"\n", b"\r\n", b"\n\r\n", b"\x1b$", b"\x1b$B", b"\x1b$B(\x1b(", b"\nMSH", b"\rPI", b"\\M2442\\"],
)
def test_a_header_without_end_is_looked_through_once(filling: bytes) -> None:
    raw = b"MSH|^~\\&|" + filling * (2 * MEGABYTE // len(filling))
    assert declared(raw) == ()
    with suppress(CharsetError):
        assert decode(raw).text.startswith("MSH|")
    header = read_header(raw.decode("latin_1"), "latin_1")
    answer = acknowledge(header, "AR", now="", control_id="1", problems=[Problem(100, "No.")])
    assert len(answer) < 10_000


def test_half_letters_of_a_header_hide_no_field_wherever_they_stand() -> None:
    kanji = b"\x1b$B|^|~\x1b(B"
    head = b"MSH|^~\\&|" + kanji + b"|B|C|D|2026||ORM^O01|1|P|2.5||||||~ISO IR87|" + kanji * 3 + b"\rPID|1\r"
    assert declared(head) == ("", "ISO IR87")
    assert declared(head.replace(kanji * 3, b"\x1b$B never ended")) == ("", "ISO IR87")
