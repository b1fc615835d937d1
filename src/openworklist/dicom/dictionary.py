"""The VR of every attribute of the standard (PS3.6), for what a file does not say."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_PRIVATE_CREATORS: Final = range(0x10, 0x100)
_NUMBERS: Final = "US or SS"
_OTHERS: Final = {"OB or OW": "OW", "US or OW": "OW", "US or SS or OW": "OW"}
_SEQUENCE: Final = 0xFFFE


@lru_cache(maxsize=8192)
def find_vr(tag: int, *, is_signed: bool = False) -> str:
    """The VR of a tag, UN where it is not known.

    Of those that depend on Pixel Representation, `is_signed` decides (PS3.5 A.1).
    """
    from pydicom.datadict import dictionary_VR

    group, element = tag >> 16, tag & 0xFFFF
    if group % 2:
        return "LO" if element in _PRIVATE_CREATORS else "UN"
    if group == _SEQUENCE:
        return "UN"
    try:
        vr = str(dictionary_VR(tag))
    except KeyError:
        return "UL" if element == 0 else "UN"
    if vr == _NUMBERS:
        return "SS" if is_signed else "US"
    return _OTHERS.get(vr, vr)


@lru_cache(maxsize=8192)
def find_keyword(tag: int) -> str:
    """The keyword of a tag, "" where there is none."""
    from pydicom.datadict import keyword_for_tag

    return str(keyword_for_tag(tag))


@lru_cache(maxsize=1024)
def find_tag(keyword: str) -> int:
    """The tag of a keyword, 0 where there is none."""
    from pydicom.datadict import tag_for_keyword

    return int(tag_for_keyword(keyword) or 0)
