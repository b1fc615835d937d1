"""The help as everybody sees it: each link on each page is followed, hostile names lead nowhere."""

import re
from functools import cache

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from openworklist.ui.frame import RAIL
from openworklist.ui.help.guides import GUIDES, find_guide
from openworklist.ui.help.library import load_pages
from openworklist.ui.help.shelf import open_shelf
from players.site import Site, TestClient

NAMES = [*open_shelf().pages]


@cache
def find_anchors(client: TestClient, address: str) -> set[str]:
    """The anchors of a page, which must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return set(re.findall(r' id="([^"]+)"', answer.text))


@pytest.mark.parametrize("name", NAMES)
def test_every_link_on_every_page_leads_to_something(site: Site, name: str) -> None:
    client = site.client("viewer")
    address = f"/help/{name}".rstrip("/")
    page = client.get(address)
    main = page.text.partition("<main")[2].partition("</main>")[0]

    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<[^>]+ (style|on\w+)=", page.text)
    for href in re.findall(r'<a [^>]*href="([^"]+)"', main):
        target, _, anchor = href.partition("#")
        found = find_anchors(client, target or address)
        assert not anchor or anchor in found, href
    for src in re.findall(r'<img [^>]*src="([^"]+)"', main):
        image = client.get(src)
        assert (image.status_code, image.headers["content-type"]) == (200, "image/svg+xml"), src
        assert image.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_start_leads_to_every_page_of_the_folder(site: Site) -> None:
    start = site.client("viewer").get("/help").text
    led = re.findall(r'href="/help/([\w-]+)"', start)

    assert {name for name in NAMES if name and "/" not in name} == set(led)
    assert [page.name for page in load_pages() if "/" not in page.name][: len(led)] == led


@pytest.mark.parametrize(
    "path",
    [
        "/help/../../etc/passwd",
        "/help/%2e%2e/%2e%2e/etc/passwd",
        "/help/..%2f..%2fetc%2fpasswd",
        "/help/%2fetc%2fpasswd",
        "/help/..%5c..%5cREADME",
        "/help/../README",
        "/help/mapping.md",
        "/help/mapping%00",
        "/help/decisions/README",
        "/help/guides.py",
        "/help/%3Cscript%3E",
        "/help/",
    ],
)
def test_other_names_are_not_found(site: Site, path: str) -> None:
    answer = site.client("viewer").get(path, follow_redirects=False)

    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "<script>" not in answer.text


def test_a_stranger_is_led_to_the_login(site: Site) -> None:
    answer = site.client().get("/help/mapping", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/help/mapping")


def test_every_page_of_the_rail_has_its_help_and_no_help_is_about_nothing(site: Site) -> None:
    client = site.client("administrator")
    contexts = list(iter_route_contexts(site.application.routes))
    paths = [each.path_format for each in contexts if isinstance(each.original_route, APIRoute)]

    assert [place.path for place in RAIL if not find_guide(place.path)] == ["/help"]
    for path, target in GUIDES.items():
        assert any(each == path or each.startswith(f"{path}/") for each in paths), path
        page, _, anchor = target.partition("#")
        assert {anchor} - {""} <= find_anchors(client, f"/help/{page}"), target
    assert 'href="/help/mapping" title="Help on this page"' in client.get("/mapping").text


def test_a_problem_leads_to_its_code(site: Site) -> None:
    client = site.client("viewer")
    problem = client.get("/records/999999")

    assert problem.status_code == 404
    assert '<a href="/help/errors#record.not-found">' in problem.text
    assert "record.not-found" in find_anchors(client, "/help/errors")
    assert "/help/" not in site.client().get("/first-run").text


def test_search_shows_where_it_stands_and_escapes_what_was_asked(site: Site) -> None:
    client = site.client("viewer")

    assert 'href="/help/settings#hl7_port"' in client.get("/help?q=hl7_port").text
    assert "The first 40 are shown" in client.get("/help?q=a").text
    assert "<mark>hl7_port</mark>" in client.get("/help?q=hl7_port").text
    assert "Nothing was found" in client.get("/help?q=%3Cb%3Exyzzy").text
    assert "<b>xyzzy" not in client.get("/help?q=%3Cb%3Exyzzy").text
    assert client.get(f"/help?q={'a' * 201}").status_code == 422
