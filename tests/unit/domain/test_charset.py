import codecs

import pytest

from openworklist.domain.charset import CHARSETS, Charset, from_dicom, from_hl7


@pytest.mark.parametrize(
    ("name", "dicom"),
    [
        ("8859/1", "ISO_IR 100"),
        ("8859/2", "ISO_IR 101"),
        ("8859/3", "ISO_IR 109"),
        ("8859/4", "ISO_IR 110"),
        ("8859/5", "ISO_IR 144"),
        ("8859/6", "ISO_IR 127"),
        ("8859/7", "ISO_IR 126"),
        ("8859/8", "ISO_IR 138"),
        ("8859/9", "ISO_IR 148"),
        ("8859/15", "ISO_IR 203"),
        ("ISO IR14", "ISO_IR 13"),
        ("GB 18030-2000", "GB18030"),
        ("UNICODE", "ISO_IR 192"),
        ("UNICODE UTF-8", "ISO_IR 192"),
        ("UTF-8", "ISO_IR 192"),
        ("utf8", "ISO_IR 192"),
        ("ISO-8859-1", "ISO_IR 100"),
        ("8859-1", "ISO_IR 100"),
        ("ISO8859/15", "ISO_IR 203"),
        ("ISO/IEC 8859-1", "ISO_IR 100"),
        ("ISO_IR 100", "ISO_IR 100"),
        ("ISO 2022 IR 100", "ISO_IR 100"),
        ("ISO 2022 IR 144", "ISO_IR 144"),
        ("ISO-8859-8-I", "ISO_IR 138"),
        ("ISO_IR 192", "ISO_IR 192"),
        ("GB18030", "GB18030"),
        ("ASCII", ""),
        ("BIG-5", ""),
        ("WINDOWS-1252", ""),
        ("cp1252", ""),
    ],
)
def test_a_set_is_known_by_its_hl7_names(name: str, dicom: str) -> None:
    charset = from_hl7(name)
    assert charset is not None
    assert charset.dicom == dicom


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("Windows Latin 1", "cp1252"),
        ("WIN1251", "cp1251"),
        ("cp949", "euc_kr"),
        ("MS949", "euc_kr"),
        ("UHC", "euc_kr"),
        ("x-sjis", "cp932"),
        ("SJIS", "cp932"),
        ("Shift_JIS", "cp932"),
        ("CP932", "cp932"),
        ("EUC-JP", "euc_jp"),
        ("GB2312", "gb2312"),
        ("GBK", "gbk"),
        ("Big5", "cp950"),
        ("BIG5-HKSCS", "big5hkscs"),
        ("CNS 11643-1992", "euc_tw"),
        ("EUC-TW", "euc_tw"),
        ("mswin1250", "cp1250"),
        ("MS1251", "cp1251"),
        ("x-cp1252", "cp1252"),
        ("ANSI 1253", "cp1253"),
        ("1257", "cp1257"),
        ("IBM819", "latin_1"),
        ("CP28605", "iso8859_15"),
        ("ANSI_X3.4-1968", "ascii"),
        ("8859/10", "iso8859_10"),
        ("8859/13", "iso8859_13"),
        ("8859/14", "iso8859_14"),
        ("8859/16", "iso8859_16"),
        ("ISO 2022 IR 87", "iso2022_jp"),
        ("ISO 2022 IR 13", "shift_jis"),
    ],
)
def test_names_seen_in_the_wild(name: str, codec: str) -> None:
    charset = from_hl7(name)
    assert charset is not None
    assert charset.python == codec


@pytest.mark.parametrize(
    ("name", "extension"),
    [("ISO IR87", "ISO 2022 IR 87"), ("ISO IR159", "ISO 2022 IR 159"), ("KS X 1001", "ISO 2022 IR 149")],
)
def test_sets_that_dicom_has_only_with_code_extension(name: str, extension: str) -> None:
    charset = from_hl7(name)
    assert charset is not None
    assert (charset.dicom, charset.dicom_extension) == ("", extension)


@pytest.mark.parametrize("name", ["", "8859/12", "8859", "KLINGON", "CNS 11643-2007", "UNICODE UTF-16", "~"])
def test_a_name_that_nobody_knows_is_none(name: str) -> None:
    assert from_hl7(name) is None


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: charset.name)
def test_every_row_holds_together(charset: Charset) -> None:
    codecs.lookup(charset.python)
    assert not charset.windows or codecs.lookup(charset.windows)
    assert all(from_hl7(name) is charset for name in charset.hl7)
    for term in filter(None, (charset.dicom, charset.dicom_extension)):
        assert from_dicom(term) is charset
        assert term == term.upper().strip()


def test_an_empty_dicom_term_is_ascii() -> None:
    assert from_dicom("") is CHARSETS[0]
    assert from_dicom("ISO_IR 6") is CHARSETS[0]
    assert from_dicom("ISO_IR 999") is None
