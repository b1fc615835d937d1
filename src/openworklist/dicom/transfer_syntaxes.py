"""The transfer syntaxes that instances are stored in, as they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFLATED: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"

_ROOT: Final = "1.2.840.10008.1.2"
# What follows the root, and the name. Those that refer to pixels elsewhere (JPIP) are left out: nothing of
# the image would be stored.
_TABLE: Final = """
- Implicit VR Little Endian
.1 Explicit VR Little Endian
.1.98 Encapsulated Uncompressed Explicit VR Little Endian
.1.99 Deflated Explicit VR Little Endian
.2 Explicit VR Big Endian (retired)
.4.50 JPEG Baseline (Process 1)
.4.51 JPEG Extended (Process 2 and 4)
.4.52 JPEG Extended (Process 3 and 5) (retired)
.4.53 JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8) (retired)
.4.54 JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9) (retired)
.4.55 JPEG Full Progression, Non-Hierarchical (Process 10 and 12) (retired)
.4.56 JPEG Full Progression, Non-Hierarchical (Process 11 and 13) (retired)
.4.57 JPEG Lossless, Non-Hierarchical (Process 14)
.4.58 JPEG Lossless, Non-Hierarchical (Process 15) (retired)
.4.59 JPEG Extended, Hierarchical (Process 16 and 18) (retired)
.4.60 JPEG Extended, Hierarchical (Process 17 and 19) (retired)
.4.61 JPEG Spectral Selection, Hierarchical (Process 20 and 22) (retired)
.4.62 JPEG Spectral Selection, Hierarchical (Process 21 and 23) (retired)
.4.63 JPEG Full Progression, Hierarchical (Process 24 and 26) (retired)
.4.64 JPEG Full Progression, Hierarchical (Process 25 and 27) (retired)
.4.65 JPEG Lossless, Hierarchical (Process 28) (retired)
.4.66 JPEG Lossless, Hierarchical (Process 29) (retired)
.4.70 JPEG Lossless, Non-Hierarchical, First-Order Prediction
.4.80 JPEG-LS Lossless
.4.81 JPEG-LS Lossy (Near-Lossless)
.4.90 JPEG 2000 (Lossless Only)
.4.91 JPEG 2000
.4.92 JPEG 2000 Part 2 Multi-component (Lossless Only)
.4.93 JPEG 2000 Part 2 Multi-component
.4.100 MPEG2 Main Profile / Main Level
.4.100.1 Fragmentable MPEG2 Main Profile / Main Level
.4.101 MPEG2 Main Profile / High Level
.4.101.1 Fragmentable MPEG2 Main Profile / High Level
.4.102 MPEG-4 AVC/H.264 High Profile / Level 4.1
.4.102.1 Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1
.4.103 MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
.4.103.1 Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
.4.104 MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
.4.104.1 Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
.4.105 MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
.4.105.1 Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
.4.106 MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
.4.106.1 Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
.4.107 HEVC/H.265 Main Profile / Level 5.1
.4.108 HEVC/H.265 Main 10 Profile / Level 5.1
.4.110 JPEG XL Lossless
.4.111 JPEG XL JPEG Recompression
.4.112 JPEG XL
.4.201 High-Throughput JPEG 2000 (Lossless Only)
.4.202 High-Throughput JPEG 2000 with RPCL Options (Lossless Only)
.4.203 High-Throughput JPEG 2000
.5 RLE Lossless
.8.1 Deflated Image Frame Compression
"""

TRANSFER_SYNTAXES: Final[Mapping[str, str]] = {
    _ROOT + end.strip("-"): name
    for end, _, name in (line.partition(" ") for line in _TABLE.strip().splitlines())
}
