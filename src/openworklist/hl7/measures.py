"""Weights and sizes with the unit that stands beside them, in OBX-6."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

# By attribute: from a number and the first component of its unit to the number in DICOM's unit; None if the
# unit is none of that kind, or nobody is so heavy or tall.
Measure = Callable[[str, str], str | None]

# UCUM and the codes of HL7 v2.9 table 0353, in small letters; "" is the unit that DICOM has.
_KILOGRAMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("", "kg", "kgs", "kilogram"), "1"),
    **dict.fromkeys(("g", "gm", "gram"), "0.001"),
    **dict.fromkeys(("lb", "lbs", "[lb_av]", "pound"), "0.45359237"),
    **dict.fromkeys(("oz", "[oz_av]"), "0.028349523125"),
}
_METRES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("", "m", "meter", "metre"), "1"),
    **dict.fromkeys(("cm", "centimeter", "centimetre"), "0.01"),
    **dict.fromkeys(("mm",), "0.001"),
    **dict.fromkeys(("in", "inch", "[in_i]", "[in_us]"), "0.0254"),
    **dict.fromkeys(("ft", "[ft_i]", "[ft_us]"), "0.3048"),
}


def _make(factors: Mapping[str, str], most: int) -> Measure:
    """A measure that is above zero and no more than `most`: 180 without a unit are no metres."""

    def measure(number: str, unit: str) -> str | None:
        factor = factors.get(unit.strip().lower())
        if factor is None:
            return None
        try:
            found = Decimal(number) * Decimal(factor)
            is_likely = 0 < found <= most
        except ArithmeticError:
            return None
        if not is_likely:
            return None
        if factor == "1":
            return number
        # A DS has 16 letters (PS3.5 6.2); a gram and a millimetre are exact enough.
        rounded = f"{found.quantize(Decimal('0.001')).normalize():f}"
        return rounded if rounded != "0" else None

    return measure


MEASURES: Final[Mapping[str, Measure]] = {
    "patient_weight": _make(_KILOGRAMS, 2000),
    "patient_size": _make(_METRES, 4),
}
