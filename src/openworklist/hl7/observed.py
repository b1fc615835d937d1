"""What orders tell in OBX: places that are found by what another field says (IHE RAD TF-2 appendix B)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.hl7.path import parse_path
from openworklist.hl7.rule import Condition, Source

_VALUE: Final = parse_path("OBX-5.1")


def _where(*pairs: tuple[str, str], shape: str = "") -> tuple[Source, ...]:
    return tuple(Source(_VALUE, shape, Condition(parse_path(path), value)) for path, value in pairs)


# By attribute: the words of IHE, and the codes of LOINC and DICOM for the same.
OBSERVED: Final[Mapping[str, tuple[Source, ...]]] = {
    "patient_weight": _where(
        ("OBX-3.2", "Body Weight"), ("OBX-3.1", "29463-7"), ("OBX-3.1", "3141-9"), ("OBX-3.1", "27113001")
    ),
    "patient_size": _where(
        ("OBX-3.2", "Body Height"), ("OBX-3.1", "8302-2"), ("OBX-3.1", "3137-7"), ("OBX-3.1", "50373000")
    ),
    "study_instance_uid": _where(("OBX-3.1", "110180"), ("OBX-3.2", "Study Instance UID"), shape="uid"),
}
