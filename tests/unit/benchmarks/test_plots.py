from itertools import pairwise
from xml.etree import ElementTree

import pytest
from benchmarks.page.plots import Axis, Bar, draw_bars, draw_lines, spread
from benchmarks.page.styles import STYLES, Style

SVG = "{http://www.w3.org/2000/svg}"


def find_texts(plot: str) -> dict[str, tuple[float, float]]:
    found = ElementTree.fromstring(plot).iter(f"{SVG}text")
    return {one.text or "": (float(one.attrib["x"]), float(one.attrib["y"])) for one in found}


@pytest.mark.parametrize(("value", "pixel"), [(1, 0), (10, 50), (100, 100), (0, 0)])
def test_an_axis_is_logarithmic(value: float, pixel: float) -> None:
    assert Axis(1, 100, 0, 100).place(value) == pytest.approx(pixel)


def test_names_move_apart_and_stay_within_the_plot() -> None:
    places = {"high": 10.0, "low": 98.0, "lower": 99.0, "lowest": 99.5}

    found = spread(places, gap=16, low=0, high=100)

    assert found == {"high": 10, "low": 68, "lower": 84, "lowest": 100}


def test_every_line_has_its_name_and_none_lies_on_another() -> None:
    series = {name: [(0.0, 1.0), (10.0, 2.0 + number / 100)] for number, name in enumerate(STYLES)}

    texts = find_texts(draw_lines("All", ("callers", "a second"), series, STYLES))

    heights = sorted(texts[name][1] for name in STYLES)
    assert all(after - before >= 15 for before, after in pairwise(heights))
    assert {"All", "callers", "a second", "none", "10"} <= texts.keys()
    assert texts["none"][0] < texts["10"][0]


def test_names_are_escaped() -> None:
    plot = draw_lines("a < b & c", ("x", "y"), {"<&>": [(1, 1), (2, 2)]}, {"<&>": Style(0)})

    assert {"a < b & c", "<&>"} <= find_texts(plot).keys()


def test_bars_stand_in_groups_and_are_as_long_as_their_values() -> None:
    bars = [
        Bar("OpenWorklist", "alone", 4000, "4,000", Style(0)),
        Bar("OpenWorklist", "polled", 2000, "2,000", Style(0)),
        Bar("OpenWorklist, PostgreSQL", "alone", 1000, "1,000", Style(0, is_dashed=True)),
    ]

    plot = draw_bars("Orders", "a second", bars)

    rectangles = [one for one in ElementTree.fromstring(plot).iter(f"{SVG}rect") if "x" in one.attrib]
    lengths = [float(one.attrib["width"]) for one in rectangles]
    assert lengths == pytest.approx([lengths[0], lengths[0] / 2, lengths[0] / 4], abs=0.1)
    assert {"OpenWorklist", "OpenWorklist, PostgreSQL", "4,000"} <= find_texts(plot).keys()
