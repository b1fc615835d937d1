import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.hl7.framing import wrap
from openworklist.hl7.stretches import Kind
from openworklist.services.doctor.finding import Level
from openworklist.services.doctor.framing import Explanation, explain

ORDER = b"MSH|^~\\&|RIS|H|OW|RAD|20260314||ORM^O01|M1|P|2.5\rPID|1||P1||DOE^JANE\rORC|NW|1\rOBR|1\r"

AFTER = f"0x{len(ORDER) + 1:X}"  # where its frame goes on


def remarks_of(explanation: Explanation) -> list[str]:
    return [remark.sentence for each in explanation.stretches for remark in each.remarks]


def test_a_message_as_it_should_be_has_no_remark() -> None:
    explanation = explain(wrap(ORDER))

    (only,) = explanation.stretches
    assert (explanation.level, only.remarks) == (Level.OK, ())
    assert only.summary == "type ORM^O01, control ID M1"
    assert only.does == "takes it as a message and answers it"
    assert explanation.sentence == f"{len(ORDER) + 3} bytes: message (1)."


# What arrives, the level, and words of the sentence that says why.
FAULTS = [
    (ORDER, Level.PROBLEM, "A message without 0x0B before it: it begins with MSH."),
    (ORDER + b"\x1c\r", Level.PROBLEM, "A message without 0x0B before it"),
    (b"\x02" + ORDER + b"\x03", Level.PROBLEM, "framed by 0x02 and 0x03"),
    (b"<VT>" + ORDER + b"<FS><CR>", Level.PROBLEM, "written out as text"),
    (b"\\x0b" + ORDER, Level.PROBLEM, "written out as text"),
    (b"\x00\x5a" + ORDER, Level.PROBLEM, "2 bytes, 0x00 (NUL) 0x5A (Z) stands before it instead"),
    (b"\x1c\r", Level.PROBLEM, "without a beginning"),
    (b"hello", Level.PROBLEM, "Outside of any message: 5 bytes, 0x68 (h)"),
    (b"FHS|^~\\&\rBHS|^~\\&\r" + ORDER, Level.PROBLEM, "A batch file without frames"),
    (b"\x0b" + ORDER, Level.PROBLEM, "The stream ends before the message does"),
    (
        b"\x0b" + ORDER + wrap(ORDER),
        Level.PROBLEM,
        f"0x1C 0x0D is missing: the next message begins at {AFTER}",
    ),
    (b"\x0b" + ORDER + b"\x1c", Level.WARNING, "ends in 0x1C without 0x0D"),
    (b"\x0b" + ORDER + b"\x1c" + wrap(ORDER), Level.WARNING, "ends in 0x1C without 0x0D"),
    (
        b"\x0b" + ORDER + b"\x1c\n",
        Level.PROBLEM,
        f"instead of 0x0D (CR) at {AFTER}: that ends no message",
    ),
    (wrap(ORDER) + b"\n", Level.OK, "ends its messages in 0x1C 0x0D 0x0A"),
    (wrap(ORDER) + b"\r\n\x00", Level.OK, "does no harm"),
    (b"\x0b" + wrap(ORDER), Level.WARNING, "0x0B stands twice"),
    (b"\x0b", Level.PROBLEM, "The stream ends after 0x0B"),
    (wrap(b""), Level.PROBLEM, "nothing between the framing bytes"),
    (wrap(b"hello"), Level.PROBLEM, "does not begin with an MSH segment. [MSH]"),
    (wrap(b"##" + ORDER), Level.PROBLEM, "Before MSH: 2 bytes, 0x23 (#) 0x23 (#)."),
    (wrap(b"D23\r" + ORDER), Level.PROBLEM, "hybrid lower layer protocol"),
    (wrap(b"FHS|^~\\&\r" + ORDER), Level.PROBLEM, "A batch"),
    (wrap(b"<ORM_O01/>"), Level.PROBLEM, "Between the framing bytes is XML"),
    (wrap(b"\xef\xbb\xbf" + ORDER), Level.OK, "byte order mark"),
    (wrap(b"\r\n" + ORDER), Level.OK, "Before MSH: 2 bytes, 0x0D (CR) 0x0A (LF)."),
    (wrap(ORDER.replace(b"\r", b"\n")), Level.OK, "There are: 4 LF."),
    (wrap(ORDER.replace(b"\r", b"\r\n")), Level.OK, "There are: 4 CR LF."),
    (wrap(ORDER.replace(b"\r", b"")), Level.PROBLEM, "Nothing separates the segments"),
    (wrap(ORDER + ORDER), Level.PROBLEM, f"2 messages stand in one frame: MSH comes again at {AFTER}."),
    (wrap(ORDER.replace(b"DOE", b"D\x1cE")), Level.WARNING, "0x1C without 0x0D after it stands inside"),
    (
        wrap(ORDER.replace(b"DOE", b"D\x00E")),
        Level.WARNING,
        f"The first is 0x00 (NUL), at 0x{ORDER.index(b'DOE') + 2:X}.",
    ),
    (wrap(ORDER.replace(b"ORM^O01", b"")), Level.PROBLEM, "does not say of which type"),
    (wrap(ORDER.replace(b"2.5\r", b"2.5||||||KANJI\r").replace(b"E^", b"\xff^")), Level.PROBLEM, ""),
    (("\x0b" + ORDER.decode() + "\x1c\r").encode("utf_16_le"), Level.PROBLEM, "UTF-16"),
    (("\x0b" + ORDER.decode() + "\x1c\r").encode("utf_16_be"), Level.PROBLEM, "UTF-16"),
    (("\x0b" + ORDER.decode() + "\x1c\r").encode("utf_16"), Level.PROBLEM, "UTF-16"),
    (wrap(ORDER.decode().encode("utf_16")), Level.PROBLEM, "UTF-16"),
    (b"\x101.2.3\r", Level.OK, "A token query"),
    (b"\x10" + b"9" * 300 + b"\r", Level.WARNING, "too long for a token query"),
    (b"\x101.2.3" + wrap(ORDER), Level.PROBLEM, "0x10 outside of a message begins a token query"),
]


