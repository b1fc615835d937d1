import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.receipt import Verdict, check_sendable, read_answer, read_asked

ORIGINAL = b"MSH|^~\\&|A|B|C|D|20260314080000||ORM^O01|4711|P|2.5"


@pytest.mark.parametrize(
    ("modes", "is_answered", "is_told"),
    [
        (b"", True, False),  # the original mode
        (b"|||AL|", True, False),
        (b"|||AL|AL", True, True),
        (b"|||AL|NE", True, False),
        (b"|||NE|AL", True, True),
        (b"|||NE|NE", False, False),
        (b"|||NE|", False, False),
        (b"||||NE", False, False),
        (b"|||ER|SU", True, False),
        (b"||| al | al ", True, True),
    ],
)
def test_msh_15_and_16_say_which_answers_are_due(modes: bytes, is_answered: bool, is_told: bool) -> None:
    asked = read_asked(ORIGINAL + modes + b"\rPID|1\r")
    assert (asked.control_id, asked.is_answered, asked.is_told_the_result) == ("4711", is_answered, is_told)


@pytest.mark.parametrize("content", [b"", b"PID|1", b"MSH", b"MSH|", b"\xff\xfe"])
def test_what_has_no_header_is_no_message(content: bytes) -> None:
    with pytest.raises(MessageError):
        read_asked(content)


def test_the_head_may_be_in_any_character_set_and_come_after_a_byte_order_mark() -> None:
    assert read_asked("MSH|^~\\&|Ä|山|||||ORM|7|P|2.5".encode()).control_id == "7"
    assert read_asked(b"MSH|^~\\&|\xc4||||||ORM|7|P|2.5").control_id == "7"


@pytest.mark.parametrize("framing", [b"\x0b", b"\x1c\r"])
def test_what_would_break_its_frame_cannot_be_sent(framing: bytes) -> None:
    check_sendable(ORIGINAL + b"\rNTE|1||note\r")
    with pytest.raises(MessageError, match="frame"):
        check_sendable(ORIGINAL + b"\rNTE|1||no" + framing + b"te\r")


def test_what_has_no_control_id_cannot_be_sent_again() -> None:
    with pytest.raises(MessageError) as caught:
        check_sendable(ORIGINAL.replace(b"4711", b" "))
    assert (caught.value.code, caught.value.where) == ("message.no-control-id", "MSH-10")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("AA", Verdict.ACCEPTED),
        ("CA", Verdict.ACCEPTED),
        ("AE", Verdict.REFUSED),
        ("CE", Verdict.REFUSED),
        ("AR", Verdict.REJECTED),
        ("CR", Verdict.REJECTED),
        (" aa ", Verdict.ACCEPTED),
        ("OK", None),
    ],
)
def test_an_acknowledgement_means_one_of_three_things(code: str, verdict: Verdict | None) -> None:
    answer = read_answer(f"MSH|^~\\&|C|D|A|B|||ACK|1|P|2.5\rMSA|{code}|4711\r".encode())
    assert (answer.verdict, answer.control_id, answer.text) == (verdict, "4711", "")
    assert answer.is_commit is (code == "CA")


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ("MSA|AE|1|The patient is \\T\\ was unknown.\r", "The patient is & was unknown."),
        ("MSA|AE|1|old\rERR||PID^1^3|101^Required^HL70357|E||||No patient ID.\r", "No patient ID."),
        ("MSA|AE|1\rERR||PID^1^3|101^Required field missing^HL70357|E\r", "Required field missing"),
        ("MSA|AR|1|Für später\r", "Für später"),
    ],
)
def test_the_text_for_a_person_is_where_the_receiver_put_it(segments: str, text: str) -> None:
    content = f"MSH|^~\\&|C|D|A|B|||ACK|1|P|2.5||||||8859/1\r{segments}"
    assert read_answer(content.encode("latin_1")).text == text


def test_an_acknowledgement_in_a_set_that_nobody_knows_is_read_all_the_same() -> None:
    answer = read_answer(b"MSH|^~\\&|C|D|A|B|||ACK|1|P|2.5||||||KLINGON\rMSA|AA|4711|\xe4\r")
    assert (answer.verdict, answer.control_id) == (Verdict.ACCEPTED, "4711")


@pytest.mark.parametrize("content", [b"", b"hello", b"MSH|^~\\&|C\r", b"MSH|^~\\&|C\rMSA||4711\r"])
def test_what_has_no_msa_1_is_no_acknowledgement(content: bytes) -> None:
    with pytest.raises(MessageError):
        read_answer(content)
