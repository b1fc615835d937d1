"""A patient goes every way there is through a whole server, and is named in no line of its log."""

import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from openworklist.clients.mllp import send_message
from openworklist.hl7.framing import wrap, wrap_token
from players.hospital import make_order
from players.line import Line
from players.modality import connect, make_begin, make_end, make_request
from players.scanner import ask, ask_for_status, make_question

NAME = "Quetzalcoatl^Xochitl"
GREEK = "Ξενοφωντίδου^Φιλομήλα"
LATIN = "Żółkiewski^Łucjan"
ID = "PSEUDO4711"
# What must be nowhere, as text and in every way in which a log might write it.
SECRETS = [part for name in (NAME, GREEK, LATIN) for part in name.split("^")] + [ID]


def spellings(secret: str) -> set[bytes]:
    forms = {secret, secret.upper(), secret.lower(), ascii(secret)[1:-1], repr(secret.encode("utf_8"))[2:-1]}
    found = {form.encode("utf_8") for form in forms}
    for codec in ("iso8859_2", "iso8859_7", "utf_16_le"):
        coded = secret.encode(codec, "ignore")
        found |= {coded, repr(coded)[2:-1].encode()} if len(coded) >= len(secret) else set()
    return found


def command(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    program = Path(sys.executable).with_name("openworklist")
    return subprocess.run([str(program), *arguments], capture_output=True, timeout=60)


def send_orders(port: int) -> None:
    """Accepted, repeated, changed, refused for every reason, too long, broken off, and no orders at all."""

    def answer(raw: bytes) -> bytes:
        return send_message("127.0.0.1", port, raw)

    for number, name, charset, codec in (
        (ID, NAME, "", "ascii"),
        (f"{ID}G", GREEK, "8859/7", "iso8859_7"),
        (f"{ID}L", LATIN, "8859/2", "iso8859_2"),
        (f"{ID}U", f"{GREEK}~{LATIN}", "UNICODE UTF-8", "utf_8"),
    ):
        raw = make_order(number, name, charset=charset, codec=codec)
        assert b"MSA|AA|" in answer(raw)
        assert b"MSA|AA|" in answer(raw)
    for control, time in (("NW", "08"), ("XO", "07"), ("CA", "09"), ("XO", "10")):
        raw = make_order(f"{ID}X", NAME, control=control, time=f"20260314{time}0000")
        assert b"MSA|AA|" in answer(raw)
    good = make_order(ID, NAME).decode()
    for kind, lines in (
        ("ADT^A08", f"PID|||{ID}^^^HOSP||{NAME}\r"),
        ("ADT^A08", f"PID|||||{NAME}\r"),
        ("ADT^A40", f"PID|||{ID}Y||{NAME}\rMRG|{ID}X\r"),
        ("ADT^A02", f"PID|||{ID}||{NAME}\r"),
        ("SIU^S12", f"SCH|{ID}\rPID|||{ID}||{NAME}\rAIS|1||CT1^{NAME}\r"),
        ("SIU^S15", f"SCH|{ID}9\rPID|||{ID}||{NAME}\r"),
    ):
        assert b"MSA|AA|" in answer(
            f"MSH|^~\\&|RIS|H|||20260314120000||{kind}|{kind}|P|2.5\r{lines}".encode()
        )
    assert b"MSA|AA|" in answer(make_order(f"{ID}X", NAME, control="XO", time="20260314130000"))
    refused = (
        good.replace(f"|||{ID}^^^HOSP|", "||||"),
        good.replace("ORM^O01", "ORU^R01"),
        good.replace("ORM^O01", NAME),
        good.replace("MSH|", f"{NAME}|"),
        good.partition("ORC")[0],
        good + "ORC|NW|\rOBR|2\r",
        good + f"PID|||OTHER||{NAME}\r" + good.partition("\r")[2],
        NAME,
    )
    for text in refused:
        assert re.search(rb"MSA\|A[ER]\|", answer(text.encode()))
    assert b"MSA|AE|" in answer(make_order(ID, GREEK, charset="UNICODE UTF-8", codec="iso8859_7"))
    assert b"MSA|AA|" in answer(make_order(ID, NAME, charset=NAME, time="20260314110000"))
    assert b"MSA|AR|" in answer(make_order(ID, NAME, comment=NAME * 5_000))
    with Line(port) as line:
        line.send(NAME.encode() + wrap_token(ID.encode()))
        assert line.read_exactly(2) == b"\x10\r"
        line.send(b"\x10" + NAME.encode() * 100)
        line.send(wrap(GREEK.encode()))
        line.read_frame()
        line.send(b"\x0b" + make_order(ID, NAME)[:150])
        line.end()
        line.read_rest()
    with Line(port) as line:
        line.send(b"\x0b" + make_order(ID, NAME)[:150])


def ask_questions(port: int) -> None:
    """By name in every script, not to be understood, and garbage before and within an association."""
    assert len(ask(port, make_question(PatientName="QUETZAL*"))) >= 1
    assert len(ask(port, make_question(PatientName=f"{GREEK[:5]}*", charset="ISO_IR 192"))) >= 1
    assert ask(port, make_question(PatientID=f"{ID}L"))[0].PatientName == LATIN
    wrong = make_question(PatientName=NAME)
    wrong.QueryRetrieveLevel = "STUDY"
    assert ask_for_status(port, wrong)[0][0] == 0xFF01
    unknown = make_question(PatientName=NAME)
    unknown.PatientComments = NAME
    assert ask_for_status(port, unknown)[0][0] == 0xFF01
    several = make_question(PatientName=NAME)
    several.ScheduledProcedureStepSequence.append(several.ScheduledProcedureStepSequence[0])
    assert ask_for_status(port, several)[-1][0] == 0xC001
    garbage = NAME.encode() * 40
    for sent in (
        garbage,
        b"\1\0" + len(garbage).to_bytes(4, "big") + garbage,
        b"\4\0" + len(garbage).to_bytes(4, "big") + garbage,
    ):
        with Line(port) as line:
            line.send(sent)
            line.end()
            line.read_rest()


def perform_steps(port: int) -> None:
    """Begun, changed, refused for each reason, and not to be read."""
    begin = make_begin(make_request(AccessionNumber=ID), PatientName=NAME, PatientID=ID)
    wrong = make_begin(make_request(), PatientName=NAME, PerformedProcedureStepStatus="COMPLETED")
    with connect(port) as modality:
        assert modality.create(wrong, "1.2.3").Status == 0x0106
        assert modality.create(begin, "1.2.3").Status == 0
        assert modality.create(begin, "1.2.3").Status == 0x0111
        assert modality.set("1.2.3", make_end(PerformedSeriesSequence=[])).Status == 0x0121
        assert modality.set("1.2.3", make_end(PatientName=NAME)).Status == 0
        assert modality.set("1.2.3", make_end()).Status == 0x0110


def use_web(port: int) -> None:
    for path in (f"/{NAME}", f"/readyz?name={NAME}"):
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path, headers={"X-Patient": NAME})
        assert connection.getresponse().status in (200, 404)
        connection.close()
    with Line(port) as line:
        line.send(f"{NAME}\r\n\r\n".encode())
        line.end()
        line.read_rest()


