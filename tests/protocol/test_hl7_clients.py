"""python-hl7 and hl7apy build orders, send them to a whole server, and read its answers."""

from collections.abc import Callable
from typing import Any, NamedTuple

import hl7
import pytest
from hl7.client import MLLPClient
from hl7apy.core import Message
from hl7apy.parser import parse_message

from openworklist.hl7.framing import wrap
from players.hospital import make_order
from players.line import Line
from players.scanner import ask, make_question

VERSIONS = ("2.3", "2.3.1", "2.5.1", "2.8")


class Answer(NamedTuple):
    """What a library read in an acknowledgement; of ERR the place, the condition and the severity."""

    kind: str
    control_id: str
    code: str
    text: str
    errors: tuple[tuple[str, str, str], ...] = ()


def read_by_python_hl7(raw: bytes) -> Answer:
    message = hl7.parse(raw)
    found = message[1:]
    errors = tuple(_error_of_python_hl7(segment) for segment in found if str(segment[0]) == "ERR")
    return Answer(
        str(message["MSH.F9.R1.C1"]),
        str(message["MSA.F2"]),
        str(message["MSA.F1"]),
        str(message.extract_field("MSA", 1, 3)),
        errors,
    )


def _error_of_python_hl7(segment: Any) -> tuple[str, str, str]:
    if segment.extract_field(1, 1):  # before v2.5 all of it is in ERR-1
        place = "-".join(segment.extract_field(1, 1, 1, number) for number in (1, 3))
        return place, segment.extract_field(1, 1, 1, 4, 1), ""
    place = "-".join(segment.extract_field(1, 2, 1, number) for number in (1, 3))
    return place, segment.extract_field(1, 3, 1, 1), segment.extract_field(1, 4)


def read_by_hl7apy(raw: bytes) -> Answer:
    message = parse_message(raw.decode())
    if message.version != "2.3":
        # Of v2.3, whose MSH-9 names no structure, it knows none to validate.
        assert message.validate()
    return Answer(
        message.msh.msh_9.msh_9_1.value,
        message.msa.msa_2.value,
        message.msa.msa_1.value,
        message.msa.msa_3.value or "",
        tuple(map(_error_of_hl7apy, message.err)) if "ERR" in raw.decode() else (),
    )


def _error_of_hl7apy(segment: Any) -> tuple[str, str, str]:
    if segment.version < "2.5":
        # Its tables do not name the parts of ERR-1.4.
        name, _, number, code = (each.to_er7() for each in segment.err_1[0].children)
        return f"{name}-{number}", code.partition("&")[0], ""
    place = f"{segment.err_2.err_2_1.value}-{segment.err_2.err_2_3.value}"
    return place, segment.err_3.err_3_1.value, segment.err_4.value


READERS: tuple[Callable[[bytes], Answer], ...] = (read_by_python_hl7, read_by_hl7apy)


def exchange_by_python_hl7(port: int, raw: bytes) -> bytes:
    with MLLPClient("127.0.0.1", port) as client:
        answer: bytes = client.send_message(hl7.parse(raw))
    assert answer.startswith(b"\x0b")
    assert answer.endswith(b"\x1c\r")
    return answer[1:-2]


def exchange_by_hl7apy(port: int, raw: bytes) -> bytes:
    """It has no client: its message in its framing, over a line."""
    with Line(port) as line:
        line.send(parse_message(raw.decode(), find_groups=False).to_mllp().encode())
        return line.read_frame()


EXCHANGES = (exchange_by_python_hl7, exchange_by_hl7apy)


