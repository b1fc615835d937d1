"""Chromium that takes pictures of pages, and keeps them small."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
_FLAGS = [
    "--no-sandbox",  # it runs as root where tests do
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]
_BUSY = "#live:not([data-state=live]), .htmx-request, [hx-trigger=load], .progress"
_STILL = "*, *::before, *::after { animation: none !important; transition: none !important; }"


@dataclass(frozen=True, slots=True)
class Size:
    """What the window measures; `scale` is how much a person has enlarged the page."""

    name: str
    width: int
    height: int
    scale: float = 1


@dataclass(frozen=True, slots=True)
class Camera:
    browser: Browser

    @contextmanager
    def open(self, url: str, size: Size, theme: Theme) -> Iterator[Page]:
        """A page that has no past: no cookie, nothing stored."""
        context = self.browser.new_context(
            base_url=url,
            viewport={"width": size.width, "height": size.height},
            device_scale_factor=size.scale,
            color_scheme=theme,
            locale="en-GB",
        )
        yield context.new_page()
        context.close()

    def settle(self, page: Page) -> None:
        """Until the page is live and waits for nothing."""
        page.wait_for_load_state("load")
        page.locator(_BUSY).first.wait_for(state="detached")

    def shoot(self, page: Page, path: Path) -> None:
        """A picture of what the window shows."""
        picture = page.screenshot(style=_STILL)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_shrink(picture))


def _shrink(picture: bytes) -> bytes:
    """The same with 256 colours, chosen so that the rare ones, like the red of Delete, stay."""
    with Image.open(io.BytesIO(picture)) as image, io.BytesIO() as small:
        few = image.convert("RGB").quantize(
            256, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
        )
        few.save(small, "PNG", optimize=True)
        return small.getvalue()


@contextmanager
def open_camera() -> Iterator[Camera]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise FileNotFoundError("Chromium not found: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield Camera(browser)
        browser.close()
