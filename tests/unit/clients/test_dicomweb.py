"""An archive asked over DICOMweb, and all that one may do that is none, or hostile."""

import base64
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from openworklist.clients.archive_line import Patience
from openworklist.clients.dicomweb import Answer, DicomWeb
from openworklist.domain.archive import Archive, Credentials
from openworklist.domain.errors import PeerError, SettingsError
from players.dicomweb import (
    MULTIPART,
    RawArchive,
    instance,
    make_parts,
    respond,
    respond_json,
    run_raw,
    study,
)

SHORT = Patience(connect=5, free=0.2, whole=0.4, piece=0.4, grace=0.4, pace=10_000)


def find_uid(answer: Answer) -> str:
    found: str = answer.get("00080018", {}).get("Value", [""])[0]
    return found


def ask(archive: RawArchive, **more: object) -> list[str]:
    """The UIDs of a search for all instances of a study."""
    client = DicomWeb(Archive(archive.url, "x"), **more)  # type: ignore[arg-type]
    try:
        return [find_uid(each) for each in client.search("studies/1.2/instances", [], [], find_uid)]
    finally:
        client.close()


def fetch(archive: RawArchive, **more: object) -> bytes:
    """All bytes of all files of a study."""
    client = DicomWeb(Archive(archive.url, "x"), **more)  # type: ignore[arg-type]
    try:
        with client.retrieve("studies/1.2") as events:
            return b"".join(each for each in events if isinstance(each, bytes))
    finally:
        client.close()


def fail(answers: object, ask: object = ask, **more: object) -> PeerError:
    """The error with an archive that answers so."""
    with run_raw(lambda target: answers(archive, target)) as archive, pytest.raises(PeerError) as caught:  # type: ignore[operator]
        ask(archive, **more)  # type: ignore[operator]
    return caught.value


def list_uids(count: int, begin: int = 0) -> list[str]:
    return [f"1.2.{number}" for number in range(begin, begin + count)]


def find_number(target: str, name: str) -> int:
    found = dict(each.split("=") for each in target.partition("?")[2].split("&") if each)
    return int(found.get(name, -1))


@pytest.mark.parametrize("most", [500, 200, 7])
def test_a_long_list_is_asked_for_page_by_page(most: int) -> None:
    uids = list_uids(1201)

    def answer(target: str) -> bytes:
        offset = find_number(target, "offset")
        page = [instance(uid) for uid in uids[offset : offset + most]]
        is_more = offset + most < len(uids)
        return respond_json(page, **({"Warning": "299 x: There are more"} if is_more else {}))

    with run_raw(answer) as archive:
        assert ask(archive) == uids


@pytest.mark.parametrize("count", [0, 3, 500, 1201])
def test_an_archive_that_knows_no_pages_gives_all(count: int) -> None:
    uids = list_uids(count)
    with run_raw(lambda _: respond_json([instance(uid) for uid in uids])) as archive:
        assert ask(archive) == uids


def test_an_archive_that_knows_a_limit_and_no_offset_is_asked_without() -> None:
    uids = list_uids(777)

    def answer(target: str) -> bytes:
        limit = find_number(target, "limit")
        return respond_json([instance(uid) for uid in (uids[:limit] if limit > 0 else uids)])

    with run_raw(answer) as archive:
        assert ask(archive) == uids


@pytest.mark.parametrize("answer", [respond(status=204), respond(b"[]"), respond(b""), respond(b" \r\n")])
def test_nothing_is_said_in_several_ways(answer: bytes) -> None:
    with run_raw(lambda _: answer) as archive:
        assert ask(archive) == []


