"""Every link of every page leads somewhere."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from players.hospital import make_order
from players.site import Site, TestClient

_MOST = 600  # pages; a list of lists must not make this endless


class _Links(HTMLParser):
    """Where a page leads by itself: links, what is loaded, forms that ask."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in ("href", "src", "hx-get"):
            if given.get(name):
                self.found.append(urljoin(self.base, str(given[name])))


def _is_ours(address: str) -> bool:
    parts = urlsplit(address)
    # /events never ends; what documents other addresses is no page.
    return parts.scheme in ("http", "https") and parts.netloc == "testserver" and parts.path != "/events"


def _walk(client: TestClient, start: str) -> dict[str, tuple[int, str]]:
    """Every address found, with the status it answers and where it was found."""
    waiting = [(start, "")]
    seen: dict[str, tuple[int, str]] = {}
    while waiting and len(seen) < _MOST:
        address, origin = waiting.pop(0)
        if address in seen:
            continue
        answer = client.get(address)
        seen[address] = (answer.status_code, origin)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        links = _Links(str(answer.url))
        links.feed(answer.text)
        waiting += [(urldefrag(link).url, address) for link in links.found if _is_ours(link)]
    return seen


@pytest.mark.parametrize("role", ["administrator", "operator", "viewer"])
def test_no_link_leads_nowhere(site: Site, role: str) -> None:
    for number in range(3):
        site.receive(make_order(str(number), control_id=f"LINK{number}"))
    found = _walk(site.client(role), "http://testserver/worklist")
    assert {address: said for address, said in found.items() if said[0] != 200} == {}
    assert 40 < len(found) < _MOST
