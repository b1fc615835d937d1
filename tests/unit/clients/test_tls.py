"""What TLS promises, against a receiver with certificates that OpenSSL's own command made."""

import shutil
import socket
import threading
from pathlib import Path

import pytest

from openworklist.clients.mllp import MllpClient, send_message
from openworklist.domain.destination import Tls
from openworklist.domain.errors import PeerError, SettingsError, Unanswered
from players.authority import Authority, Papers
from players.receiver import Receiver

HERE = ("DNS:localhost", "IP:127.0.0.1")
MESSAGE = b"MSH|^~\\&|A|A|B|B|20260314||ORM^O01|7|P|2.5\rPID|1\r"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="apt-get install openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("hospital"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "Another CA")


@pytest.fixture(scope="module")
def papers(authority: Authority) -> Papers:
    return authority.issue("receiver", *HERE)


def deliver(receiver: Receiver, tls: Tls | None, host: str = "127.0.0.1") -> str:
    with MllpClient(host, receiver.port, tls=tls, timeout=10) as client:
        answers = [client.deliver(MESSAGE) for _ in range(2)]
    return " ".join(answer.code for answer in answers if answer)


def fail(receiver: Receiver, tls: Tls | None) -> tuple[str, str, str]:
    with pytest.raises(PeerError) as caught:
        deliver(receiver, tls)
    assert not isinstance(caught.value, Unanswered)  # it cannot have been taken
    assert receiver.received == []
    return caught.value.code, caught.value.sentence, caught.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_receiver_of_a_trusted_authority_gets_messages(
    authority: Authority, papers: Papers, host: str
) -> None:
    with Receiver(papers=papers) as receiver:
        assert deliver(receiver, Tls(authority.file), host) == "AA AA"
    assert receiver.connections == 1


def test_a_certificate_may_be_trusted_itself(
    authority: Authority, stranger: Authority, papers: Papers
) -> None:
    with Receiver(papers=papers) as receiver:
        assert deliver(receiver, Tls(papers.certificate)) == "AA AA"
    lonely = stranger.papers  # one that signed itself, and says nothing of names
    with Receiver(papers=lonely) as receiver:
        assert fail(receiver, Tls(lonely.certificate))[1].endswith("is for another address.")


def test_an_authority_that_nobody_knows_is_not_trusted(stranger: Authority, papers: Papers) -> None:
    for tls in (Tls(), Tls(stranger.file)):
        with Receiver(papers=papers) as receiver:
            code, sentence, hint = fail(receiver, tls)
        assert code == "peer.certificate"
        assert sentence.endswith("is of an authority that is not trusted here.")
        assert "CA file" in hint


def test_a_certificate_that_signed_itself_is_not_trusted(authority: Authority) -> None:
    with Receiver(papers=authority.papers) as receiver:
        assert fail(receiver, Tls())[:2] == (
            "peer.certificate",
            f"The certificate of 127.0.0.1:{receiver.port} is self-signed, and not trusted here.",
        )


def test_a_certificate_that_has_expired_is_not_trusted(authority: Authority) -> None:
    with Receiver(papers=authority.issue("expired", *HERE, days=-1)) as receiver:
        code, sentence, hint = fail(receiver, Tls(authority.file))
    assert (code, sentence.rpartition(" ")[2]) == ("peer.certificate", "expired.")
    assert "clock" in hint


@pytest.mark.parametrize("names", [("IP:192.0.2.1",), ("DNS:other",), ()])
def test_a_certificate_for_another_name_is_not_trusted(authority: Authority, names: tuple[str, ...]) -> None:
    with Receiver(papers=authority.issue(f"other{len(names)}", *names)) as receiver:
        code, sentence, _ = fail(receiver, Tls(authority.file))
    assert code == "peer.certificate"
    assert sentence.endswith("is for another address.")


def test_the_name_that_the_certificate_has_may_be_given(authority: Authority) -> None:
    papers = authority.issue("ris", "DNS:ris.hospital.example")
    with Receiver(papers=papers) as receiver:
        tls = Tls(authority.file, server_name="ris.hospital.example")
        assert deliver(receiver, tls) == "AA AA"
    with Receiver(papers=papers) as receiver:
        tls = Tls(authority.file, server_name="lis.hospital.example")
        assert fail(receiver, tls)[1].endswith("is for another name.")