def use_commands(server: Any, folder: Path) -> list[bytes]:
    """What the commands that name a patient wrote to stderr; their output is for those who asked."""
    file = folder / "order.hl7"
    file.write_bytes(make_order(f"{ID}C", NAME))
    dicom = f"127.0.0.1:{server.dicom}"
    runs = [
        command("send", str(file), "--to", f"127.0.0.1:{server.hl7}"),
        command("find", dicom, "--name", "Quetzal*", "--json"),
        command("find", dicom, "-k", f"MedicalAlerts={NAME}"),
        command("records", "list", "--data", str(server.data)),
    ]
    assert [run.returncode for run in runs] == [0, 0, 0, 0]
    assert NAME.encode() in runs[1].stdout
    assert NAME.encode() in runs[3].stdout  # it is there to be found
    return [run.stderr for run in runs]


def test_a_patient_is_named_in_no_line_of_the_log(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--hl7-max-message", "50000", "--log-level", "INFO")
    send_orders(server.hl7)
    ask_questions(server.dicom)
    perform_steps(server.dicom)
    use_web(server.web)
    errors = use_commands(server, tmp_path)
    assert server.stop() == 0
    log = server.log.read_bytes()
    counted = dict(re.findall(rb"(\w+)=(\d+)", log.splitlines()[-1]))
    assert int(counted[b"messages_applied"]) >= 5
    assert int(counted[b"messages_refused"]) >= 10
    assert int(counted[b"questions"]) >= 5
    assert int(counted[b"steps_refused"]) >= 4
    for text in (log, server.said.encode(), *errors):
        found = [secret for secret in SECRETS for each in spellings(secret) if each in text]
        assert found == [], text.decode("utf_8", "replace")
