"""In which media types compressed pixels travel (PS3.18 8.7.3.3), and what can be made of them."""

from __future__ import annotations

from typing import Final

from openworklist.dicom.pixel_data import NATIVE
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN

OCTETS: Final = "application/octet-stream"
_ROOT: Final = "1.2.840.10008.1.2."
# What follows the root; what lost something when it was compressed; what is decoded here.
_TABLE: Final = """
4.50 image/jpeg lossy decoded
4.51 image/jpeg lossy decoded
4.57 image/jpeg lossless decoded
4.70 image/jpeg lossless decoded
4.80 image/jls lossless decoded
4.81 image/jls lossy decoded
4.90 image/jp2 lossless decoded
4.91 image/jp2 lossy decoded
4.92 image/jpx lossless -
4.93 image/jpx lossy -
4.100 video/mpeg lossy -
4.100.1 video/mpeg lossy -
4.101 video/mpeg lossy -
4.101.1 video/mpeg lossy -
4.102 video/mp4 lossy -
4.102.1 video/mp4 lossy -
4.103 video/mp4 lossy -
4.103.1 video/mp4 lossy -
4.104 video/mp4 lossy -
4.104.1 video/mp4 lossy -
4.105 video/mp4 lossy -
4.105.1 video/mp4 lossy -
4.106 video/mp4 lossy -
4.106.1 video/mp4 lossy -
4.107 video/H265 lossy -
4.108 video/H265 lossy -
4.110 image/jxl lossless -
4.111 image/jxl lossy -
4.112 image/jxl lossy -
4.201 image/jphc lossless decoded
4.202 image/jphc lossless decoded
4.203 image/jphc lossy decoded
5 image/dicom-rle lossless decoded
1.98 application/octet-stream lossless decoded
8.1 application/octet-stream lossless decoded
"""
_ROWS: Final = {_ROOT + row[0]: row[1:] for row in map(str.split, _TABLE.strip().splitlines())}


def find_media(syntax: str) -> str:
    """The media type of a frame, or of a video, as it is stored."""
    return _ROWS.get(syntax, (OCTETS,))[0]


def can_decode(syntax: str) -> bool:
    """Whether it can be had in Explicit VR Little Endian; what is only said otherwise can."""
    return syntax in NATIVE or _ROWS.get(syntax, ("", "", ""))[2] == "decoded"


def find_usual(syntax: str) -> str:
    """The transfer syntax that an instance has for who names none.

    PS3.18 8.7.3: Explicit VR Little Endian, but for what there is in lossy form alone.
    """
    is_lossy = _ROWS.get(syntax, ("", "lossless"))[1] == "lossy"
    return EXPLICIT_LITTLE_ENDIAN if can_decode(syntax) and not is_lossy else syntax


def is_plain(syntax: str) -> bool:
    """Whether pixels lie in the file as Explicit VR Little Endian has them."""
    return syntax in (EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN)
