"""The study page in a browser, as somebody sees and uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Locator, Page, expect

# Of a copy: the canvas itself is made for drawing, and Chromium warns of reading it often.
_PIXEL: Final = """([canvas, x, y]) => {
  const copy = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, -Math.floor(canvas.width * x), -Math.floor(canvas.height * y));
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}"""
_IS_PIXEL: Final = f"""([canvas, x, y, wanted]) => {{
  const pixel = ({_PIXEL})([canvas, x, y]);
  return pixel.every((value, place) => Math.abs(value - wanted[place]) <= 1);
}}"""
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Viewer:
    """One view of a page: the first, unless another number is given."""

    page: Page
    number: int = 0

    @property
    def view(self) -> Locator:
        return self.page.locator(".view").nth(self.number)

    @property
    def canvas(self) -> Locator:
        return self.view.locator("canvas")

    def part(self, name: str) -> Locator:
        return self.view.locator(f"[data-part={name}]")

    def pixel(self, x: float = 0.5, y: float = 0.5) -> Colour:
        """The colour of a place of the canvas, given in parts of its sides."""
        red, green, blue = self.canvas.evaluate(f"(canvas, [x, y]) => ({_PIXEL})([canvas, x, y])", [x, y])
        return red, green, blue

    def wait_for(self, colour: int | Colour, x: float = 0.5, y: float = 0.5) -> None:
        """Until a place of the canvas has a grey or a colour, give or take one."""
        wanted = (colour,) * 3 if isinstance(colour, int) else colour
        handle = self.canvas.element_handle()
        try:
            self.page.wait_for_function(_IS_PIXEL, arg=[handle, x, y, list(wanted)])
        except Exception as error:
            raise AssertionError(f"{self.pixel(x, y)} and not {wanted}") from error

    def expect_image(self, number: int, of: int) -> None:
        """Until the text says that this image is seen."""
        expect(self.part("image")).to_contain_text(f"{number} / {of}")

    def sides(self) -> tuple[str, str, str, str]:
        """The letters at the top, to the right, at the bottom, to the left."""
        top, right, bottom, left = (
            self.part(each).inner_text() for each in ("top", "right", "bottom", "left")
        )
        return top, right, bottom, left

    def point(self, x: float = 0.5, y: float = 0.5) -> tuple[float, float]:
        """A place of the canvas on the page."""
        box = self.canvas.bounding_box()
        assert box
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    def wheel(self, delta: float) -> None:
        self.page.mouse.move(*self.point())
        self.page.mouse.wheel(0, delta)

    def drag(self, dx: float, dy: float, *, button: Any = "left") -> None:
        x, y = self.point()
        self.page.mouse.move(x, y)
        self.page.mouse.down(button=button)
        self.page.mouse.move(x + dx / 2, y + dy / 2)
        self.page.mouse.move(x + dx, y + dy)
        self.page.mouse.up(button=button)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def touch(self, *paths: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Fingers that go from a place of the canvas to another, all at once."""
        session = self.page.context.new_cdp_session(self.page)
        steps = 8
        for step in range(steps + 1):
            points = []
            for (x, y), (to_x, to_y) in paths:
                part = step / steps
                left, top = self.point(x + (to_x - x) * part, y + (to_y - y) * part)
                points.append({"x": left, "y": top, "id": len(points)})
            session.send(
                "Input.dispatchTouchEvent",
                {"type": "touchMove" if step else "touchStart", "touchPoints": points},
            )
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def open_viewer(page: Page, token: str) -> Viewer:
    """The page of a token, once its first image is seen."""
    page.goto(f"/studies/by-token/{token}")
    viewer = Viewer(page)
    expect(viewer.part("image")).to_contain_text("/")
    return viewer


def window(value: float, center: float, width: float) -> int:
    """PS3.3 C.11.2.1.2.1, for eight bits."""
    if value <= center - 0.5 - (width - 1) / 2:
        return 0
    if value > center - 0.5 + (width - 1) / 2:
        return 255
    return round(((value - (center - 0.5)) / (width - 1) + 0.5) * 255)
