"""A HIS asks the whole server for tokens, as the manual's examples do, and keeps them."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from players.archive import make_slice, send
from players.his import PATIENT, STUDIES, STUDY, TOKEN, UNKNOWN, His
from players.hospital import make_order

ASKED = (
    b"\x10" + STUDY.encode() + b"\x0d",
    b"\x10" + PATIENT.encode() + b"\x0d",
    b"\x10nobody\x0d",
)


@pytest.fixture
def his(server: Any) -> Iterator[His]:
    with His(server.hl7) as asking:
        yield asking


@pytest.fixture(scope="module", autouse=True)
def exams(server: Any) -> None:
    from players.his import make_exams

    assert [each.Status for each in send(server.dicom, *make_exams())] == [0] * 4


def deeds_of(data: Path, action: str) -> list[tuple[str, str, str, str]]:
    """Peer, subject, which one and detail, the oldest first."""
    with closing(sqlite3.connect(data / "openworklist.sqlite3")) as database:
        return database.execute(
            "SELECT peer, subject, subject_id, detail FROM audit WHERE action = ? ORDER BY id", (action,)
        ).fetchall()


def test_the_example_of_a_study(his: His) -> None:
    token = his.ask_study(STUDY)
    assert TOKEN.fullmatch(token)
    assert his.ask_study(STUDY) == token


def test_the_example_of_a_patient(his: His) -> None:
    found = his.ask_patient(PATIENT.encode())
    assert [each[:3] for each in found] == [(uid.encode(), b"20190603", b"THORAX") for uid in STUDIES]
    tokens = [each.token for each in found]
    assert all(map(TOKEN.fullmatch, tokens))
    assert len(set(tokens)) == 3
    assert [his.ask_study(uid) for uid in STUDIES] == tokens


def test_the_answers_have_the_manuals_form_to_the_byte(server: Any, his: His) -> None:
    tokens = [his.ask_study(uid) for uid in STUDIES]
    whole = b"".join(
        uid.encode() + b"\x0d20190603\x0dTHORAX\x0d" + token + b"\x0d"
        for uid, token in zip(STUDIES, tokens, strict=True)
    )
    his.send(ASKED[1])
    expected = b"\x10" + whole + b"\x0d"
    assert b"".join(his._read() for _ in expected) == expected
    his.send(ASKED[2])
    assert his._read() + his._read() == UNKNOWN


def test_questions_and_orders_are_answered_in_their_order(his: His) -> None:
    stream = b"".join(
        ASKED[number % 3] + b"\x0b" + make_order(f"MIX{number}") + b"\x1c\x0d" for number in range(12)
    )
    his.send(stream)
    for number in range(12):
        if number % 3 == 0:
            assert TOKEN.fullmatch(his.read_study())
        else:
            assert len(his.read_patient()) == (3 if number % 3 == 1 else 0)
        assert f"|MIX{number}".encode() in his.read_frame()


def test_a_stream_may_be_cut_at_every_byte(server: Any, his: His) -> None:
    token = his.ask_study(STUDY)
    stream = ASKED[0] + b"\x0b" + make_order("CUT") + b"\x1c\x0d" + ASKED[2] + ASKED[0]
    with His(server.hl7) as other:
        for cut in range(1, len(stream)):
            other.send(stream[:cut], stream[cut:])
            assert other.read_study() == token
            assert b"|CUT" in other.read_frame()
            assert other.read_study() == b""
            assert other.read_study() == token


def test_a_message_ends_a_question_that_was_not_ended(his: His) -> None:
    his.send(b"\x10" + STUDY.encode() + b"\x0b" + make_order("ENDS") + b"\x1c\x0d" + ASKED[0])
    assert b"|ENDS" in his.read_frame()
    assert TOKEN.fullmatch(his.read_study())


def test_what_is_too_long_is_unknown(his: His) -> None:
    his.send(b"\x10" + b"1" * 300 + b"\x0d" + ASKED[0])
    assert his.read_study() == b""
    assert TOKEN.fullmatch(his.read_study())


def test_blanks_around_an_identifier_say_nothing(his: His) -> None:
    assert len(his.ask_patient(b"  " + PATIENT.encode() + b" ")) == 3
    assert TOKEN.fullmatch(his.ask_study(f" {STUDY}\0"))


def test_letters_dashes_and_descriptions_that_would_break_the_form(server: Any, his: His) -> None:
    uid = f"{STUDY}.7"
    image = make_slice(
        SpecificCharacterSet="ISO_IR 192",
        StudyInstanceUID=uid,
        SeriesInstanceUID=f"{uid}.1",
        PatientID="M\u00fc-11/7 _x",
        StudyDescription="Sch\u00e4del\t\u0398\u03ce\u03c1\u03b1\u03be",
        StudyDate="",
    )
    bare = make_slice(
        StudyInstanceUID=f"{uid}.2",
        SeriesInstanceUID=f"{uid}.3",
        SpecificCharacterSet="ISO_IR 100",
        PatientID="M\u00fc-11/7 _x",
        StudyDescription="",
        StudyDate="20200101",
    )
    assert [each.Status for each in send(server.dicom, image, bare)] == [0, 0]
    found = his.ask_patient("M\u00fc-11/7 _x".encode("latin_1"))
    assert [each[:3] for each in found] == [
        (f"{uid}.2".encode(), b"20200101", b" "),
        (uid.encode(), b" ", "Sch\u00e4delThorax".encode("latin_1")),
    ]


def test_a_patient_named_like_a_uid_is_found(server: Any, his: His) -> None:
    image = make_slice(
        StudyInstanceUID=f"{STUDY}.9", SeriesInstanceUID=f"{STUDY}.9.1", PatientID="1.2.3.4711"
    )
    assert send(server.dicom, image)[0].Status == 0
    (found,) = his.ask_patient(b"1.2.3.4711")
    assert found.uid.decode() == f"{STUDY}.9"


def test_a_token_outlives_a_crash_after_its_answer(start_server: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = start_server(data)
    for number in range(3):
        uid = f"1.2.826.0.1.3680043.8.498.77.{number}"
        image = make_slice(StudyInstanceUID=uid, SeriesInstanceUID=f"{uid}.1")
        assert send(server.dicom, image)[0].Status == 0
        with His(server.hl7) as his:
            token = his.ask_study(uid)
        server.kill()
        server = start_server(data)
        with His(server.hl7) as his:
            assert his.ask_study(uid) == token
    assert server.stop() == 0


def test_only_addresses_on_the_list_may_ask(start_server: Any, tmp_path: Path, openworklist: Any) -> None:
    data = tmp_path / "data"
    server = start_server(data)
    image = make_slice(StudyInstanceUID=STUDY, SeriesInstanceUID=f"{STUDY}.1")
    assert send(server.dicom, image)[0].Status == 0
    assert openworklist("options", "set", "token_addresses", "192.0.2.0/24", "--data", data).returncode == 0
    with His(server.hl7) as his:
        while his.ask_study(STUDY):
            pass  # the option counts within a second
        assert his.ask_patient(b"P1") == []
        his.send(b"\x0b" + make_order("GOESON") + b"\x1c\x0d")
        assert b"MSA|AA|GOESON" in his.read_frame()
    assert server.stop() == 0
    refused = deeds_of(data, "study-token.ask-refused")
    assert ("127.0.0.1", "", STUDY, "the address is not in token_addresses") in refused
    assert ("127.0.0.1", "", "P1", "the address is not in token_addresses") in refused


def test_a_flood_of_questions_does_not_flood_the_audit_trail(start_server: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = start_server(data)
    with His(server.hl7) as his:
        reader = threading.Thread(target=his.read_answers, args=(10_000,))
        reader.start()
        his.send(b"".join(b"\x10FLOOD%d\x0d" % number for number in range(10_000)))
        reader.join()
    assert server.stop() == 0
    asked = deeds_of(data, "study-token.ask")
    assert 60 < len(asked) < 400
    more = [int(detail.split()[0]) for *_, detail in asked if detail.endswith("more within a minute")]
    assert len(asked) - len(more) + sum(more) == 10_000


def test_the_command_beside_the_server(server: Any, his: His, openworklist: Any) -> None:
    data = ("--data", server.data)
    address = f"127.0.0.1:{server.hl7}"
    token = his.ask_study(STUDY).decode()
    assert openworklist("study-token", "show", STUDY, *data).stdout == f"{token}\n"
    assert openworklist("study-token", "ask", address, STUDY).stdout == f"{token}\n"
    listed = json.loads(openworklist("study-token", "patient", PATIENT, "--json", *data).stdout)
    assert [each["study_uid"] for each in listed] == list(STUDIES)
    asked = json.loads(openworklist("study-token", "ask", address, PATIENT, "--json").stdout)
    assert asked["studies"] == listed
    table = openworklist("study-token", "ask", address, PATIENT).stdout
    assert all(each["token"] in table for each in listed)
    ended = openworklist("study-token", "ask", address, "nobody")
    assert ended.returncode == 1
    assert "(study-token.unknown)" in ended.stderr
    assert token not in openworklist("study-token", "list", *data).stdout
    assert openworklist("study-token", "revoke", STUDY, *data).stdout == f"{STUDY}: revoked\n"
    renewed = his.ask_study(STUDY).decode()
    assert renewed != token
    gone = httpx.get(f"http://127.0.0.1:{server.web}/studies/by-token/{token}", timeout=60)
    assert gone.status_code == 404
    assert openworklist("study-token", "show", "1.2.3", *data).returncode == 1
    assert openworklist("study-token", "patient", "nobody", *data).returncode == 1


def test_the_key_is_changed_beside_the_server(server: Any, his: His, openworklist: Any) -> None:
    before = [his.ask_study(uid) for uid in (STUDY, *STUDIES)]
    key = (server.data / "study-tokens.key").read_text()
    ended = openworklist("study-token", "rotate-key", "--data", server.data)
    assert ended.stdout.startswith("tokens under the new key: ")
    assert (server.data / "study-tokens.key").read_text() not in ("", key)
    assert [his.ask_study(uid) for uid in (STUDY, *STUDIES)] == before


def test_a_server_without_its_key_says_so(start_server: Any, tmp_path: Path, openworklist: Any) -> None:
    data = tmp_path / "data"
    server = start_server(data)
    image = make_slice(StudyInstanceUID=STUDY, SeriesInstanceUID=f"{STUDY}.1")
    assert send(server.dicom, image)[0].Status == 0
    with His(server.hl7) as his:
        token = his.ask_study(STUDY)
    assert server.stop() == 0
    file = data / "study-tokens.key"
    kept = file.read_text()
    file.unlink()
    server = start_server(data)
    with His(server.hl7) as his:
        assert his.ask_study(STUDY) == b""
        his.send(b"\x0b" + make_order("ORDER") + b"\x1c\x0d")
        assert b"MSA|AA|ORDER" in his.read_frame()
    assert not file.exists()
    ready = httpx.get(f"http://127.0.0.1:{server.web}/readyz", timeout=60)
    assert ready.status_code == 503
    assert "study-tokens.key" in ready.json()["problems"]["study tokens"]
    assert "study-token.key-missing" in server.log.read_text()
    said = openworklist("doctor", "--data", data, "--json").stdout
    assert "study-token.key-missing" in said
    file.write_text(kept)
    with His(server.hl7) as his:
        assert his.ask_study(STUDY) == token
    file.unlink()
    assert server.stop() == 0
    ended = openworklist("study-token", "rotate-key", "--data", data)
    assert "(study-token.key-missing)" in ended.stderr
    assert openworklist("study-token", "rotate-key", "--lost", "--data", data).returncode == 0
    server = start_server(data)
    with His(server.hl7) as his:
        renewed = his.ask_study(STUDY)
    assert TOKEN.fullmatch(renewed)
    assert renewed != token
    assert server.stop() == 0


def test_no_log_holds_a_token_or_who_it_is_of(start_server: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = start_server(data)
    image = make_slice(StudyInstanceUID=STUDY, SeriesInstanceUID=f"{STUDY}.1", PatientID=PATIENT)
    assert send(server.dicom, image)[0].Status == 0
    with His(server.hl7) as his:
        token = his.ask_study(STUDY)
        (found,) = his.ask_patient(PATIENT.encode())
    assert found.token == token
    base = f"http://127.0.0.1:{server.web}"
    for path in (f"/studies/by-token/{token.decode()}", f"/studies/by-token/{token.decode()[:-1]}"):
        httpx.get(base + path, timeout=60)
    assert server.stop() == 0
    for text in (server.log.read_text(), server.said):
        assert token.decode()[:-1] not in text
        assert PATIENT not in text
    with closing(sqlite3.connect(data / "openworklist.sqlite3")) as database:
        whole = "\n".join(database.iterdump())
    assert token.decode() not in whole
    assert ("127.0.0.1", "patient", PATIENT, "1 study") in deeds_of(data, "study-token.ask")
