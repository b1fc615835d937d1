"""The character sets of HL7 table 0211 and of DICOM, side by side, with the Python codec of each.

What DICOM writes with them is in dicom.text; how an HL7 message is read with them is in hl7.charset.
"""

from __future__ import annotations

from dataclasses import dataclass

from openworklist.domain import cns11643

ESC = b"\x1b"


@dataclass(frozen=True, slots=True)
class Charset:
    """One character set. `hl7` are its names in MSH-18: the standard's own, then those seen in the wild.

    `g0` and `g1` are the ISO 2022 designations without their ESC (PS3.3 C.12.1.1.2), empty where the set has
    none; `is_multibyte` means two bytes a letter after such a designation. `windows` is the code page that
    senders often mean when they name this set.
    """

    name: str
    hl7: tuple[str, ...]
    dicom: str  # (0008,0005) without code extension; "" where DICOM has none (or needs none)
    dicom_extension: str  # (0008,0005) with code extension
    python: str
    g0: bytes = b""
    g1: bytes = b""
    is_multibyte: bool = False
    windows: str = ""


_PAGES = ("WINDOWS-", "CP", "WIN", "MS", "MSWIN", "X-CP", "ANSI-", "WINDOWS-CP", "")

# PS3.3 tables C.12-2 to C.12-5; HL7 v2.9 table 0211. Order: the smaller set before the larger.
CHARSETS: tuple[Charset, ...] = (
    Charset(
        "ASCII",
        ("ASCII", "ISO IR6", "US-ASCII", "7BIT", "ANSI X3.4", "ANSI X3.4-1968", "ISO646-US", "CP20127"),
        "",
        "ISO 2022 IR 6",
        "ascii",
        g0=b"(B",
    ),
    Charset(
        "Latin 1",
        ("8859/1", "LATIN1", "ISO IR100", "ANSI", "IBM819", "CP819", "CP28591"),
        "ISO_IR 100",
        "ISO 2022 IR 100",
        "latin_1",
        b"(B",
        b"-A",
        windows="cp1252",
    ),
    Charset(
        "Latin 2",
        ("8859/2", "LATIN2", "ISO IR101", "CP28592"),
        "ISO_IR 101",
        "ISO 2022 IR 101",
        "iso8859_2",
        b"(B",
        b"-B",
        windows="cp1250",
    ),
    Charset(
        "Latin 3",
        ("8859/3", "LATIN3", "ISO IR109"),
        "ISO_IR 109",
        "ISO 2022 IR 109",
        "iso8859_3",
        b"(B",
        b"-C",
    ),
    Charset(
        "Latin 4",
        ("8859/4", "LATIN4", "ISO IR110"),
        "ISO_IR 110",
        "ISO 2022 IR 110",
        "iso8859_4",
        b"(B",
        b"-D",
        windows="cp1257",
    ),
    Charset(
        "Cyrillic",
        ("8859/5", "CYRILLIC", "ISO IR144", "CP28595"),
        "ISO_IR 144",
        "ISO 2022 IR 144",
        "iso8859_5",
        b"(B",
        b"-L",
        windows="cp1251",
    ),
    Charset(
        "Arabic",
        ("8859/6", "8859/6-I", "8859/6-E", "ARABIC", "ISO IR127", "CP28596"),
        "ISO_IR 127",
        "ISO 2022 IR 127",
        "iso8859_6",
        b"(B",
        b"-G",
        windows="cp1256",
    ),
    Charset(
        "Greek",
        ("8859/7", "GREEK", "ISO IR126", "CP28597"),
        "ISO_IR 126",
        "ISO 2022 IR 126",
        "iso8859_7",
        b"(B",
        b"-F",
        windows="cp1253",
    ),
    Charset(
        "Hebrew",
        ("8859/8", "HEBREW", "ISO IR138", "8859/8-I", "8859/8-E", "CP28598", "CP38598"),
        "ISO_IR 138",
        "ISO 2022 IR 138",
        "iso8859_8",
        b"(B",
        b"-H",
        windows="cp1255",
    ),
    Charset(
        "Latin 5 (Turkish)",
        ("8859/9", "LATIN5", "ISO IR148", "CP28599"),
        "ISO_IR 148",
        "ISO 2022 IR 148",
        "iso8859_9",
        b"(B",
        b"-M",
        windows="cp1254",
    ),
    Charset(
        "Latin 9",
        ("8859/15", "LATIN9", "LATIN0", "ISO IR203", "CP28605"),
        "ISO_IR 203",
        "ISO 2022 IR 203",
        "iso8859_15",
        b"(B",
        b"-b",
        windows="cp1252",
    ),
    Charset(
        "Thai",
        ("TIS-620", "8859/11", "THAI", "ISO IR166", "TIS 620-2533"),
        "ISO_IR 166",
        "ISO 2022 IR 166",
        "tis_620",
        b"(B",
        b"-T",
        windows="cp874",
    ),
    # JIS X 0201: romaji in G0, half-width katakana in G1; every one of its bytes is a Shift-JIS byte too.
    Charset(
        "JIS X 0201",
        ("ISO IR14", "ISO IR13", "JIS X 0201"),
        "ISO_IR 13",
        "ISO 2022 IR 13",
        "shift_jis",
        b"(J",
        b")I",
        windows="cp932",
    ),
    Charset(
        "JIS X 0208",
        ("ISO IR87", "JAS2020", "JIS X 0202", "JIS X 0208", "ISO-2022-JP"),
        "",
        "ISO 2022 IR 87",
        "iso2022_jp",
        g0=b"$B",
        is_multibyte=True,
    ),
    Charset(
        "JIS X 0212",
        ("ISO IR159", "JIS X 0212"),
        "",
        "ISO 2022 IR 159",
        "iso2022_jp_2",
        g0=b"$(D",
        is_multibyte=True,
    ),
    Charset(
        "KS X 1001",
        (
            "KS X 1001",
            "ISO IR149",
            "KS C 5601",
            "KS C 5601-1987",
            "EUC-KR",
            "CP949",
            "MS949",
            "WINDOWS-949",
            "UHC",
        ),
        "",
        "ISO 2022 IR 149",
        "euc_kr",
        g1=b"$)C",
        is_multibyte=True,
        windows="cp949",
    ),
    Charset(
        "GB 2312",
        ("ISO IR58", "GB2312", "GB 2312-80", "GB 2312-1980", "EUC-CN"),
        "",
        "ISO 2022 IR 58",
        "gb2312",
        g1=b"$)A",
        is_multibyte=True,
        windows="gbk",
    ),
    Charset("GBK", ("GBK", "CP936", "MS936", "WINDOWS-936"), "GBK", "", "gbk"),
    Charset(
        "GB 18030",
        ("GB 18030-2000", "GB18030", "GB 18030-2005", "GB 18030-2022", "CP54936"),
        "GB18030",
        "",
        "gb18030",
    ),
    Charset(
        "Unicode", ("UNICODE UTF-8", "UNICODE", "UTF-8", "ISO IR192", "CP65001"), "ISO_IR 192", "", "utf_8"
    ),
    # Sets that arrive but that DICOM has no term for: they leave as Unicode.
    Charset("Latin 6 (Nordic)", ("8859/10", "LATIN6"), "", "", "iso8859_10"),
    Charset("Latin 7 (Baltic)", ("8859/13", "LATIN7"), "", "", "iso8859_13", windows="cp1257"),
    Charset("Latin 8 (Celtic)", ("8859/14", "LATIN8"), "", "", "iso8859_14"),
    Charset("Latin 10 (Romanian)", ("8859/16", "LATIN10"), "", "", "iso8859_16", windows="cp1250"),
    Charset("Big5", ("BIG-5", "CP950", "MS950", "WINDOWS-950", "X-BIG5"), "", "", "cp950"),
    Charset("Big5 of Hong Kong", ("BIG5-HKSCS",), "", "", "big5hkscs"),
    Charset(
        "CNS 11643",
        ("CNS 11643-1992", "CNS 11643", "CNS 11643-1986", "EUC-TW", "X-EUC-TW"),
        "",
        "",
        cns11643.NAME,
    ),
    *(
        Charset(name, (*(f"{prefix}{page}" for prefix in _PAGES), *more), "", "", f"cp{page}")
        for name, page, *more in (
            ("Windows Western", 1252, "WINDOWS LATIN 1"),
            ("Windows Central European", 1250, "WINDOWS LATIN 2"),
            ("Windows Cyrillic", 1251),
            ("Windows Greek", 1253),
            ("Windows Turkish", 1254, "WINDOWS LATIN 5"),
            ("Windows Hebrew", 1255),
            ("Windows Arabic", 1256),
            ("Windows Baltic", 1257),
            ("Windows Vietnamese", 1258),
            ("Windows Thai", 874),
        )
    ),
    Charset("KOI8-R", ("KOI8-R",), "", "", "koi8_r"),
    Charset("KOI8-U", ("KOI8-U",), "", "", "koi8_u"),
    Charset(
        "Shift-JIS",
        ("SHIFT-JIS", "X-SJIS", "SJIS", "MS-KANJI", "CSSHIFTJIS", "CP932", "WINDOWS-31J", "MS932"),
        "",
        "",
        "cp932",
    ),
    Charset("EUC-JP", ("EUC-JP", "X-EUC-JP", "EUCJIS"), "", "", "euc_jp"),
    Charset("DOS American", ("CP437", "IBM437"), "", "", "cp437"),
    Charset("DOS Western", ("CP850", "IBM850"), "", "", "cp850"),
    Charset("DOS Central European", ("CP852", "IBM852"), "", "", "cp852"),
    Charset("DOS Cyrillic", ("CP866", "IBM866"), "", "", "cp866"),
)


def _key(name: str) -> str:
    """`ISO/IEC 8859-1`, `ISO8859/1` and `8859/1` are one name, and so are `ISO IR100` and `ISO_IR 100`."""
    key = "".join(letter for letter in name.upper() if letter.isalnum())
    return key.removeprefix("ISO").removeprefix("IEC")


_BY_HL7 = {_key(name): charset for charset in CHARSETS for name in charset.hl7}
_BY_DICOM = {
    _key(term): charset for charset in CHARSETS for term in (charset.dicom, charset.dicom_extension) if term
} | {"": CHARSETS[0], _key("ISO_IR 6"): CHARSETS[0]}


def from_hl7(name: str) -> Charset | None:
    """The set that MSH-18 names; None if nobody knows it.

    It may be the standard's name, one seen in the wild, or DICOM's, with or without code extension.
    """
    key = _key(name)
    return _BY_HL7.get(key) or (_BY_DICOM.get(key) if key else None)


def from_dicom(term: str) -> Charset | None:
    """The set of a defined term of (0008,0005), with or without code extension; "" is ASCII."""
    return _BY_DICOM.get(_key(term))