def test_an_archive_without_end_is_left() -> None:
    def answer(archive: RawArchive, target: str) -> bytes:
        return respond_json([instance(uid) for uid in list_uids(500, find_number(target, "offset"))])

    assert fail(answer, most=2_000).code == "archive.protocol"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (respond(b"{}"), "archive.protocol"),
        (respond(b"[1]"), "archive.protocol"),
        (respond(b"[" * 100_000), "archive.protocol"),
        (respond(b"<html>Log in</html>", kind="text/html"), "archive.protocol"),
        (respond(b"[\xff]"), "archive.protocol"),
        (respond(b"[]", **{"Content-Encoding": "gzip"}), "archive.protocol"),
        (respond(b"", 302, Location="http://192.0.2.1/studies?PatientID=P1"), "archive.protocol"),
        (respond(b"", 404), "archive.protocol"),
        (respond(b"", 401), "archive.refused"),
        (respond(b"", 403), "archive.refused"),
        (respond(b"", 400), "archive.refused"),
        (respond(b"", 503), "archive.refused"),
        (b"220 mail.example.org ESMTP\r\n\r\n", "archive.protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n[]", "archive.protocol"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n", "archive.protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, "archive.protocol"),
    ],
)
def test_what_is_no_answer(answer: bytes, code: str) -> None:
    error = fail(lambda archive, _: [answer])
    assert error.code == code
    assert error.where
    assert "1.2" not in error.sentence.replace(error.where, "")


def test_who_stalls_is_left() -> None:
    assert fail(lambda archive, _: archive.stall(), patience=SHORT).code == "archive.slow"


@pytest.mark.parametrize(
    ("begin", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n[", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
    ],
)
def test_who_drips_is_left(begin: bytes, drop: bytes) -> None:
    assert fail(lambda archive, _: archive.drip(begin, drop), patience=SHORT).code == "archive.slow"


def test_an_answer_without_end_is_left() -> None:
    def flood(archive: RawArchive, target: str) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        while True:
            yield b"100000\r\n" + b" " * 0x10_0000 + b"\r\n"

    error = fail(flood, patience=Patience(whole=60))
    assert (error.code, "too large" in error.sentence) == ("archive.protocol", True)


def test_what_a_lost_connection_asked_is_asked_once_more() -> None:
    answers = iter([[b""], [respond_json([instance("1.2.3")])]])
    with run_raw(lambda _: next(answers)) as archive:
        assert ask(archive) == ["1.2.3"]
    assert fail(lambda archive, _: [b""]).code == "archive.lost"


def test_nobody_is_there() -> None:
    with run_raw(lambda _: b"") as archive:
        pass
    with pytest.raises(PeerError) as caught:
        ask(archive)
    assert caught.value.code == "archive.unreachable"


def test_who_asks_too_much_at_once_is_told_soon() -> None:
    with run_raw(lambda _: respond(make_parts(b"one"), kind=MULTIPART)) as archive:
        client = DicomWeb(Archive(archive.url, "x"), patience=SHORT, connections=1)
        with client.retrieve("studies/1.2"), pytest.raises(PeerError) as caught:
            client.echo()
        client.close()
    assert caught.value.code == "archive.busy"


def test_files_come_as_parts_or_as_one() -> None:
    body = make_parts(b"one", b"two")
    with run_raw(lambda _: respond(body, kind=MULTIPART)) as archive:
        assert fetch(archive) == b"onetwo"
    assert 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*' in archive.heads[0]
    with run_raw(lambda _: respond(b"single", kind="application/dicom; x=y")) as archive:
        assert fetch(archive) == b"single"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (respond(make_parts(b"one")[:-6], kind=MULTIPART), "archive.protocol"),
        (respond(b"", kind=MULTIPART), "archive.protocol"),
        (respond(make_parts(b"one"), kind="multipart/related"), "archive.protocol"),
        (respond(b"<html>", kind="text/html"), "archive.protocol"),
        (respond(b"", 204, kind=MULTIPART), "archive.refused"),
        (respond(b"", 404), "archive.not-found"),
        (respond(b"", 406), "archive.refused"),
        (respond(b"", 302, Location="http://192.0.2.1/"), "archive.protocol"),
        (respond(make_parts(b"one"), kind=MULTIPART)[:-9], "archive.lost"),
        # Without a length nobody can tell whether it is whole.
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\n\r\nabc", "archive.protocol"),
    ],
)
def test_what_are_no_files(answer: bytes, code: str) -> None:
    assert fail(lambda archive, _: [answer, b""], fetch).code == code


