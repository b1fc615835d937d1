import pytest
from pydicom.valuerep import MAX_VALUE_LEN, validate_value

from openworklist.hl7.shapes import MODALITIES, SHAPES


@pytest.mark.parametrize(
    ("shape", "looks_so", "does_not"),
    [
        ("modality", ("CT", "mr", "RTPLAN"), ("", "CT ROOM 1", "ACC1", "XR", "RAD")),
        ("ae_title", ("CT1", "CTAWP73120", "A"), ("", "CT", "CT ROOM 1", "A" * 17, "A\\B", "MÜ1")),
        ("station_name", ("CT ROOM 1", "CT1", "CTAWP73120"), ("CT", "RAD", "lab", "R")),
        ("date", ("20190315", "20190315095000", "201903150950+0100"), ("", "2019", "soon", "20191315")),
        ("time", ("2019031509", "20190315095000"), ("", "20190315", "0950", "soon")),
        ("uid", ("1.2.840", "2.25.1", "1." + "1" * 62), ("", "1", "1.02", "1.", "1.a", "1." + "1" * 63)),
        ("accession_number", ("ACC1", "2005-9999", "7"), ("", "CT", "ABC", "A 1", "A" * 64 + "1")),
        ("number", ("1", "A1"), ("", "WELBY")),
        ("priority", ("S", "r", "STAT"), ("", "X", "CT")),
    ],
)
def test_what_looks_so(shape: str, looks_so: tuple[str, ...], does_not: tuple[str, ...]) -> None:
    assert [text for text in looks_so if not SHAPES[shape](text)] == []
    assert [text for text in does_not if SHAPES[shape](text)] == []


def test_a_modality_is_a_code_that_dicom_can_hold() -> None:
    for term in MODALITIES:
        validate_value("CS", term, 2)
        assert len(term) <= MAX_VALUE_LEN["SH"]
