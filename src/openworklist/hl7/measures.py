"""Weights and sizes with the unit that stands beside them, in OBX-6."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

# By attribute: from a number and the first component of its unit to the number in DICOM's unit; None if the
# unit is none of that kind.
Measure = Callable[[str, str], str | None]
MEASURES: Final[Mapping[str, Measure]] = {}
