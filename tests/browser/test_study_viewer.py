"""Images on the study page: which one is drawn, how its values become greys, which side is which."""

from __future__ import annotations

from collections.abc import Callable
from struct import pack
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pydicom import dcmread

from players.archive import find_sample, send
from players.slices import SIDE, give_token, make_clip, make_series
from players.viewer import Viewer, open_viewer, window

ROOT = "1.2.826.0.1.3680043.8.498.600"
COUNT = 40
COLOURS = [(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0)]
OBLIQUE = (0.866, 0.5, 0, 0, 0, -1)
# What is sent, and the letters at the top, right, bottom and left.
SIDES: dict[str, tuple[dict[str, Any], tuple[str, str, str, str]]] = {
    "axial": ({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}, ("A", "L", "P", "R")),
    "coronal": ({"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]}, ("H", "L", "F", "R")),
    "sagittal": ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, ("H", "P", "F", "A")),
    "from behind": ({"ImageOrientationPatient": [-1, 0, 0, 0, 0, -1]}, ("H", "R", "F", "L")),
    "oblique": ({"ImageOrientationPatient": list(OBLIQUE)}, ("H", "LP", "F", "RA")),
    "slightly tilted": ({"ImageOrientationPatient": [1, 0, 0, 0, 0.98, -0.2]}, ("A", "L", "P", "R")),
    "said in words": (
        {"ImageOrientationPatient": None, "PatientOrientation": ["A", "F"]},
        ("H", "A", "F", "P"),
    ),
    "nobody knows": ({"ImageOrientationPatient": None}, ("", "", "", "")),
}
STACK, ODD, BROKEN = f"{ROOT}1", f"{ROOT}2", f"{ROOT}3"


def make_odd() -> dict[str, list[Any]]:
    """Series by their description, each with something of its own."""
    low = pack(f"<{SIDE * SIDE}h", *[-1000] * (SIDE * SIDE // 2), *[60] * (SIDE * SIDE // 2))
    half = bytes([40]) * (SIDE * SIDE // 2) + bytes([200]) * (SIDE * SIDE // 2)
    bits = pack(f"<{SIDE * SIDE}H", *[0xF000 | 0x0123] * SIDE * SIDE)
    eight = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    made: dict[str, dict[str, Any]] = {
        "signed": {"PixelData": low, "PixelRepresentation": 1, "WindowCenter": 40, "WindowWidth": 400},
        "rescaled": {"RescaleSlope": 2, "RescaleIntercept": -1024, "WindowCenter": -1000, "WindowWidth": 101},
        "inverse": {"PixelData": half, **eight, "PhotometricInterpretation": "MONOCHROME1"},
        "twelve": {
            "PixelData": bits,
            "BitsStored": 12,
            "HighBit": 11,
            "WindowCenter": 300,
            "WindowWidth": 200,
        },
        "exact": {"VOILUTFunction": "LINEAR_EXACT", "WindowCenter": 10, "WindowWidth": 20},
        "flat": {"PixelSpacing": [1, 0.5]},
        "no window": {"PixelData": half, **eight, "WindowCenter": None, "WindowWidth": None},
        **{name: given for name, (given, _) in SIDES.items()},
    }
    return {
        name: make_series(ODD, [7], **{"SeriesNumber": number, "SeriesDescription": name, **given})
        for number, (name, given) in enumerate(made.items(), 10)
    }


@pytest.fixture(scope="module")
def tokens(server: Any) -> dict[str, str]:
    order = [*range(2, COUNT + 1, 2), *range(1, COUNT + 1, 2)]  # as they may come
    images = make_series(STACK, order)
    images += make_series(STACK, range(101, 121), SeriesNumber=2, SeriesDescription="Thick")
    images.append(make_clip(STACK, COLOURS, FrameTime=50))
    images += [image for series in make_odd().values() for image in series]
    for number, name in enumerate(("examples_ybr_color.dcm", "examples_palette.dcm", "JPEG2000.dcm"), 50):
        sample = dcmread(find_sample(name))
        sample.StudyInstanceUID, sample.SeriesInstanceUID = ODD, f"{ODD}.{number}"
        sample.SeriesNumber, sample.SeriesDescription = number, name
        images.append(sample)
    broken = make_series(BROKEN, [1, 2, 3])
    broken[1].PixelData = bytes(10)
    images += broken
    assert {each.Status for each in send(server.dicom, *images)} == {0}
    return {uid: give_token(server.data, uid) for uid in (STACK, ODD, BROKEN)}


@pytest.fixture
def open_study(server: Any, open_page: Callable[..., Page], tokens: dict[str, str]) -> Callable[..., Viewer]:
    def open_it(study: str, series: str = "", **how: Any) -> Viewer:
        viewer = open_viewer(open_page(f"http://127.0.0.1:{server.web}", **how), tokens[study])
        if series:
            viewer.page.locator("a.tile").filter(
                has=viewer.page.get_by_text(series, exact=True)
            ).first.click()
            expect(viewer.part("series")).to_contain_text(series)
            expect(viewer.part("image")).to_contain_text("/")
        return viewer

    return open_it


def test_slices_are_scrolled_by_wheel_keys_and_slider_in_the_order_of_the_patient(
    open_study: Callable[..., Viewer],
) -> None:
    viewer = open_study(STACK)
    viewer.expect_image(20, COUNT)
    viewer.wait_for(20)
    expect(viewer.part("image")).to_contain_text("50 mm")

    viewer.wheel(100)
    viewer.wait_for(21)
    viewer.wheel(-100)
    viewer.wheel(-100)
    viewer.wait_for(19)
    for key, number in (
        ("ArrowDown", 20),
        ("ArrowUp", 19),
        ("PageDown", 29),
        ("End", 40),
        ("PageUp", 30),
        ("Home", 1),
        ("ArrowUp", 1),
    ):
        viewer.press(key)
        viewer.wait_for(number)
        viewer.expect_image(number, COUNT)
    viewer.view.get_by_role("slider").fill("33")
    viewer.wait_for(33)
    expect(viewer.view.get_by_role("slider")).to_have_attribute("aria-valuetext", "33 of 40")
    viewer.page.get_by_role("button", name="Scroll", exact=True).click()
    viewer.drag(0, -100)
    expect(viewer.part("image")).not_to_contain_text("33 /")
    viewer.wait_for(int(viewer.part("image").inner_text().partition(" ")[0]))


def test_fingers_scroll_zoom_and_change_the_window(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(STACK, size="small", touch=True)
    viewer.wait_for(20)

    viewer.touch(((0.4, 0.7), (0.4, 0.5)))
    viewer.wait_for(10)  # an image for a fiftieth of the height
    before = viewer.part("zoom").inner_text()
    viewer.touch(((0.45, 0.5), (0.2, 0.5)), ((0.55, 0.5), (0.8, 0.5)))
    expect(viewer.part("zoom")).not_to_have_text(before)
    viewer.page.get_by_role("button", name="Window", exact=True).click()
    viewer.touch(((0.3, 0.5), (0.7, 0.5)))
    expect(viewer.part("window")).not_to_contain_text("W 256")
    viewer.expect_image(10, COUNT)


def test_the_window_is_changed_by_drag_and_preset_as_the_standard_computes_it(
    open_study: Callable[..., Viewer],
) -> None:
    viewer = open_study(STACK)
    viewer.wait_for(20)
    viewer.press("End")
    viewer.wait_for(40)

    viewer.page.locator("[name=preset]").select_option(label="Soft tissue")
    viewer.wait_for(window(40, 40, 400))
    expect(viewer.part("window")).to_have_text("W 400  L 40")
    viewer.press("4")
    viewer.wait_for(window(40, 480, 2500))
    viewer.press("5")
    expect(viewer.part("window")).to_have_text("W 80  L 40")
    viewer.press("Home")
    viewer.wait_for(window(1, 40, 80))
    viewer.drag(75, 30)
    expect(viewer.part("window")).to_have_text("W 100  L 48")
    viewer.wait_for(window(1, 48, 100))
    expect(viewer.page.locator("[name=preset] option:checked")).to_have_text("Other window")
    viewer.press("i")
    viewer.wait_for(255 - window(1, 48, 100))
    viewer.press("0")
    viewer.wait_for(1)


def test_images_are_enlarged_moved_and_turned(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(STACK)
    viewer.wait_for(20)
    viewer.press("o")
    expect(viewer.part("zoom")).to_have_text("100 %")
    viewer.wait_for(0, 0.6, 0.5)
    viewer.press("f")
    viewer.wait_for(20, 0.6, 0.5)

    viewer.press("-", "-", "-", "-", "-")
    viewer.wait_for(0, 0.7, 0.5)
    viewer.drag(300, 0, button="middle")
    viewer.wait_for(20, 0.7, 0.5)
    viewer.press(
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
    )
    viewer.wait_for(0, 0.7, 0.5)
    viewer.press("0")
    viewer.wait_for(20)
    before = viewer.part("zoom").inner_text()
    viewer.drag(0, -60, button="right")
    expect(viewer.part("zoom")).not_to_have_text(before)
    viewer.press("0")
    for key, letters in (("r", "RALP"), ("h", "RPLA"), ("v", "LPRA"), ("0", "ALPR")):
        viewer.press(key)
        expect(viewer.part("top")).to_have_text(letters[0])
        assert "".join(viewer.sides()) == letters


@pytest.mark.parametrize("name", SIDES)
def test_the_sides_are_those_of_the_patient(open_study: Callable[..., Viewer], name: str) -> None:
    viewer = open_study(ODD, name)
    viewer.wait_for(7)

    assert viewer.sides() == SIDES[name][1]


def test_values_become_greys_as_they_are_meant(open_study: Callable[..., Viewer]) -> None:
    expected = {
        "signed": (0, window(60, 40, 400)),
        "rescaled": (window(7 * 2 - 1024, -1000, 101),) * 2,
        "inverse": (215, 55),
        "twelve": (window(0x123, 300, 200),) * 2,
        "exact": (round(((7 - 10) / 20 + 0.5) * 255),) * 2,
        "no window": (0, 255),
    }
    viewer = open_study(ODD)
    for name, (top, bottom) in expected.items():
        viewer.page.locator("a.tile").filter(has_text=name).click()
        expect(viewer.part("series")).to_contain_text(name)
        viewer.wait_for(top, 0.5, 0.4)
        viewer.wait_for(bottom, 0.5, 0.6)


def test_pixels_that_are_higher_than_wide_are_drawn_so(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(ODD, "flat")
    viewer.wait_for(7)
    box = viewer.canvas.bounding_box()
    assert box
    half = box["height"] / 4 / box["width"]  # of the width; it is half as wide as high

    viewer.wait_for(7, 0.5 + half * 0.95)
    viewer.wait_for(0, 0.5 + half * 1.05)


def test_colours_and_what_only_the_server_can_draw_are_shown(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(STACK, "US")
    viewer.wait_for(COLOURS[0])
    viewer.press("ArrowDown")
    viewer.wait_for(COLOURS[1])
    viewer.press("i")
    viewer.wait_for((255, 55, 255))
    viewer = open_study(ODD)
    for name in ("examples_ybr_color.dcm", "examples_palette.dcm", "JPEG2000.dcm"):
        viewer.page.locator("a.tile").filter(has_text=name).click()
        expect(viewer.part("series")).to_contain_text(name)
        expect(viewer.part("zoom")).not_to_have_text("")
        expect(viewer.part("trouble")).to_be_hidden()
        greys = {viewer.pixel(x / 10, y / 10) for x in range(3, 8) for y in range(3, 8)}
        assert len(greys) > 3


def test_a_cine_runs_at_the_rate_of_the_images_and_stops(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(STACK, "US")
    viewer.wait_for(COLOURS[0])
    expect(viewer.page.locator("[name=rate]")).to_have_value("20")

    viewer.press(" ")
    play = viewer.page.get_by_role("button", name="Play")
    expect(play).to_have_attribute("aria-pressed", "true")
    for place in (2, 0, 3):  # it goes round
        viewer.wait_for(COLOURS[place])
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    seen = viewer.part("image").inner_text()
    viewer.wait_for(COLOURS[int(seen.partition(" ")[0]) - 1])
    assert viewer.part("image").inner_text() == seen


def test_two_series_stand_side_by_side_and_scroll_together(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(STACK)
    viewer.wait_for(20)
    other = Viewer(viewer.page, 1)
    viewer.press("t")
    other.wait_for(110)

    viewer.wheel(100)
    viewer.wait_for(21)
    other.wait_for(110)
    viewer.press("s", "Home")
    viewer.wait_for(1)
    other.wait_for(101)  # the nearest in the same space, which begins far from there
    other.view.click()
    viewer.press("End")
    other.wait_for(120)
    viewer.wait_for(40)
    viewer.press("t")
    expect(other.view).to_be_hidden()


def test_everything_is_reached_by_the_keyboard_alone(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(STACK)
    viewer.wait_for(20)
    page = viewer.page

    viewer.press("ArrowRight")
    viewer.wait_for(110)
    viewer.press("ArrowLeft")
    viewer.wait_for(20)
    viewer.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    viewer.press("Escape")
    reached = set()
    for _ in range(60):
        viewer.press("Tab")
        reached.add(
            page.evaluate(
                """(({ dataset, name, className, type }) =>
                  dataset.act || dataset.tool || name || className || type)(document.activeElement)"""
            )
        )
        if "slider" in reached:
            break
    assert {"window", "ruler", "preset", "invert", "split", "tile", "view", "slider"} <= reached
    viewer.press("ArrowDown")
    viewer.wait_for(21)


def test_a_distance_is_measured_in_millimetres(open_study: Callable[..., Viewer]) -> None:
    viewer = open_study(STACK)
    viewer.wait_for(20)
    viewer.press("o", "+", "+", "+", "+", "+", "+", "+", "+", "+", "+")  # about nine times as large
    viewer.page.get_by_role("button", name="Measure").click()
    zoom = int(viewer.part("zoom").inner_text().partition(" ")[0]) / 100
    viewer.drag(40, 30)

    length = 50 / zoom * 0.5
    expect(viewer.part("ruler")).to_have_text(f"{round(length, 1):g} mm")


def test_an_image_that_cannot_be_shown_says_so_in_its_place(
    server: Any, open_page: Callable[..., Page], tokens: dict[str, str]
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.watch.expected.append("Failed to load resource")  # type: ignore[attr-defined]
    page.goto(f"/studies/by-token/{tokens[BROKEN]}")
    viewer = Viewer(page)

    expect(viewer.part("trouble")).to_contain_text("This image cannot be shown.")
    address = viewer.part("trouble").get_by_role("link", name="Download").get_attribute("href")
    assert address
    assert page.request.get(f"http://127.0.0.1:{server.web}{address}").body()[128:132] == b"DICM"
    viewer.press("ArrowDown")
    viewer.wait_for(3)
    expect(viewer.part("trouble")).to_be_hidden()


def test_memory_is_bounded_and_neighbours_are_there_before_they_are_wanted(
    open_study: Callable[..., Viewer],
) -> None:
    viewer = open_study(STACK)
    viewer.wait_for(20)

    found = viewer.page.evaluate(
        """async () => {
          const { Loader } = await import("/static/js/study/loader.js");
          const picture = { bytes: 32 * 1024 * 1024 };
          const study = { picture: async () => ({ ...picture }) };
          const loader = new Loader(study);
          const frames = Array.from({ length: 100 }, (_, number) => ({ number }));
          loader.want("one", frames);
          loader.want("two", frames.slice(50));
          while (!loader.isIdle) await new Promise(requestAnimationFrame);
          const kept = frames.filter((each) => loader.peek(each)).length;
          if (!loader.peek(frames[0]) || !loader.peek(frames[50])) return [0, 0];
          return [kept, loader.capacity(picture.bytes)];
        }"""
    )
    kept, capacity = found
    assert capacity <= kept <= 16
    expect(viewer.part("loaded")).to_be_hidden()  # 60 in each direction: all of them