def test_files_that_drip_are_left() -> None:
    begin = respond(b"", kind=MULTIPART, **{"Content-Length": "99999999"}) + b"--b\r\n\r\n"
    error = fail(lambda archive, _: archive.drip(begin, b"x"), fetch, patience=SHORT)
    assert error.code == "archive.slow"


def test_we_say_who_we_are_and_nothing_else_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    with run_raw(lambda _: respond(b"[]")) as archive:
        for credentials in (Credentials("wörk", "söcret"), Credentials("x", "y", "tok.en"), Credentials()):
            client = DicomWeb(Archive(archive.url, "x", credentials))
            client.echo()
            client.close()
    said = [
        next((line[15:] for line in head.split("\r\n") if line.startswith("Authorization: ")), "")
        for head in archive.heads
    ]
    assert said == [f"Basic {base64.b64encode('wörk:söcret'.encode()).decode()}", "Bearer tok.en", ""]
    assert "secret" not in repr(Credentials("x", "secret", "secret"))
    with pytest.raises(SettingsError):
        DicomWeb(Archive(archive.url, "x", Credentials(token="a\r\nb")))


def test_no_log_holds_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with run_raw(lambda _: respond_json([study("1.2.3", patient_id="P-SECRET")])) as archive:
        client = DicomWeb(Archive(archive.url, "x"))
        client.search("studies", [("PatientID", "P-SECRET")], [], lambda each: "1.2.3")
        client.close()
    assert "PatientID=P-SECRET" in archive.asked[0]
    assert "P-SECRET" not in caplog.text


def test_letters_of_a_question_are_escaped() -> None:
    with run_raw(lambda _: respond(b"[]")) as archive:
        client = DicomWeb(Archive(archive.url, "x"))
        client.search("studies", [("PatientID", "a&b=c d#é^+%")], ["00081030"], find_uid)
        client.close()
    assert archive.asked == [
        "studies?PatientID=a%26b%3Dc%20d%23%C3%A9^%2B%25&includefield=00081030&limit=500&offset=0"
    ]


def test_the_archives_certificate_is_looked_at(papers: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(papers / "server.pem", papers / "server.key")
    with run_raw(lambda _: respond(b"[]"), context=context) as archive:
        url = archive.url.replace("http:", "https:")
        strange = DicomWeb(Archive(url, "x"), patience=SHORT)
        with pytest.raises(PeerError) as caught:
            strange.echo()
        known = DicomWeb(Archive(url, "x", Credentials(ca=str(papers / "ca.pem"))))
        assert known.echo() > 0
        strange.close()
        known.close()
    assert caught.value.code == "peer.certificate"


def test_an_archive_may_want_our_certificate(papers: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(papers / "ca.pem"))
    context.load_cert_chain(papers / "server.pem", papers / "server.key")
    context.verify_mode = ssl.CERT_REQUIRED
    with run_raw(lambda _: respond(b"[]"), context=context) as archive:
        url, ca = archive.url.replace("http:", "https:"), str(papers / "ca.pem")
        pair = str(papers / "client.pem"), str(papers / "client.key")
        known = DicomWeb(Archive(url, "x", Credentials("", "", "", ca, *pair)))
        assert known.echo() > 0
        known.close()
        strange = DicomWeb(Archive(url, "x", Credentials(ca=ca)), patience=SHORT)
        with pytest.raises(PeerError) as caught:
            strange.echo()
        strange.close()
    assert caught.value.code in ("peer.certificate-refused", "archive.lost")