def of_version(raw: bytes, version: str) -> bytes:
    return raw.replace(b"|2.3.1|", f"|{version}|".encode(), 1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_an_order_is_taken_and_its_answer_understood(server: Any, exchange: Any, version: str) -> None:
    number = f"{exchange.__name__[12:]}{version}"
    raw = of_version(make_order(number, "Żółkiewski^Łucjan", charset="UNICODE UTF-8"), version)

    answer = exchange(server.hl7, raw)

    for read in READERS:
        assert read(answer) == Answer("ACK", f"{number}-NW-20260314080000", "AA", "")
    (found,) = ask(server.dicom, make_question(PatientID=number, charset="ISO_IR 192"))
    assert (found.PatientName, found.AccessionNumber) == ("Żółkiewski^Łucjan", f"A{number}"[:16])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_refusal_is_understood_with_its_place(server: Any, exchange: Any, version: str) -> None:
    raw = of_version(make_order("", control_id="NOBODY"), version)

    answer = exchange(server.hl7, raw)

    is_new = version >= "2.5"
    text = "" if version == "2.8" else "The order has no patient."  # MSA-3 was withdrawn in v2.7
    error = ("PID-3", "101", "E" if is_new else "")
    for read in READERS:
        assert read(answer) == Answer("ACK", "NOBODY", "AE", text, (error,))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_type_that_is_not_taken_is_rejected(server: Any, exchange: Any, version: str) -> None:
    raw = of_version(make_order("1", control_id="MDM"), version).replace(b"ORM^O01", b"MDM^T02")

    answer = exchange(server.hl7, raw)

    for read in READERS:
        found = read(answer)
        assert found[:3] == ("ACK", "MDM", "AR")
        assert found.errors == (("MSH-9", "200", "E" if version >= "2.5" else ""),)


def test_a_warning_beside_aa_is_read_as_one(server: Any) -> None:
    raw = of_version(make_order("NEVER", control="CA", control_id="CANCEL"), "2.5.1")

    answer = exchange_by_python_hl7(server.hl7, raw)

    for read in READERS:
        found = read(answer)
        assert found[:3] == ("ACK", "CANCEL", "AA")
        assert [(condition, severity) for _, condition, severity in found.errors] == [("204", "W")]


@pytest.mark.parametrize(
    ("version", "structure"), [("2.3", "ORM_O01"), ("2.5.1", "OMG_O19"), ("2.8", "OMG_O19")]
)
def test_an_order_that_hl7apy_builds_arrives_whole(server: Any, version: str, structure: str) -> None:
    number = f"BUILT{version}"
    message = Message(structure, version=version)  # in v2.8 its MSH-2 has a truncation character
    message.msh.msh_3 = "APY"
    message.msh.msh_9 = structure.replace("_", "^")
    message.msh.msh_10 = number
    patient = message.add_group(f"{structure}_PATIENT")
    patient.pid.pid_3 = f"{number}^^^HOSP"
    patient.pid.pid_5 = "O'Neill|x^Jane"
    order = message.add_group(f"{structure}_ORDER")
    order.orc.orc_1 = "NW"
    order.orc.orc_2 = f"A{number}"
    detail = order.add_group("ORM_O01_ORDER_DETAIL") if structure == "ORM_O01" else order
    detail.obr.obr_4 = "RP^CT Head"
    # It leaves the places of fields that v2.8 withdrew out, so that OBR-18 stands in OBR-16.
    modality = "" if version == "2.8" else "CT"
    detail.obr.obr_18 = modality

    with Line(server.hl7) as line:
        line.send(message.to_mllp().encode())
        answer = line.read_frame()

    for read in READERS:
        assert read(answer)[1:3] == (number, "AA")
    (found,) = ask(server.dicom, make_question(PatientID=number))
    assert found.PatientName == "O'Neill|x^Jane"
    assert found.ScheduledProcedureStepSequence[0].Modality == modality


def test_a_message_that_python_hl7_builds_and_escapes_arrives_whole(server: Any) -> None:
    message = hl7.parse(make_order("ESCAPED"))
    letters = "CT | head ^ neck ~ both \\ sides & more"
    message.assign_field(message.escape(letters), "OBR", 1, 4, 1, 2)
    with MLLPClient("127.0.0.1", server.hl7) as client:
        assert b"MSA|AA|ESCAPED" in client.send_message(message)

    (found,) = ask(server.dicom, make_question(PatientID="ESCAPED"))

    # DICOM's single lines hold no backslash.
    assert found.RequestedProcedureDescription == letters.replace("\\", "/")


def test_its_client_sends_many_over_one_connection(server: Any) -> None:
    with MLLPClient("127.0.0.1", server.hl7) as client:
        for turn in range(20):
            answer = client.send_message(make_order(f"MANY{turn}"))
            assert read_by_python_hl7(answer[1:-2])[1:3] == (f"MANY{turn}-NW-20260314080000", "AA")
        # Two in one write: it reads what comes, and both answers do.
        answers = client.send(wrap(make_order("MANYX")) + wrap(make_order("MANYY")))
        while answers.count(b"\x1c\r") < 2:
            answers += client.socket.recv(4096)
    assert [b"MSA|AA|MANYX" in each or b"MSA|AA|MANYY" in each for each in answers.split(b"\x1c\r")] == [
        True,
        True,
        False,
    ]
