"""Where a code stands in an item: a record may hold it whole in one place, DICOM has three for it."""

from __future__ import annotations

import re
from typing import Final

from openworklist.domain.record import Item, Value

# PS3.3 table 8.8-1: one of them is present, by the form of the code, and never another.
CODE_VALUES: Final = ("code_value", "long_code_value", "urn_code_value")
_LONGEST: Final = 16  # SH, PS3.5 table 6.2-1
_URN: Final = re.compile(r"urn:|[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def value_in(item: Item, name: str) -> Value:
    """The value of an item by name; of the three for a code, all but the one of its form are empty."""
    if name not in CODE_VALUES:
        return item.get(name, "")
    code = next((code for each in CODE_VALUES if (code := item.get(each))), "")
    return code if isinstance(code, str) and name == _place_of(code) else ""


def _place_of(code: str) -> str:
    # UR has no letters beyond ASCII (PS3.5 6.2).
    if code.isascii() and _URN.match(code):
        return "urn_code_value"
    return "code_value" if len(code) <= _LONGEST else "long_code_value"
