"""Pages in Chromium. Whatever a test does, nothing stands in the console, and no other host is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Keyboard,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

_WAY = "Chromium not found: apt-get install chromium"
_FLAGS = [
    "--no-sandbox",  # it runs as root where tests do
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
expect.set_options(timeout=30_000)  # for what takes a moment on a quiet machine
SIZES = {"wide": (1440, 900), "middle": (1024, 768), "small": (360, 740), "zoom": (720, 450)}
SCALES = {"zoom": 2}  # a screen of 1440 at 200 %
_AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Whoever acts has seen the page load: what is quicker than its scripts goes the way without scripts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "click",
            "check",
            "uncheck",
            "fill",
            "focus",
            "press",
            "select_option",
            "set_input_files",
        ):
            patch.setattr(Locator, name, _wait_before(getattr(Locator, name)))
        patch.setattr(Page, "keyboard", property(_keyboard_when_loaded(Page.keyboard)))
        yield


def _wait_before(act: Callable[..., Any]) -> Callable[..., Any]:
    def wait_and_act(self: Locator, *arguments: Any, **options: Any) -> Any:
        self.first.wait_for(state="attached")
        self.page.wait_for_load_state("load")
        return act(self, *arguments, **options)

    return wait_and_act


def _keyboard_when_loaded(keyboard: Any) -> Callable[[Page], Keyboard]:
    def wait_and_give(self: Page) -> Keyboard:
        self.wait_for_load_state("load")
        given: Keyboard = keyboard.fget(self)
        return given

    return wait_and_give


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = _find_chromium()
    if path is None:
        pytest.skip(_WAY)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


class Watch:
    """What a page said and whom it asked."""

    def __init__(self, page: Page, *, expected: tuple[str, ...] = ()) -> None:
        self.console: list[str] = []
        self.foreign: list[str] = []
        self.expected = list(expected)  # parts of console lines that a test brings about on purpose
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        page.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text} {message.location}")

    def _see(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob", "about", "file") and url.hostname not in (
            "127.0.0.1",
            "localhost",
        ):
            self.foreign.append(request.url)

    def check(self) -> None:
        said = [line for line in self.console if not any(part in line for part in self.expected)]
        assert said == []
        assert self.foreign == []


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of its own browser context; what it said is checked at the end.

    `page.watch.expected` takes parts of console lines that the test brings about on purpose, like "401".
    """
    opened: list[tuple[Any, Watch]] = []

    def make(
        base: str = "",
        *,
        size: str = "wide",
        theme: str = "light",
        locale: str = "en-GB",
        cookies: list[dict[str, str]] | None = None,
        javascript: bool = True,
        touch: bool = False,
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=base or None,
            viewport={"width": width, "height": height},
            device_scale_factor=SCALES.get(size, 1),
            color_scheme=theme,  # type: ignore[arg-type]
            locale=locale,
            java_script_enabled=javascript,
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(30_000)
        if cookies:
            context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        watch = Watch(page)
        page.watch = watch  # type: ignore[attr-defined]
        opened.append((context, watch))
        return page

    yield make
    for context, watch in opened:
        context.close()
        watch.check()


@pytest.fixture(scope="session")
def find_barriers() -> Callable[[Page], str]:
    """What axe finds on a page, as text; "" if nothing."""
    axe = Axe()

    def find(page: Page) -> str:
        found = axe.run(page, options=_AXE_OPTIONS)
        return "" if found.violations_count == 0 else found.generate_report()

    return find


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    """Pages without login, unless a module says otherwise."""
    return ("--no-login",)
