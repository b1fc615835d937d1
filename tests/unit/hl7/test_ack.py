import pytest

from openworklist.domain.errors import (
    CharsetError,
    MessageError,
    OpenWorklistError,
    OrderError,
    StoreBusy,
    UnsupportedMessage,
)
from openworklist.hl7.ack import NO_HEADER, Problem, acknowledge, explain, read_header, warn
from openworklist.hl7.message import parse


def header(
    version: str = "2.5.1", event: str = "ORM^O01^ORM_O01", charset: str = "", msh2: str = "^~\\&"
) -> str:
    parties = "HIS|CLINIC|OWL|RADIOLOGY"
    return f"MSH|{msh2}|{parties}|20260314101500||{event}|MSG-1|P|{version}||||||{charset}\rPID|||1\r"


def answer(text: str, code: str = "AA", *problems: Problem, codec: str = "utf_8") -> str:
    raw = acknowledge(
        read_header(text, codec), code, now="20260314101501", control_id="A1", problems=problems
    )
    return raw.decode(codec)


def test_an_acceptance() -> None:
    assert answer(header()) == (
        "MSH|^~\\&|OWL|RADIOLOGY|HIS|CLINIC|20260314101501||ACK^O01^ACK|A1|P|2.5.1\rMSA|AA|MSG-1\r"
    )


@pytest.mark.parametrize(
    ("version", "event", "type"),
    [
        ("2.3.1", "ORM^O01", "ACK^O01^ACK"),
        ("2.3", "ORM^O01", "ACK"),
        ("2.2", "ORM^O01", "ACK"),
        ("", "ORM^O01", "ACK"),
        ("2.5", "ORM", "ACK"),
        ("2.5", "OMI^O23^OMI_O23", "ACK^O23^ACK"),
        ("2.5.1^DEU", "ADT^A08", "ACK^A08^ACK"),
    ],
)
def test_its_type_follows_the_version(version: str, event: str, type: str) -> None:
    assert parse(answer(header(version, event))).get("MSH-9") == type


def test_the_character_set_is_echoed_and_used() -> None:
    text = header(charset="8859/1").replace("HIS", "KÜHN")
    raw = acknowledge(read_header(text, "latin_1"), "AA", now="", control_id="A1")
    assert b"|K\xdcHN|" in raw
    assert parse(raw.decode("latin_1")).get("MSH-18") == "8859/1"


def test_letters_that_the_senders_set_lacks_become_question_marks() -> None:
    text = answer(header(), "AE", Problem(102, "Not good: 山"), codec="ascii")
    assert parse(text).get("ERR-8") == "Not good: ?"


REFUSAL = Problem(101, "There is no patient ID.", "PID-3.1", "order.field-missing")


def test_a_refusal_since_v2_5() -> None:
    message = parse(answer(header(), "AE", REFUSAL))
    assert message.get("MSA-1") == "AE"
    assert message.get("MSA-3") == "There is no patient ID."
    assert message.get("ERR-2") == "PID^1^3^1^1"
    assert message.get("ERR-3") == "101^Required field missing^HL70357"
    assert message.get("ERR-4") == "E"
    assert message.get("ERR-5") == "order.field-missing^^HL70533"
    assert message.get("ERR-8") == "There is no patient ID."


def test_a_refusal_before_v2_5() -> None:
    message = parse(answer(header("2.3.1"), "AE", REFUSAL))
    assert message.get("ERR-1") == "PID^1^3^101&Required field missing&HL70357&order.field-missing&&L"


def test_a_code_is_escaped_where_a_sender_separates_by_its_letters() -> None:
    text = header(msh2=".~\\&").replace("ORM^O01^ORM_O01", "ORM.O01")
    assert parse(answer(text, "AE", REFUSAL)).get("ERR-5.1") == "order\\S\\field-missing"


def test_a_problem_without_code_says_only_what_hl7_says() -> None:
    message = parse(answer(header(), "AE", Problem(101, "No.")))
    assert (message.get("ERR-3.1"), message.get("ERR-5"), message.get("ERR-8")) == ("101", "", "No.")
    assert parse(answer(header("2.3"), "AE", Problem(101, "No."))).get("ERR-1").endswith("HL70357")


WARNING = Problem(204, "That order is not here.", "ORC-2", severity="W")


