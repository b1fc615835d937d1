"""Values that people write into a profile: constants, defaults and the words of value tables."""

from __future__ import annotations

from openworklist.domain.attributes import Attribute
from openworklist.domain.errors import MappingError
from openworklist.domain.query import canonical_time
from openworklist.domain.record import Value
from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.leaf import Reading
from openworklist.hl7.path import Path
from openworklist.hl7.sequences import read_sequence
from openworklist.hl7.values import make_cleaner

_NO_DELIMITERS = Delimiters("", "", "", "", "")
_NOWHERE = Path("ZZZ", 1)


def same(reading: Reading, text: str) -> str:
    """The reader of a text that was read already."""
    return text


def read_word(attribute: Attribute, text: str) -> Value:
    r"""The value of a text in DICOM's own form: `DOE^JOHN`, `20260314`, several values as `CT1\CT2`.

    That of a code is written as HL7 writes it, `CODE^Meaning^SCHEME`. MappingError if the attribute cannot
    hold it.
    """
    reading = Reading(_NO_DELIMITERS, "ascii", None)
    value: Value | None
    if attribute.is_sequence:
        value = read_sequence(attribute, text)
    else:
        clean = make_cleaner(attribute, _NOWHERE, same)
        texts = text.split("\\") if attribute.multiple else [text]
        # HL7 has times behind their dates only; people write them alone.
        is_time = attribute.vr == "TM" and canonical_time(text) != ""
        cleaned = [each.strip() if is_time else clean(reading, each.strip()) for each in texts]
        value = "\\".join(each for each in cleaned if each)
    if not value or reading.warnings:
        raise MappingError(
            f"{text!r} is no value that {attribute.label} can hold.",
            hint="write CODE^Meaning^SCHEME"
            if attribute.is_sequence
            else f"write it as DICOM's {attribute.vr} asks",
            code="mapping.value-unfit",
        )
    return value
