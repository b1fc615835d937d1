"""The TLS ports of a whole server, asked by DCMTK, pynetdicom, OpenSSL, Python's ssl, our commands."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import AE

from openworklist.clients.dicom import Node
from openworklist.clients.mllp import MllpClient
from openworklist.domain.destination import Tls
from openworklist.domain.errors import PeerError
from openworklist.services.certificate_making import make_certificates
from players.authority import Authority
from players.hospital import make_order

WORKLIST = "1.2.840.10008.5.1.4.31"
needs_dcmtk = pytest.mark.skipif(shutil.which("echoscu") is None, reason="apt-get install dcmtk")
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="apt-get install openssl")


@dataclass
class Secured:
    """A server whose DICOM TLS port wants certificates of scanners, and whose HL7 TLS port does not."""

    running: Any
    dicom: int
    hl7: int
    papers: Path
    read: int = 0  # bytes of the log that were there before

    def tls(self, *, shows: bool = True) -> Tls:
        pair = (self.paper("client.pem"), self.paper("client.key")) if shows else ("", "")
        return Tls(self.paper("ca.pem"), *pair)

    def paper(self, name: str) -> str:
        return str(self.papers / name)

    def log(self) -> str:
        return str(self.running.log.read_bytes()[self.read :].decode())

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The log's line, which may be written a moment after the peer has heard."""
        for _ in range(100_000):
            found = re.search(pattern, self.log())
            if found:
                return found
            assert self.running.process.poll() is None
            Node("127.0.0.1", self.running.dicom).echo()
        raise AssertionError(self.log())


