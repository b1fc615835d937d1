import pytest

from openworklist.domain.control import RULES, Action
from openworklist.hl7.shapes import CHANGES, SHAPES


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        ("modality", ("CT", "mr", "RTIMAGE"), ("", "XR1", "HEAD", "C T")),
        ("ae_title", ("CT01", "MR_1", "scanner-3"), ("", "CT", "TWO WORDS", "A" * 17, "A\\B", "Ä", "4711")),
        ("station_name", ("ROOM 1", "CT01"), ("CT", "P", "RAD")),
        ("date", ("20260314", "202603141015"), ("", "soon", "2026")),
        ("uid", ("1.2.840", "2.25.1"), ("", "1", "1..2", "1.02", "1." + "2" * 64)),
        ("accession_number", ("1", "A-17", "20060307110114"), ("", "CT", "ROUTINE", "A 1")),
        ("number", ("12", "A77"), ("", "Smith")),
        ("order_change", ("CA", "xo", "RL"), ("", "NW", "SN", "RO", "SC")),
        ("priority", ("S", "stat"), ("", "1", "soon")),
    ],
)
def test_a_shape_tells_what_looks_so(shape: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    assert all(SHAPES[shape](text) for text in good)
    assert not any(SHAPES[shape](text) for text in bad)


def test_an_order_change_is_a_code_that_acts_on_an_order_and_adds_none() -> None:
    rules = [rule for (code, _), rule in RULES.items() if code in CHANGES]
    assert {code for code, _ in RULES} >= CHANGES
    assert not any(rule.adds or rule.action is Action.IGNORE for rule in rules)
