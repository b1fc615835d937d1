"""Chromium: milliseconds from a navigation's begin until the first row stands on the screen."""

import shutil
from collections.abc import Iterator
from typing import Any

from benchmarks.visits.deeds import FAMILY, list_of

TURNS = 5
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# What is drawn in a frame is on the screen once a task behind that frame runs.
_WATCH = """
const watch = new MutationObserver(() => {
  if (!document.querySelector("table.worklist tbody tr")) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.firstRow = performance.now(); }));
});
watch.observe(document, { childList: true, subtree: true });
"""
Painted = tuple[str, list[float]]  # what, and how long each time


def measure_painted(port: int) -> Iterator[Painted]:
    """Nothing where there is no Chromium, or no Playwright to lead it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    if path is None:
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            page = browser.new_page(base_url=f"http://127.0.0.1:{port}")
            page.add_init_script(_WATCH)
            _open(page)  # what a browser keeps of us is there when a day begins
            yield "Chromium: the first row of everything is painted", [_open(page) for _ in range(TURNS)]
            yield f"Chromium: the first row of `{FAMILY}`, from Enter", [_type(page) for _ in range(TURNS)]
        finally:
            browser.close()


def _open(page: Any) -> float:
    page.goto(list_of(""))
    return _read(page)


def _type(page: Any) -> float:
    page.goto(list_of(""))
    page.locator("#quick").type(FAMILY)
    with page.expect_navigation():
        page.locator("#quick").press("Enter")
    return _read(page)


def _read(page: Any) -> float:
    """The clock of a page begins with its navigation, the form that was sent and the redirect included."""
    page.wait_for_function("window.firstRow")
    return float(page.evaluate("window.firstRow"))
