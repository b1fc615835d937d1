"""Keys of a worklist question as a pydicom dataset."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from openworklist.dicom.sop_classes import IMPLICIT_LITTLE_ENDIAN
from openworklist.dicom.text import Encoding, choose, find_encoding
from openworklist.domain.attributes import ATTRIBUTES, BY_NAME, Attribute, Level
from openworklist.domain.errors import IdentifierError
from openworklist.domain.query import STATION

_STEP_SEQUENCE: Final = 0x0040_0100
_CHARSET: Final = 0x0008_0005
_WITH_WILDCARDS: Final = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"))


def to_identifier(keys: Mapping[str, str], charset: str = "") -> Any:
    """The dataset that asks for all that the catalogue knows, with these keys to match on.

    It is written in the smallest character set that holds the keys, or in that of a term of (0008,0005).
    IdentifierError on a key that DICOM, or that set, cannot ask with.
    """
    for name, text in keys.items():
        if text and (name not in BY_NAME or not BY_NAME[name].tag or BY_NAME[name].is_sequence):
            raise IdentifierError(
                f"{name} cannot be asked for.",
                code="identifier.key-invalid",
                hint="docs/attributes.md has the attributes with their tags",
            )
    terms = tuple(charset.split("\\"))
    encoding = find_encoding(terms, is_strict=False) if charset else choose(keys.values())
    make = _load_class()
    identifier, step = make(), make()
    for attribute in ATTRIBUTES:
        if attribute.tag:
            into = step if attribute.level is Level.STEP else identifier
            into.add(_to_element(attribute, keys.get(attribute.name, ""), encoding))
    if encoding.terms and not all(text.isascii() for text in keys.values()):
        identifier.add(_make_text(_CHARSET, "CS", "\\".join(encoding.terms).encode("ascii")))
    identifier.add_new(_STEP_SEQUENCE, "SQ", [step])
    return identifier


def _to_element(attribute: Attribute, text: str, encoding: Encoding) -> Any:
    from pydicom.dataelem import DataElement

    if not text.strip("*"):  # PS3.4 C.2.2.2.3: else it matches all
        if attribute.name == STATION:
            # An empty AE title may be taken for ours, as the setting of a worklist says; this is for all.
            return _make_text(attribute.tag, attribute.vr, b"*")
        return DataElement(attribute.tag, attribute.vr, [] if attribute.is_sequence else None)
    try:
        value = _check(attribute.vr, text)
    except ValueError as error:
        raise IdentifierError(
            f"{attribute.label} cannot be asked for like that: its kind of value is {attribute.vr}.",
            tag=attribute.tag,
            code="identifier.key-invalid",
            hint="docs/attributes.md says what a key may be",
        ) from error
    if isinstance(value, int):
        return DataElement(attribute.tag, attribute.vr, value)
    try:
        return _make_text(attribute.tag, attribute.vr, encoding.encode(value, attribute.vr))
    except UnicodeEncodeError as error:
        raise IdentifierError(
            f"{attribute.label} has letters that the character set of this node's questions has not.",
            tag=attribute.tag,
            code="identifier.key-invalid",
            hint="let the node be asked in another one, or in the smallest that holds the key",
        ) from error


@lru_cache(maxsize=1)
def _load_class() -> Any:
    from pydicom.dataset import Dataset

    class Written(Dataset):  # type: ignore[misc]
        """A dataset whose elements go out as they are: pydicom would write their text anew."""

        _character_set = original_character_set = "iso8859"

        def get(self, key: Any, default: Any = None) -> Any:
            """The set is there to be sent; no text is written by it, and pydicom may not know it."""
            return default if key == "SpecificCharacterSet" else super().get(key, default)

        def write_in(self, transfer_syntax: str) -> None:
            """The transfer syntax that it is sent in."""
            self.set_original_encoding(transfer_syntax == IMPLICIT_LITTLE_ENDIAN, True)
            for element in self.values():
                if element.VR == "SQ" and element.value:
                    for item in element.value:
                        item.write_in(transfer_syntax)

    return Written


def _make_text(tag: int, vr: str, raw: bytes) -> Any:
    """Bytes as they are to be sent: pydicom has not every set, and wildcards would not pass its checks."""
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    raw += (b"\0" if vr == "UI" else b" ") * (len(raw) % 2)
    return RawDataElement(Tag(tag), vr, len(raw), raw, 0, False, True, True)


def _check(vr: str, text: str) -> str | int:
    """The key as pydicom writes it; ValueError if the VR cannot hold it."""
    from pydicom import config
    from pydicom.valuerep import validate_value

    text.encode()  # a terminal may give half a letter
    if not text.isprintable() or ("\\" in text and vr != "UI"):
        raise ValueError("no line of text, or several values")
    if vr == "US":
        validate_value(vr, int(text), config.RAISE)
        return int(text)
    # What stands for any letters is none of the value's own.
    plain = text.replace("*", "").replace("?", "") if vr in _WITH_WILDCARDS else text
    for one in plain.split("\\"):
        validate_value(vr, one, config.RAISE)
    return text
