"""What senders write where something else was meant: the words of a vandal.

Some are met in the wild; others are no values at all, or lure a reader that trusts int(), isdigit() or the
clock.
"""

from __future__ import annotations

from typing import Final

# fmt: off
CHARSETS: Final = (
    "ASCII", "8859/1", "8859/5", "8859/15", "ISO IR6", "ISO IR14", "ISO IR87", "~ISO IR87", "GB 18030-2000",
    "UNICODE UTF-8", "UNICODE UTF-16", "UNICODE", "KS X 1001", "CNS 11643-1992", "BIG-5", "KLINGON", "~",
    "8859/1~UNICODE UTF-8", "ISO 2022 IR 149", "windows-1252", "utf8", "A" * 300, "\x00", "~" * 50, "idna",
    "²",
)
CODECS: Final = (
    "utf_8", "utf_16", "utf_16_be", "utf_32", "latin_1", "cp1251", "iso8859_7", "shift_jis", "euc_jp",
    "iso2022_jp", "euc_kr", "gb18030", "big5", "utf_7", "cp037",
)
ENCODINGS: Final = (  # MSH-2
    "^~\\&", "^~&", "^~_&", "^~\\\\&", "^~\\&#", "", "^", "~^\\&", "&~\\^", "!$%*", "^^^^", "||||",
    "^~\\&" * 40, ":;,.", "^~\\|", "12ab", "    ", "\x07\x08\t\x0c", "^~\\", "«»§¶", "^~\\&\x00",
)
SEPARATORS: Final = ("|", "!", "#", "*", ":", "\t", "A", "1", " ", "^", "\\", "ä", "\x00", "")
TYPES: Final = (
    "ORM^O01", "OMG^O19", "OMI^O23^OMI_O23", "OMI^Z23", "ORM", "", "^O01", "ORU^R01", "ADT^A08", "ADT^A40",
    "SIU^S12", "SIU^S15", "orm^o01", "ORM^O01~ADT^A01", "QRY", "MDM^T02", "ÖRM^O01", "ORM&O01", "\x00",
)
VERSIONS: Final = (
    "2.1", "2.3", "2.3.1", "2.5", "2.5.1", "2.7", "2.8", "2.9", "3", "", "2", "x", "²", "9" * 400,
)
MODES: Final = ("AL", "AL", "NE", "ER", "SU", "", "al", "NEVER", "AL^NE", '""', "\x00", "A" * 300)
CONTROLS: Final = (
    "NW", "SN", "CH", "XO", "CA", "OC", "DC", "HD", "RL", "RP", "RU", "RO", "SC", "PA", "PR", "RE", "nw",
    "", "XX", "ZZ", "NW^CA", "NW~CA", '""', "N" * 400, " ", "ＮＷ",
)
VALUES: Final = (
    "", '""', " ", '" "', "^", "&", "~", "^^^^^^", "~~~~", "&&&", '""^""', "\\", "\\\\", "0", "-1", "+0",
    "1e9", "99999999999999999999999999", "00000000", "19000229", "20261332", "2026", "202603",
    "20260314256199", "20260314101500.123456789+9999", "20260314101500-0000", "20260314T101500Z",
    "00010101", "99991231235959", "²⁰²⁶", "٢٠٢٦٠٣١٤", "２０２６０３１４", "1.2.840.10008", "1..2", "." * 70,
    "1." * 200, "0.0.0.00", "2.25.00", "a" * 64, "b" * 65, "x" * 5000, "CT\\MR", "CT~MR", "CT^MR&US",
    "Doe^Jane" + "^" * 17, "=", "a=b=c=d", "\u202eEVIL", "e\u0301" * 40, "\u2028", "\u0085", "\ufeff",
    "\ufffd", "\U0001f9b4", "\x00", "ß", "İ", "ﬀ", "null", "None", "' OR 1=1 --", "%s%n", "{0}", "<script>",
    "../../etc/passwd", "\r", "\n",
)
ESCAPES: Final = (
    b"\\F\\", b"\\E\\", b"\\X\\", b"\\X4\\", b"\\XFF\\", b"\\XC3\\\\XA9\\", b"\\X00\\", b"\\X0D0A\\",
    b"\\Xzz\\", b"\\X0B\\", b"\\X1C0D\\", b"\\C2842\\", b"\\M2442\\", b"\\M244200\\", b"\\C\\", b"\\M99\\",
    b"\\.br\\", b"\\.sp99\\", b"\\.in+\\", b"\\.in-99\\", b"\\.\\", b"\\H\\", b"\\N\\", b"\\Zabc\\", b"\\",
    b"\\\\\\", b"\\XD800\\", b"\\.sk99999999999\\", b"\\P\\", b"\\T", b"T\\", b"\\X" + b"41" * 2000 + b"\\",
)
DESIGNATIONS: Final = (  # ISO 2022
    b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(B", b"\x1b(I", b"\x1b)I", b"\x1b$(D", b"\x1b$)C", b"\x1b$)A",
    b"\x1b-A", b"\x1b-F", b"\x1b.A", b"\x1b%G", b"\x1b%/1", b"\x1b$(G", b"\x1b$+I", b"\x1b", b"\x1b$",
    b"\x1b\x1b", b"\x1b$B;3ED\x1b(B",
)
BYTES: Final = (
    b"\xff", b"\xfe\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80",
    b"\xef\xbb\xbf", b"\x80", b"\x85", b"\x9f", b"\xa0", b"\x8f\xa2\xaf", b"\x81\x30\x81\x30", b"\x1a",
    b"\x7f",
)
LINE_ENDS: Final = (b"\n", b"\r\n", b"\r\r", b"\n\r", b"\r\n\r\n", b"", b"\x0c", b"\r \r", b"\x85")
HEADS: Final = (
    b"", b"M", b"MSH", b"MSH|", b"MSH|^", b"msh|^~\\&|", b"MSG|^~\\&|", b" MSH|^~\\&|", b"MSH ^~\\&|",
    b"MSH\x00", b"\xef\xbb\xbfMSH|^~\\&|", b"\r\nMSH|^~\\&|", b"\xff\xfeM\x00S\x00H\x00|\x00",
    b"BHS|^~\\&|\r", b"MSH^~\\&|", b"FHS|^~\\&|\rBHS|^~\\&|\rMSH|^~\\&|", b"PID|1||2\rMSH|^~\\&|",
    b"<?xml version='1.0'?>", b'{"MSH":', b"GET / ",
)
UNITS: Final = (  # of what is absurdly long
    b"x", b"|", b"^", b"~", b"&", b"\\", b"\r", b"\n", b" ", b"OBR|", b"^Doe", b"\xc3\xa4", b"\x00",
)
NAMES: Final = (  # of segments
    b"", b"P", b"pid", b"ZZZ", b"\x00\x00\x00", b"PID", b"PV1", b"ORC", b"OBR", b"IPC", b"DSC", b"MSH",
)
# fmt: on
