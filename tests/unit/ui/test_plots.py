"""Bars of a plot: what is counted is seen, and every label has its room."""

import pytest

from openworklist.ui.plots import WIDTH, Bar, draw_lying, draw_upright


@pytest.mark.parametrize("label", ["CT1", "W" * 16])
def test_the_longest_ae_title_has_room_before_its_bar(label: str) -> None:
    drawn = draw_lying([Bar(label, (4, 6)), Bar("MR", (1, 0))])
    word = drawn.words[0]
    assert word.x - 12 * len(label) >= 0
    assert word.x < drawn.shapes[0].x
    assert all(shape.x + shape.width <= WIDTH for shape in drawn.shapes)


def test_bars_are_as_long_as_what_they_count() -> None:
    first, second, third = draw_lying([Bar("A", (4, 6)), Bar("B", (5, 0))]).shapes
    assert first.width + second.width == pytest.approx(2 * third.width)
    assert second.x == pytest.approx(first.x + first.width)


def test_the_upper_edge_is_a_round_number() -> None:
    drawn = draw_upright([Bar("08", (90, 31)), Bar("09", (0, 0))])
    assert drawn.top == 200
    assert [shape.height for shape in drawn.shapes] == pytest.approx([67.5, 23.25])