def test_a_warning_beside_an_acceptance_since_v2_5() -> None:
    message = parse(answer(header(), "AA", WARNING))
    assert (message.get("MSA-1"), message.get("MSA-3")) == ("AA", "That order is not here.")
    assert message.get("ERR-2") == "ORC^1^2^1"
    assert message.get("ERR-3") == "204^Unknown key identifier^HL70357"
    assert (message.get("ERR-4"), message.get("ERR-8")) == ("W", "That order is not here.")


@pytest.mark.parametrize("version", ["2.1", "2.3", "2.3.1", "2.4"])
def test_a_warning_before_v2_5_is_a_text_alone(version: str) -> None:
    """An ERR of old cannot say that it is no error."""
    message = parse(answer(header(version), "AA", WARNING))
    assert message.get("MSA-3") == "That order is not here."
    assert [segment.name for segment in message.segments] == ["MSH", "MSA"]


def test_a_place_that_is_no_path_is_left_out() -> None:
    assert parse(answer(header(), "AR", Problem(100, "No.", "MSH"))).get("ERR-2") == "MSH^1"
    assert parse(answer(header("2.3"), "AR", Problem(100, "No.", "elsewhere"))).get("ERR-1.4.1") == "100"


def test_msa_3_is_gone_since_v2_7() -> None:
    message = parse(answer(header("2.7"), "AE", Problem(101, "No.")))
    assert message.get("MSA-3") == ""
    assert message.get("ERR-8") == "No."


def test_the_delimiters_are_the_senders() -> None:
    text = "MSH$%*!@$HIS$CLINIC$OWL$RAD$2026$$ORM%O01$7$P$2.5"
    problem = Problem(101, "A $ too much", "PID-3")
    assert answer(text, "AE", problem).startswith(
        "MSH$%*!@$OWL$RAD$HIS$CLINIC$20260314101501$$ACK%O01%ACK$A1$P$2.5\r"
    )
    assert "!F!" in answer(text, "AE", problem)


def test_a_sender_without_escape_character_gets_none() -> None:
    message = parse(answer(header(msh2="^~&"), "AE", Problem(101, "a|b^c")))
    assert message.get("MSH-2") == "^~&"
    assert message.get("ERR-8") == "a b c"


def test_a_wrapped_header_gives_the_whole_control_id() -> None:
    text = header().replace("MSG-1", "MSG\n-1")
    assert parse(answer(text)).get("MSA-2") == "MSG-1"


@pytest.mark.parametrize("text", ["", "garbage", "MSH", "MSHx", "MSH\r0", "PID|1", "\x00\xff"])
def test_even_a_message_without_header_is_answered(text: str) -> None:
    assert read_header(text, "latin_1") is NO_HEADER
    message = parse(answer(text, "AR", Problem(100, "No MSH.")))
    assert message.get("MSA-1") == "AR"


def test_a_header_that_breaks_off_is_answered_with_what_is_there() -> None:
    message = parse(answer("MSH|^~\\&|HIS|CLI", "AR", Problem(100, "Broke off.")))
    assert message.get("MSH-5") == "HIS"
    assert message.get("MSH-6") == "CLI"


def test_a_header_without_end_is_bounded() -> None:
    assert len(answer("MSH|^~\\&|" + "x" * 1_000_000)) < 5000


def test_enhanced_mode_fields_do_no_harm() -> None:
    text = "MSH|^~\\&|HIS|C|OWL|C|2026||ORM^O01|7|P|2.5|||AL|NE\r"
    assert parse(answer(text)).get("MSA-2") == "7"


@pytest.mark.parametrize(
    ("error", "code", "condition"),
    [
        (UnsupportedMessage("x"), "AR", 200),
        (MessageError("x"), "AR", 100),
        (CharsetError("x"), "AE", 102),
        (OrderError("x"), "AE", 101),
        (OrderError("x", code="order.field-missing"), "AE", 101),
        (OrderError("x", code="order.identity-conflict"), "AE", 205),
        (OrderError("x", code="order.too-many-steps"), "AE", 100),
        (StoreBusy("x"), "AR", 207),
    ],
)
def test_every_error_has_its_answer(error: OpenWorklistError, code: str, condition: int) -> None:
    assert explain(error) == (code, Problem(condition, "x", code=error.code))


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        ("order.unknown", 204),
        ("order.identity-conflict", 205),
        ("order.older", 0),
        ("order.ended", 0),
        ("order.no-procedure", 0),
    ],
)
def test_what_was_asked_for_in_vain_is_a_warning(code: str, condition: int) -> None:
    problem = warn(OrderError("x", where="OBR[2]-4", code=code))
    assert (problem.condition, problem.where, problem.severity) == (condition, "OBR[2]-4", "W")
