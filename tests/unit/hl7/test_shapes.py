import pytest

from openworklist.hl7.shapes import SHAPES


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        ("modality", ("CT", "mr", "RTIMAGE"), ("", "XR1", "HEAD", "C T")),
        ("ae_title", ("CT01", "MR_1", "scanner-3"), ("", "CT", "TWO WORDS", "A" * 17, "A\\B", "Ä")),
        ("station_name", ("ROOM 1", "CT01"), ("CT", "P", "RAD")),
        ("date", ("20260314", "202603141015"), ("", "soon", "2026")),
        ("uid", ("1.2.840", "2.25.1"), ("", "1", "1..2", "1.02", "1." + "2" * 64)),
        ("accession_number", ("1", "A-17", "20060307110114"), ("", "CT", "ROUTINE", "A 1")),
        ("number", ("12", "A77"), ("", "Smith")),
        ("priority", ("S", "stat"), ("", "1", "soon")),
    ],
)
def test_a_shape_tells_what_looks_so(shape: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    assert all(SHAPES[shape](text) for text in good)
    assert not any(SHAPES[shape](text) for text in bad)