@pytest.mark.parametrize(
    ("stream", "level", "words"), FAULTS, ids=[f"{i}-{words[:40]}" for i, (*_, words) in enumerate(FAULTS)]
)
def test_what_is_wrong_is_said(stream: bytes, level: Level, words: str) -> None:
    explanation = explain(stream)

    assert explanation.level is level
    assert any(words in sentence for sentence in remarks_of(explanation)) or not words
    assert all(0 <= r.offset <= len(stream) for each in explanation.stretches for r in each.remarks)


LANGUAGES = [
    (b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP"),
    (b"POST /hl7 HTTP/1.1\r\n\r\n\x0bMSH|", "HTTP"),
    (bytes.fromhex("1603010200010001fc0303"), "TLS"),
    (bytes.fromhex("0100000000cd00010000") + b"OPENWORKLIST    ", "DICOM"),
    (b"\x00" * 128 + b"DICM", "a DICOM file"),
    (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH"),
    (bytes.fromhex("fffd18fffd20"), "a telnet dialogue"),
    (b'<?xml version="1.0"?>', "XML"),
    (b'{"resourceType": "Bundle"}', "JSON"),
]


@pytest.mark.parametrize(("stream", "name"), LANGUAGES, ids=[name for _, name in LANGUAGES])
def test_another_language_is_named_and_nothing_else_said(stream: bytes, name: str) -> None:
    explanation = explain(stream)

    assert explanation.level is Level.PROBLEM
    assert explanation.sentence == f"This is {name}, not HL7 over MLLP."
    assert remarks_of(explanation) == []


def test_no_bytes_are_a_problem() -> None:
    assert (explain(b"").level, explain(b"").sentence) == (Level.PROBLEM, "There are no bytes.")


def test_a_message_over_the_limit_is_told() -> None:
    (only,) = explain(wrap(ORDER), max_message=50).stretches

    assert only.stretch.kind is Kind.OVERSIZE
    assert (
        only.remarks[0].sentence == f"The message has {len(ORDER)} bytes, which is more than hl7_max_message."
    )


def test_a_message_over_the_limit_that_broke_off_gets_no_answer() -> None:
    half, whole = explain(b"\x0b" + ORDER + wrap(b"MSH|"), max_message=50).stretches

    assert half.stretch.kind is Kind.OVERSIZE_HALF
    assert half.does.endswith("answers nothing")
    assert whole.stretch.kind is Kind.MESSAGE


def test_what_the_server_refuses_is_told_with_its_answer() -> None:
    (only,) = explain(wrap(b"hello")).stretches

    assert only.does == "refuses it and answers AR (message.unreadable)"


def test_the_middle_of_a_long_message_is_left_out_of_the_dump() -> None:
    (only,) = explain(wrap(ORDER + b"NTE|1||" + b"x" * 1000 + b"\r")).stretches

    lines = only.dump()
    assert len(lines) == 7
    assert lines[0].startswith(
        "00000000  0B 4D 53 48 7C 5E 7E 5C  26 7C 52 49 53 7C 48 7C  <VT>MSH|^~\\&|RIS|H|"
    )
    assert lines[4] == f"...       {len(ORDER) + 1011 - 96} bytes left out"
    assert lines[-1].endswith("<CR><FS><CR>")


def test_there_is_an_end_to_what_is_explained() -> None:
    explanation = explain(b"\x0b" * 1000, most=10)

    assert (len(explanation.stretches), explanation.rest) == (10, 990)


@given(
    st.lists(
        st.sampled_from([b"\x0b", b"\x1c\r", b"\x1c\n", b"\x10", b"MSH|^~\\&|", b"\r\n", b"\xff\xfe", ORDER])
        | st.binary(max_size=20),
        max_size=12,
    ).map(b"".join),
    st.integers(1, 200),
)
def test_whatever_comes_is_explained_byte_by_byte(stream: bytes, limit: int) -> None:
    explanation = explain(stream, max_message=limit, most=8)

    places = [(each.stretch.start, each.stretch.end) for each in explanation.stretches]
    assert places == list(zip([0, *(end for _, end in places)], [end for _, end in places], strict=False))
    assert (places[-1][1] if places else 0) + explanation.rest == len(stream)
    for each in explanation.stretches:
        assert all(each.stretch.start <= remark.offset <= each.stretch.end for remark in each.remarks)
        assert each.dump()