def test_a_receiver_that_wants_to_know_who_sends_is_told(authority: Authority, papers: Papers) -> None:
    ours = authority.issue("worklist")
    both = Path(ours.certificate).with_name("both.pem")
    both.write_text(Path(ours.key).read_text() + Path(ours.certificate).read_text())
    for tls in (Tls(authority.file, ours.certificate, ours.key), Tls(authority.file, str(both))):
        with Receiver(papers=papers, ca=authority.file) as receiver:
            assert deliver(receiver, tls) == "AA AA"


@pytest.mark.parametrize("which", ["none", "stranger", "expired"])
def test_a_receiver_that_does_not_take_our_certificate_says_so(
    authority: Authority, stranger: Authority, papers: Papers, which: str
) -> None:
    ours = {
        "none": lambda: Papers("", ""),
        "stranger": lambda: stranger.issue("worklist"),
        "expired": lambda: authority.issue("old-worklist", days=-1),
    }[which]()
    with Receiver(papers=papers, ca=authority.file) as receiver:
        code, _, hint = fail(receiver, Tls(authority.file, ours.certificate, ours.key))
    assert code == "peer.certificate-refused"
    assert "certificate and key" in hint


def test_a_port_that_answers_with_a_tls_alert_wants_tls() -> None:
    with (
        Receiver(lambda _: [b"\x15\x03\x01\x00\x02\x02\x46"]) as receiver,
        pytest.raises(PeerError) as caught,
    ):
        deliver(receiver, None)
    assert not isinstance(caught.value, Unanswered)
    assert (caught.value.code, caught.value.hint) == ("peer.tls", "connect to it with TLS")


def test_a_port_that_only_closes_may_want_tls(papers: Papers) -> None:
    with Receiver(papers=papers) as receiver, pytest.raises(PeerError) as caught:
        deliver(receiver, None)
    assert caught.value.code == "peer.closed"
    assert caught.value.hint.endswith("whether it wants TLS")


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x0bMSH|\x1c\r", b""])
def test_tls_with_a_plain_port_is_told(authority: Authority, said: bytes) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def play() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1 << 16)
            connection.sendall(said)

    thread = threading.Thread(target=play)
    thread.start()
    with server, pytest.raises(PeerError) as caught:
        MllpClient("127.0.0.1", server.getsockname()[1], tls=Tls(authority.file), timeout=10)
    thread.join()
    assert caught.value.code == "peer.tls"
    assert caught.value.hint == "is it a TLS port, and this the right one?"


def test_a_plain_port_that_waits_for_a_message_is_told_after_the_time_out(authority: Authority) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, pytest.raises(PeerError, match="does not answer") as caught:
        MllpClient("127.0.0.1", server.getsockname()[1], tls=Tls(authority.file), timeout=0.1)
    assert caught.value.code == "peer.tls"


def test_files_that_cannot_be_used_are_told_before_anybody_is_called(
    authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    ours, other = authority.issue("worklist2"), stranger.papers
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    secret = authority.encrypt(ours, "secret")
    for tls, said in (
        (Tls(str(tmp_path / "nothing.pem")), "nothing.pem cannot be used for TLS: No such file"),
        (Tls(str(empty)), "empty.pem cannot be used for TLS: it holds no certificate of an authority"),
        (Tls("", str(tmp_path / "no.pem"), ours.key), "No such file"),
        (Tls("", ours.certificate, str(tmp_path / "no.key")), "No such file"),
        (Tls("", ours.certificate), "it holds no certificate with a key that fits"),
        (Tls("", ours.certificate, other.key), "it holds no certificate with a key that fits"),
        (Tls("", ours.certificate, secret.key), "is not encrypted"),
        (Tls("", "", ours.key), "There is a key, but no certificate"),
    ):
        with pytest.raises(SettingsError, match=said):
            MllpClient("127.0.0.1", 1, tls=tls)


def test_load_tools_and_checks_stay_plain() -> None:
    with Receiver() as receiver:
        assert b"MSA|AA|7" in send_message("127.0.0.1", receiver.port, MESSAGE)
