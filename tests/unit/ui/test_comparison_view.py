from openworklist.hl7.profile import preset
from openworklist.services.comparison import Comparison, Given, compare
from openworklist.ui.comparison_view import MEANING, POSITION, Cell, make_comparison_view

LEFT = b"MSH|^~\\&|A|B|C|D|20260314||ORM^O01|1|P|2.5\rPID|||1||Doe^Jane\rORC|NW|A1\r"
RIGHT = b"MSH|^~\\&|A|B|C|D|20260315||ORM^O01|2|P|2.5\rPID|||1||<b>^Jane\rNTE|1||new\rORC|NW|A1\r"


def make() -> Comparison:
    return compare(Given("l", LEFT), Given("r", RIGHT), preset("classic"), ignore_time=True)


def test_differences_have_numbers_in_the_order_of_the_page() -> None:
    for by in (MEANING, POSITION):
        view = make_comparison_view(make(), by, differences_only=False)
        cells = [
            cell for block in view.blocks for band in block.bands for cell in band if isinstance(cell, Cell)
        ]
        numbers = [cell.number for cell in cells if cell.number]
        assert numbers == list(range(1, view.differences + 1)) != []


def test_only_what_differs_is_left() -> None:
    view = make_comparison_view(make(), MEANING, differences_only=True)
    assert [block.name for block in view.blocks] == ["PID", "NTE"]
    (cell,) = view.blocks[0].bands[0]
    assert isinstance(cell, Cell)
    assert (cell.place, cell.status, cell.left) == ("PID-5.1", "changed", "<bdi>Doe</bdi>")
    assert "&lt;b&gt;" in str(cell.right)


def test_a_segment_of_one_side_has_nothing_on_the_other() -> None:
    view = make_comparison_view(make(), POSITION, differences_only=True)
    note = next(block for block in view.blocks if block.name == "NTE")
    assert note.status == "only right"
    assert all(cell.left is None for cell in note.bands[0] if isinstance(cell, Cell))