def make_flags(ports: tuple[int, int], papers: Path) -> tuple[str, ...]:
    return (
        *("--dicom-tls-port", str(ports[0]), "--hl7-tls-port", str(ports[1])),
        *("--tls-certificate", str(papers / "server.pem"), "--tls-key", str(papers / "server.key")),
        *("--dicom-tls-client-ca", str(papers / "ca.pem")),
    )


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    """Those of TLS of the server of this module."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture(scope="module")
def server_flags(papers: Path, ports: tuple[int, int]) -> tuple[str, ...]:
    return make_flags(ports, papers)


@pytest.fixture
def secured(server: Any, ports: tuple[int, int], papers: Path) -> Iterator[Secured]:
    secured = Secured(server, *ports, papers, server.log.stat().st_size)
    yield secured
    assert "Traceback" not in secured.log()
    assert "level=error" not in secured.log()


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "Another CA")


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )


def dcmtk(secured: Secured, program: str, *more: str, port: int = 0, pair: str = "client") -> Any:
    ours = (secured.paper(f"{pair}.key"), secured.paper(f"{pair}.pem"), "+cf", secured.paper("ca.pem"))
    return run(program, "-v", "-to", "10", "+tls", *ours, *more, "localhost", port or secured.dicom)


@needs_dcmtk
@pytest.mark.parametrize("profile", ["--profile-bcp195-nd", "--profile-bcp195", "--profile-bcp195-ex"])
def test_dcmtk_asks_by_every_profile_that_is_not_retired(secured: Secured, profile: str) -> None:
    ended = dcmtk(secured, "echoscu", profile)
    assert ended.returncode == 0, ended.stderr
    assert "Received Echo Response (Success)" in ended.stderr + ended.stdout


@needs_dcmtk
def test_an_order_over_tls_is_found_over_tls(secured: Secured) -> None:
    with MllpClient("localhost", secured.hl7, tls=secured.tls(shows=False)) as client:
        assert b"|AA|" in client.send(make_order("TLS1"))
    ended = dcmtk(secured, "findscu", "-W", "-aet", "CT01", "-k", "0010,0020=TLS1", "-k", "0010,0010")
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"\(0010,0010\) PN \[Doe\^Jane", ended.stdout + ended.stderr)


@needs_dcmtk
@pytest.mark.parametrize("profile", ["--profile-aes", "--profile-null"])
def test_retired_profiles_agree_on_nothing(secured: Secured, profile: str) -> None:
    """AES with TLS 1.2 and no forward secrecy, and no encryption at all."""
    ended = dcmtk(secured, "echoscu", profile)
    assert ended.returncode != 0
    secured.wait_for('TLS with a scanner failed.*reason="it offers no cipher suite of the profile"')


@needs_dcmtk
def test_who_shows_no_certificate_is_turned_away_with_the_reason(secured: Secured) -> None:
    ended = run("echoscu", "-to", "10", "+tla", "+cf", secured.paper("ca.pem"), "localhost", secured.dicom)
    assert ended.returncode != 0
    secured.wait_for('TLS with a scanner failed.*reason="it shows no certificate"')


@needs_dcmtk
def test_who_takes_the_wrong_port_is_told_from_the_others(secured: Secured) -> None:
    assert run("echoscu", "-to", "10", "localhost", secured.dicom).returncode != 0
    secured.wait_for('a scanner took the wrong port.*reason="it speaks DICOM without TLS on the TLS port"')
    assert dcmtk(secured, "echoscu", port=secured.running.dicom).returncode != 0
    secured.wait_for('a scanner took the wrong port.*reason="it speaks TLS on the plain port"')
    with pytest.raises(PeerError), MllpClient("localhost", secured.running.hl7, tls=secured.tls()) as client:
        client.send(make_order("TLS0"))
    secured.wait_for('a sender took the wrong port.*reason="it speaks TLS on the plain port"')


def test_pynetdicom_asks_with_a_certificate(secured: Secured) -> None:
    context = ssl.create_default_context(cafile=secured.paper("ca.pem"))
    context.load_cert_chain(secured.paper("client.pem"), secured.paper("client.key"))
    scanner = AE("CT01")
    scanner.add_requested_context(WORKLIST)
    scanner.add_requested_context("1.2.840.10008.1.1")
    association = scanner.associate("localhost", secured.dicom, tls_args=(context, "localhost"))
    assert association.is_established
    assert association.send_c_echo().Status == 0
    association.release()


def test_the_ports_are_told_at_the_start(secured: Secured) -> None:
    assert f"127.0.0.1:{secured.dicom} (TLS)" in secured.running.said
    assert f"127.0.0.1:{secured.hl7} (TLS)" in secured.running.said


def test_our_own_node_says_why_it_was_refused(secured: Secured, stranger: Authority) -> None:
    node = Node("localhost", secured.dicom, tls=secured.tls(), timeout=10)
    assert node.echo() > 0
    assert node.find({"patient_id": "NOBODY"}) == []
    theirs = stranger.issue("scanner")
    cases = (
        (Tls(secured.paper("ca.pem")), "peer.certificate-refused", "it shows no certificate"),
        (
            Tls(secured.paper("ca.pem"), theirs.certificate, theirs.key),
            "peer.certificate-refused",
            "its certificate is of an authority that is not trusted here",
        ),
        (
            Tls(stranger.file, secured.paper("client.pem"), secured.paper("client.key")),
            "peer.certificate",
            "it does not take our certificate: unknown ca",
        ),
    )
    for tls, code, reason in cases:
        with pytest.raises(PeerError) as caught:
            Node("localhost", secured.dicom, tls=tls, timeout=10).echo()
        assert caught.value.code == code, caught.value
        secured.wait_for(f'TLS with a scanner failed.*reason="{reason}"')


def test_our_own_commands_speak_tls(
    secured: Secured, openworklist: Callable[..., Any], tmp_path: Path
) -> None:
    ours = ("--ca", secured.paper("ca.pem"))
    shown = (
        *ours,
        "--certificate",
        secured.paper("client.pem"),
        "--private-key",
        secured.paper("client.key"),
    )
    order = tmp_path / "order.hl7"
    order.write_bytes(make_order("TLS2"))
    sent = openworklist("send", order, "--to", f"localhost:{secured.hl7}", *ours)
    assert sent.returncode == 0, sent.stderr
    assert openworklist("echo", f"localhost:{secured.dicom}", *shown).returncode == 0
    found = openworklist(
        "find", f"localhost:{secured.dicom}", "--patient-id", "TLS2", "--calling", "CT01", *shown
    )
    assert "TLS2" in found.stdout, found.stderr
    refused = openworklist("echo", f"localhost:{secured.dicom}", *ours)
    assert refused.returncode == 1
    assert "does not take our certificate" in refused.stderr


def s_client(port: int, papers: Path, *more: str) -> str:
    ended = run("openssl", "s_client", "-connect", f"localhost:{port}", "-CAfile", papers / "ca.pem", *more)
    return ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("offer", "agreed"),
    [
        (("-tls1_3",), "TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384"),
        (("-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"), "TLS_AES_128_GCM_SHA256"),
        ((), "TLSv1.3"),  # the newest version wins (PS3.15 B.12)
        (("-tls1_2",), "TLSv1.2, Cipher is ECDHE-RSA-AES256-GCM-SHA384"),
        (("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"), "ECDHE-RSA-AES128-GCM-SHA256"),
    ],
)
def test_what_is_agreed_upon_with_openssl(secured: Secured, offer: tuple[str, ...], agreed: str) -> None:
    said = s_client(secured.hl7, secured.papers, *offer)
    assert agreed in said
    assert "Verify return code: 0 (ok)" in said
    assert "Compression: NONE" in said
    if "-tls1_2" in offer:
        assert "Extended master secret: yes" in said
    assert "Reused" not in said


@pytest.mark.parametrize(
    ("offer", "reason"),
    [
        (("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), "it offers no version of TLS from 1.2 on"),
        (("-tls1", "-cipher", "ALL:@SECLEVEL=0"), "it offers no version of TLS from 1.2 on"),
        # No forward secrecy, no authenticated encryption, no authentication, no encryption.
        (("-tls1_2", "-cipher", "AES256-GCM-SHA384"), "it offers no cipher suite of the profile"),
        (("-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"), "it offers no cipher suite of the profile"),
        (("-tls1_2", "-cipher", "AECDH:@SECLEVEL=0"), "it offers no cipher suite of the profile"),
        (("-tls1_2", "-cipher", "eNULL:@SECLEVEL=0"), "it offers no cipher suite of the profile"),
    ],
)
def test_what_is_not_agreed_upon(secured: Secured, offer: tuple[str, ...], reason: str) -> None:
    said = s_client(secured.hl7, secured.papers, *offer)
    if "no cipher match" in said or "no protocols available" in said:
        pytest.skip("this OpenSSL does not know it either")
    assert "Cipher is (NONE)" in said
    secured.wait_for(f'TLS with a sender failed.*reason="{reason}"')


def test_renegotiation_is_refused_and_no_session_is_resumed(secured: Secured) -> None:
    """What `R` asks of s_client (RFC 9325 3.5, 3.4)."""
    command = ["openssl", "s_client", "-connect", f"localhost:{secured.hl7}", "-tls1_2"]
    ended = subprocess.run(command, input="R\n", capture_output=True, text=True, timeout=60)
    assert "RENEGOTIATING" in ended.stdout + ended.stderr
    assert "no renegotiation" in ended.stdout + ended.stderr
    for version in ("-tls1_2", "-tls1_3"):
        assert "TLS session ticket:" not in s_client(secured.hl7, secured.papers, version)


def test_a_certificate_is_renewed_under_an_open_association(
    start_server: Callable[..., Any], free_ports: Callable[[int], list[int]], papers: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "papers"
    shutil.copytree(papers, mine)
    one, other = free_ports(2)
    running = start_server(tmp_path / "data", *make_flags((one, other), mine))
    secured = Secured(running, one, other, mine)
    context = ssl.create_default_context(cafile=secured.paper("ca.pem"))
    context.load_cert_chain(secured.paper("client.pem"), secured.paper("client.key"))
    scanner = AE("CT01")
    scanner.add_requested_context("1.2.840.10008.1.1")
    old = scanner.associate("localhost", secured.dicom, tls_args=(context, "localhost"))
    assert old.is_established
    before = shown_by(secured)

    # Half a renewal, which does not fit: what was in force stays so.
    whole = (mine / "server.key").read_bytes()
    (mine / "server.key").write_bytes((mine / "client.key").read_bytes())
    secured.wait_for("the new certificate is of no use, the old one stays in force")
    assert shown_by(secured) == before
    (mine / "server.key").write_bytes(whole)
    secured.wait_for("the certificate was renewed.*listener=DICOM")

    make_certificates(mine, ("localhost", "127.0.0.1"), force=True)
    while shown_by(secured) == before:
        assert secured.running.process.poll() is None
    assert old.send_c_echo().Status == 0
    old.release()
    assert Node("localhost", secured.dicom, tls=secured.tls()).echo() > 0
    assert secured.running.stop() == 0
    assert "Traceback" not in secured.log()


def shown_by(secured: Secured) -> bytes | None:
    """The certificate that a new connection gets to see."""
    context = ssl.create_default_context(cafile=secured.paper("ca.pem"))
    with (
        socket.create_connection(("127.0.0.1", secured.hl7), 30) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        return connection.getpeercert(binary_form=True)


def test_python_hl7_sends_over_tls(secured: Secured) -> None:
    from hl7.client import MLLPClient

    context = ssl.create_default_context(cafile=secured.paper("ca.pem"))
    client = MLLPClient("127.0.0.1", secured.hl7)
    client.socket = context.wrap_socket(client.socket, server_hostname="localhost")
    with client:
        assert b"|AA|" in client.send_message(make_order("TLS3"))


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "needs a certificate"),
        (("--tls-certificate", "/nowhere.pem"), "/nowhere.pem cannot be used for TLS"),
    ],
)
def test_a_tls_port_without_a_certificate_does_not_start(
    openworklist: Callable[..., Any],
    free_ports: Callable[[int], list[int]],
    tmp_path: Path,
    flags: tuple[str, ...],
    said: str,
) -> None:
    port, other = free_ports(2)
    ended = openworklist(
        "serve", "--data", tmp_path, "--web-port", 0, "--hl7-port", 0, "--dicom-port", port,
        "--dicom-tls-port", other, *flags,
    )  # fmt: skip
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "(settings.invalid)" in ended.stderr
