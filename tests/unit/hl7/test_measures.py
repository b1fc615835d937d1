from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.valuerep import validate_value

from openworklist.hl7.mapping import apply
from openworklist.hl7.measures import MEASURES
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset


@pytest.mark.parametrize(
    ("name", "number", "unit", "expected"),
    [
        ("patient_weight", "70.5", "kg", "70.5"),
        ("patient_weight", "70.5", "KG", "70.5"),
        ("patient_weight", "80", "", "80"),
        ("patient_weight", "3200", "g", "3.2"),
        ("patient_weight", "176", "lb", "79.832"),
        ("patient_weight", "176", "[lb_av]", "79.832"),
        ("patient_weight", "3200", "", None),
        ("patient_weight", "12", "stone", None),
        ("patient_weight", "0", "kg", None),
        ("patient_weight", "-5", "lb", None),
        ("patient_weight", "0.1", "g", None),
        ("patient_weight", "1E30", "lb", None),
        ("patient_weight", "1E999999999", "g", None),
        ("patient_weight", "NaN", "lb", None),
        ("patient_weight", "", "lb", None),
        ("patient_size", "1.82", "m", "1.82"),
        ("patient_size", "182", "cm", "1.82"),
        ("patient_size", "72", "[in_i]", "1.829"),
        ("patient_size", "6", "ft", "1.829"),
        ("patient_size", "182", "", None),
        ("patient_size", "182", "kg", None),
    ],
)
def test_a_measure_is_brought_to_the_unit_of_dicom(
    name: str, number: str, unit: str, expected: str | None
) -> None:
    assert MEASURES[name](number, unit) == expected


@given(
    number=st.from_regex(r"[+-]?[0-9]{1,8}(\.[0-9]{1,4})?(E[0-9]{1,2})?", fullmatch=True),
    unit=st.sampled_from(["kg", "g", "lb", "oz"]),
)
def test_what_comes_out_is_a_number_that_dicom_can_hold(number: str, unit: str) -> None:
    found = MEASURES["patient_weight"](number, unit)
    if found is not None:
        validate_value("DS", found, 2)
        assert 0 < Decimal(found) <= 2000


@pytest.mark.parametrize("number", ["1E30", "99999999999999", "-1"])
def test_an_order_with_an_absurd_weight_is_taken_without_it(number: str) -> None:
    text = f"MSH|^~\\&|HIS\rPID|||1\rORC|NW\rOBR|1\rOBX|1|NM|1^Body Weight||{number}|lb"
    (order,) = apply(parse(text), preset("auto"))
    assert "patient_weight" not in order.values
    assert order.warnings == ("OBX-5.1 is no measure in a unit that is known: left out.",)
