"""The web port of a whole server with TLS, asked by httpx, http.client, OpenSSL and our commands."""

import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from openworklist.domain.role import Role
from openworklist.services.certificate_making import make_certificates
from openworklist.services.people import People
from openworklist.store.database import open_database
from openworklist.web.session_cookie import COOKIE, SECURE_COOKIE

PASSWORD = "four words of mine"
STALLED = 200
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="apt-get install openssl")


def flags(papers: Path) -> tuple[str, ...]:
    pair = ("--tls-certificate", str(papers / "server.pem"), "--tls-key", str(papers / "server.key"))
    return ("--web-tls", *pair)


def verifier(papers: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=papers / "ca.pem")


def browse(papers: Path, **more: Any) -> httpx.Client:
    """Who trusts the hospital's authority, and looks at the name."""
    return httpx.Client(verify=verifier(papers), trust_env=False, timeout=60, **more)


@pytest.fixture(scope="module")
def server_flags(papers: Path) -> tuple[str, ...]:
    return (*flags(papers), "--web-hsts-days", "30", "--web-proxies", "127.0.0.0/8")


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("https") / "data"
    database = open_database("", folder)
    People(database).users.add("ada", Role.ADMINISTRATOR, PASSWORD, "test")
    database.close()
    return folder


@pytest.fixture
def visitor(server: Any, papers: Path) -> Iterator[httpx.Client]:
    base = f"https://localhost:{server.web}"
    with browse(papers, base_url=base) as client:
        yield client


def log_in(visitor: httpx.Client) -> httpx.Response:
    origin = str(visitor.base_url).rstrip("/")
    form = {"name": "ada", "password": PASSWORD}
    return visitor.post("/login", data=form, headers={"Origin": origin})


