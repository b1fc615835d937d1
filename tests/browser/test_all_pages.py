"""Every page, full of what somebody sends who means harm: at every size, in both themes, at 200 %."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Page

from openworklist.ui.routes import router
from players import hostile

# Where a route alone does not lead to all that it shows. A key of {} stands for what `keys` makes.
MORE: Final = (
    "/worklist?text=",
    "/worklist?text=&record=2",
    "/worklist?text=&record=6",
    "/worklist?text=mod:%3Cscript%3E",
    "/worklist?text=&deleted=1.2",
    "/records/1",
    "/records/2/edit",
    "/records/4",
    "/records/4/edit",
    "/records/6",
    "/records/new?from=2",
    *(f"/messages/{number}" for number in (2, 4, 5, 6, 8)),
    "/messages?result=refused",
    "/messages/outbound/1",
    f"/nodes/systems/edit?name={quote(hostile.SENDER)}",
    f"/nodes/scanners/one?title={quote(hostile.SCANNER)}",
    f"/nodes/scanners/one?title={quote('<i>&')}",
    f"/nodes/worklists/edit?name={quote(hostile.HANDLER)}",
    f"/nodes/told/edit?name={quote(f'{hostile.HANDLER}|{hostile.HANDLER}')}",
    f"/nodes/rules/edit?shape=filter&name={quote(hostile.HANDLER)}",
    "/nodes/rules/edit?shape=station",
    "/nodes/rules/edit?shape=group",
    f"/mapping/edit?name={quote(hostile.HANDLER)}&sample=2",
    "/mapping/edit?name=classic&sample=5",
    f"/mapping/versions?name={quote(hostile.HANDLER)}",
    f"/why?record=1&scanner={quote(hostile.SCANNER)}",
    "/compare?left=1&right=2",
    "/compare/{comparison}",
    "/compare/{comparison}?by=position&all=1",
    "/compose?record=1&record=2",
    "/compose?message=2",
    "/compose?record=2",
    "/query/{inquiry}",
    "/help?q=%3Cscript%3E",
    "/help/commands",
    "/help/conformance",
)


# What axe would look at for minutes; its kind of page is looked at with less in it.
LARGE: Final = re.compile(r"\?|/api/docs|/records/4|/messages/[0-9]")


@pytest.fixture(scope="module", autouse=True)
def keys(server: Any) -> dict[str, str]:
    """The server is spoilt, two messages are compared, and it is asked as another worklist is."""
    hostile.spoil(server)
    compared = hostile.post(server, "/compare", **{"left-message": 1, "right-message": 2})
    who = {"ae_title": "OPENWORKLIST", "host": "127.0.0.1", "port": server.dicom, "calling": "OW"}
    asked = hostile.post(server, "/query", **who, when="any")
    return {
        "comparison": compared.rpartition("/")[2],
        "inquiry": asked.rpartition("/")[2].partition("#")[0],
    }


@pytest.fixture(scope="module")
def addresses(server: Any, keys: dict[str, str]) -> list[str]:
    """Of all routes that lead to a page, and of more."""
    return [*_find_pages(server), *(each.format(**keys) for each in MORE)]


def _find_pages(server: Any) -> list[str]:
    found: dict[str, str] = {}
    for context in iter_route_contexts(router.routes):
        path = context.path_format
        if "GET" in (context.methods or ()) and "{" not in path and path != "/mapping/edit":
            try:
                with urlopen(f"http://127.0.0.1:{server.web}{path}") as answer:
                    if answer.read(100).lstrip().lower().startswith(b"<!doctype html"):
                        found.setdefault(urlsplit(answer.url).path, path)
            except OSError:
                continue  # it wants to know of what
    return list(found.values())


# In a region that comes anew by itself, whatever can have the focus has a name to give it back by.
_NAMELESS: Final = """() => {
  const ways = "a[href], button, input:not([type=hidden]), select, textarea, summary,"
    + "[tabindex]:not([tabindex='-1'])";
  const found = [];
  for (const region of document.querySelectorAll("[hx-trigger*='ow:']:not([data-calm])")) {
    const target = region.getAttribute("hx-target");
    const place = !target || target === "this" ? region : document.querySelector(target);
    for (const each of place.querySelectorAll(ways))
      if (!each.id || document.querySelectorAll(`[id="${CSS.escape(each.id)}"]`).length > 1)
        found.push(each.outerHTML.slice(0, 160));
  }
  return [...new Set(found)];
}"""
_FITS: Final = """() => [document.documentElement, document.querySelector("main") ?? document.body]
  .every(each => each.scrollWidth <= each.clientWidth)"""


def test_what_can_have_the_focus_in_a_live_region_has_an_id_of_its_own(
    server: Any, open_page: Callable[..., Page], addresses: list[str]
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.watch.expected.append("404")  # type: ignore[attr-defined]
    nameless = {}
    for address in addresses:
        page.goto(address)
        if found := page.evaluate(_NAMELESS):
            nameless[address] = found
    assert nameless == {}


@pytest.mark.parametrize(
    ("size", "theme"), [("wide", "dark"), ("middle", "light"), ("small", "dark"), ("zoom", "light")]
)
def test_pages_fit_have_no_barrier_and_run_nothing_that_was_sent(
    server: Any,
    open_page: Callable[..., Page],
    find_barriers: Callable[[Page], str],
    addresses: list[str],
    size: str,
    theme: str,
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}", size=size, theme=theme)
    page.watch.expected.append("404")  # type: ignore[attr-defined]
    wrong = {}
    for address in addresses:
        page.goto(address)
        if not page.title().endswith("OpenWorklist") or page.locator("script:not([src]), img").count():
            wrong[address] = "something ran"
        elif not page.evaluate(_FITS):
            wrong[address] = "too wide"
        elif not LARGE.search(address) and (found := find_barriers(page)):
            wrong[address] = found
    assert wrong == {}
