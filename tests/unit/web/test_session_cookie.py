import pytest
from fastapi import Request
from starlette.responses import Response

from openworklist.web.session_cookie import COOKIE, SECURE_COOKIE, give_session, read_session, take_session


def _make_request(scheme: str, cookie: str = "") -> Request:
    return Request({"type": "http", "scheme": scheme, "headers": [(b"cookie", cookie.encode())]})


@pytest.mark.parametrize(("scheme", "name"), [("http", COOKIE), ("https", SECURE_COOKIE)])
def test_what_is_given_is_read_and_taken_again(scheme: str, name: str) -> None:
    answer = Response()
    give_session(_make_request(scheme), answer, "token-of-this-session")
    given = answer.headers["set-cookie"]
    assert given.startswith(f"{name}=token-of-this-session; HttpOnly; Path=/; SameSite=lax")
    assert given.endswith("; Secure") is (scheme == "https")
    assert read_session(_make_request(scheme, given.partition(";")[0])) == "token-of-this-session"

    taking = Response()
    take_session(_make_request(scheme), taking)
    taken = taking.headers["set-cookie"]
    assert taken.startswith(f'{name}=""; ')
    assert "Max-Age=0" in taken
    # Without it browsers refuse a cookie of that prefix, also one that is to go.
    assert ("Secure" in taken) is (scheme == "https")


def test_the_cookie_of_one_scheme_is_nothing_to_the_other() -> None:
    assert read_session(_make_request("http", f"{SECURE_COOKIE}=a")) == ""
    assert read_session(_make_request("https", f"{COOKIE}=a")) == ""