def test_who_logs_in_gets_a_cookie_for_https_alone(server: Any, visitor: httpx.Client) -> None:
    answer = log_in(visitor)
    assert answer.status_code == 303
    given = answer.headers["set-cookie"]
    assert given.startswith(f"{SECURE_COOKIE}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(given.split("; "))
    assert answer.headers["strict-transport-security"] == "max-age=2592000"
    assert visitor.get("/api/v1/me").json()["name"] == "ada"
    assert f"127.0.0.1:{server.web} (TLS)" in visitor.get("/dashboard").text
    assert f"web 127.0.0.1:{server.web} (TLS)" in server.said


def test_logging_out_takes_that_cookie_away(visitor: httpx.Client) -> None:
    log_in(visitor)
    answer = visitor.post("/logout", headers={"Origin": str(visitor.base_url).rstrip("/")})
    assert answer.headers["set-cookie"].startswith(f'{SECURE_COOKIE}=""')
    assert SECURE_COOKIE not in visitor.cookies
    assert visitor.get("/api/v1/me").status_code == 401


def test_a_page_that_came_in_plain_is_another_site(server: Any, visitor: httpx.Client) -> None:
    form = {"name": "ada", "password": PASSWORD}
    plain = {"Origin": f"http://localhost:{server.web}"}
    assert visitor.post("/login", data=form, headers=plain).status_code == 403


def test_behind_a_proxy_it_is_the_browser_s_scheme_that_counts(visitor: httpx.Client) -> None:
    form = {"name": "ada", "password": PASSWORD}
    headers = {"Origin": "http://ow.example", "Host": "ow.example", "X-Forwarded-Proto": "http"}
    answer = visitor.post("/login", data=form, headers=headers)
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=")
    assert "Secure" not in answer.headers["set-cookie"]
    assert "strict-transport-security" not in answer.headers


def test_a_name_that_is_not_in_the_certificate_is_refused_by_who_asks(server: Any, papers: Path) -> None:
    url = f"https://localhost:{server.web}/livez"
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"), browse(papers) as client:
        client.get(url, extensions={"sni_hostname": "other.hospital.example"})
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(url, trust_env=False)
    assert "level=warning" not in server.log.read_text()


def test_plain_http_is_sent_to_https(server: Any, papers: Path) -> None:
    url = f"http://localhost:{server.web}/livez"
    answer = httpx.get(url, trust_env=False)
    assert (answer.status_code, answer.headers["location"]) == (307, url.replace("http", "https"))
    with browse(papers, follow_redirects=True) as client:
        assert client.get(url).json() == {"status": "live"}
    sent = httpx.post(url, content=bytes(300_000), trust_env=False)
    assert sent.status_code == 400
    assert "https://" in sent.text


def test_our_own_commands_ask_by_https(server: Any, openworklist: Callable[..., Any], papers: Path) -> None:
    to = f"127.0.0.1:{server.web}"
    ended = openworklist("ready", "--tls", "--to", to)
    assert (ended.returncode, ended.stdout) == (0, "ready\n")
    plain = openworklist("ready", "--to", to)
    assert plain.returncode == 1
    assert "--tls" in plain.stderr
    ports = ("--hl7-port", server.hl7, "--dicom-port", server.dicom, "--web-port", server.web)
    said = openworklist("doctor", "--data", server.data, "--host", "127.0.0.1", *ports, *flags(papers)).stdout
    assert re.search(r"web port: Port \d+ is held by .* and answers", said), said
    assert "certificate: It can be used" in said
    blind = openworklist("doctor", "--data", server.data, "--host", "127.0.0.1", *ports).stdout
    assert re.search(r"problem +web port", blind), blind


@needs_openssl
@pytest.mark.parametrize(
    ("offer", "agreed"),
    [
        ((), "TLSv1.3"),
        (("-tls1_2",), "TLSv1.2, Cipher is ECDHE-RSA-AES256-GCM-SHA384"),
        (("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), "Cipher is (NONE)"),
    ],
)
def test_what_is_agreed_upon_with_openssl(
    server: Any, papers: Path, offer: tuple[str, ...], agreed: str
) -> None:
    command = ["openssl", "s_client", "-connect", f"localhost:{server.web}", "-CAfile", papers / "ca.pem"]
    ended = subprocess.run(
        [*command, "-ign_eof", *offer],
        input="GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert agreed in ended.stdout + ended.stderr
    if "NONE" not in agreed:
        assert "Verify return code: 0 (ok)" in ended.stdout
        assert '{"status":"live"}' in ended.stdout


def test_stalled_handshakes_do_not_hold_the_port(
    start_server: Callable[..., Any], papers: Path, tmp_path: Path
) -> None:
    server = start_server(
        tmp_path / "data", *flags(papers), "--web-max-connections", "20", "--tls-handshake-timeout", "0"
    )
    with ExitStack() as stack:
        for number in range(STALLED):
            peer = stack.enter_context(socket.create_connection(("127.0.0.1", server.web), 30))
            peer.sendall((b"", HELLO[:1], HELLO, b"GET / HT")[number % 4])
        client = stack.enter_context(browse(papers))
        assert client.get(f"https://localhost:{server.web}/livez").status_code == 200
    assert server.stop() == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert log.count("TLS with a browser failed") < 20  # who stalls does not fill the log


def test_a_certificate_is_renewed_under_an_open_connection(
    start_server: Callable[..., Any], papers: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "papers"
    shutil.copytree(papers, mine)
    server = start_server(tmp_path / "data", *flags(mine))
    old = HTTPSConnection("localhost", server.web, timeout=30, context=verifier(mine))
    old.connect()
    before = shown_by(server, mine)

    # Half a renewal, which does not fit: what was in force stays so.
    whole = (mine / "server.key").read_bytes()
    (mine / "server.key").write_bytes((mine / "client.key").read_bytes())
    wait_for(server, old, "the new certificate is of no use, the old one stays in force.*listener=web")
    assert shown_by(server, mine) == before
    (mine / "server.key").write_bytes(whole)
    wait_for(server, old, "the certificate was renewed.*listener=web")

    make_certificates(mine, ("localhost", "127.0.0.1"), force=True)
    while shown_by(server, mine) == before:
        assert server.process.poll() is None
    ask(old)  # the same connection, still
    old.close()
    assert server.stop() == 0
    log = server.log.read_text()
    assert re.search(r"certificates_refused=1\b", log)
    assert "Traceback" not in log


def ask(connection: HTTPSConnection) -> None:
    sock = connection.sock
    connection.request("GET", "/livez")
    assert connection.getresponse().read() == b'{"status":"live"}'
    assert connection.sock is sock


def wait_for(server: Any, connection: HTTPSConnection, pattern: str) -> None:
    while not re.search(pattern, server.log.read_text()):
        assert server.process.poll() is None
        ask(connection)


def shown_by(server: Any, papers: Path) -> bytes | None:
    """The certificate that a new connection gets to see."""
    with (
        socket.create_connection(("127.0.0.1", server.web), 30) as plain,
        verifier(papers).wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        return connection.getpeercert(binary_form=True)


def test_a_stream_of_events_goes_on_until_the_server_stops(
    start_server: Callable[..., Any], papers: Path, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", *flags(papers), "--no-login")
    base = f"https://localhost:{server.web}"
    with (
        browse(papers, base_url=base) as client,
        client.stream("GET", "/events") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        next(lines)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        list(lines)  # to its end, and in good order
        stopping.join(60)
    assert server.process.returncode == 0


def test_the_link_of_the_first_administrator_has_https(
    start_server: Callable[..., Any], papers: Path, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", *flags(papers))
    line = server.process.stdout.readline()
    link = line.removeprefix("first administrator: ").strip()
    assert link.startswith(f"https://127.0.0.1:{server.web}/first-run?token=")
    with browse(papers) as client:
        assert client.get(link).status_code == 200
    assert server.stop() == 0


def test_https_without_a_certificate_does_not_start(
    openworklist: Callable[..., Any], free_ports: Callable[[int], list[int]], tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    ended = openworklist(
        "serve", "--data", tmp_path, "--web-port", port, "--hl7-port", 0, "--dicom-port", 0, "--web-tls"
    )
    assert ended.returncode == 1
    assert "The web port with TLS needs a certificate" in ended.stderr
