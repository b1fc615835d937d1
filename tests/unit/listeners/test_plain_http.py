import pytest

from openworklist.listeners.plain_http import MOST_BYTES, answer_plain


def _ask(line: str, *headers: str) -> str:
    return answer_plain("\r\n".join((line, *headers, "", "")).encode()).decode()


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("ow.hospital.example:3000", "https://ow.hospital.example:3000/worklist?day=1"),
        ("10.1.2.3:3000", "https://10.1.2.3:3000/worklist?day=1"),
        ("[fd00::2]:3000", "https://[fd00::2]:3000/worklist?day=1"),
        ("ow.hospital.example", "https://ow.hospital.example:80/worklist?day=1"),
    ],
)
def test_who_looks_at_a_page_is_sent_to_the_same_with_https(host: str, place: str) -> None:
    said = _ask("GET /worklist?day=1 HTTP/1.1", "User-Agent: x", f"Host: {host}")
    assert said.startswith("HTTP/1.1 307 Temporary Redirect\r\n")
    assert f"\r\nLocation: {place}\r\n" in said
    assert "\r\nCache-Control: no-store\r\n" in said
    assert said.endswith("https://\n")


def test_head_is_answered_without_a_body() -> None:
    assert _ask("HEAD / HTTP/1.1", "host: ow:1").endswith("\r\n\r\n")
    assert _ask("HEAD / HTTP/1.1").endswith("\r\n\r\n")


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        ("POST /login HTTP/1.1", ("Host: ow:3000", "Content-Length: 3")),
        ("GET /api/v1/records HTTP/1.1", ("Host: ow:3000", "Authorization: Bearer ow_x")),
        ("GET / HTTP/1.0", ()),
        ("GET //other.example/ HTTP/9.9", ("Host: ow:3000",)),
        ("GET http://other.example/ HTTP/1.1", ("Host: ow:3000",)),
        ("GET / HTTP/1.1", ("Host: ow:3000@other.example",)),
        ("GET / HTTP/1.1", ("Host: ow/\t",)),
        ("GET /a\x01b HTTP/1.1", ("Host: ow:3000",)),
        ("HELO there", ()),
    ],
)
def test_who_sends_something_or_a_key_is_told_of_the_mistake(line: str, headers: tuple[str, ...]) -> None:
    said = _ask(line, *headers)
    assert said.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert "Location" not in said
    assert said.endswith("This port speaks HTTPS alone: the address begins with https://\n")


def test_the_end_of_the_head_is_waited_for_but_not_for_ever() -> None:
    head = b"GET / HTTP/1.1\r\nHost: ow:3000\r\n"
    assert answer_plain(head) == b""
    assert answer_plain(head + b"X: " + bytes(MOST_BYTES)).startswith(b"HTTP/1.1 307")
    assert answer_plain(head.replace(b"\r", b"") + b"\n").startswith(b"HTTP/1.1 307")
