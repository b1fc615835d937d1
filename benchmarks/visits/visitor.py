"""A browser that paints nothing: one connection that stays open, redirects followed, no scripts."""

import http.client
import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

_LONGEST = 120.0  # seconds for an answer
_REGION = {"HX-Request": "true"}
_MOVED = (302, 303)


class Unexpected(Exception):
    """A page did not answer as it does for people."""


class Visitor:
    """Asks one server. Addresses are those that stand in its pages."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection(self._host, timeout=_LONGEST)

    def get(self, address: str, region: str = "") -> str:
        """A page, or the region of it that htmx would ask for; raises Unexpected."""
        return self._ask("GET", address, {**_REGION, "HX-Target": region} if region else {})

    def post(self, address: str, values: Mapping[str, str]) -> str:
        """The page that a form leads to; raises Unexpected."""
        return self._ask("POST", address, {}, urlencode(values))

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, address: str, headers: Mapping[str, str], form: str | None = None) -> str:
        given = {"Accept": "text/html, */*;q=0.8", "Origin": f"http://{self._host}", **headers}
        if form is not None:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, form, given)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status in _MOVED:
            way = urlsplit(urljoin(address, answer.headers["Location"]))
            return self._ask("GET", f"{way.path}?{way.query}" if way.query else way.path, {})
        if answer.status != http.client.OK:
            raise Unexpected(f"{method} {address}: status {answer.status}: {text[:300]}")
        return text


def find_value(page: str, pattern: str) -> str:
    """What the first group of a pattern matches, as the browser reads it; raises Unexpected."""
    found = re.search(pattern, page)
    if found is None:
        raise Unexpected(f"nothing on the page is like {pattern!r}")
    return unescape(found[1])
