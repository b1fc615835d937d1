import random
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_charset_files

from openworklist.domain.errors import CharsetError, SettingsError
from openworklist.hl7.charset import Decoded, declared, decode
from openworklist.hl7.message import parse

DATA = Path(__file__).parents[2] / "data" / "hl7"


def message(charset: str, name: bytes) -> bytes:
    header = "MSH|^~\\&|HIS|CLINIC|OWL|CLINIC|20260314||ORM^O01|1|P|2.5||||||" + charset
    return header.encode() + b"\rPID|||1||" + name + b"\r"


def name_of(raw: bytes, default: str = "8859/1") -> str:
    return parse(decode(raw, default).text).get("PID-5")


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("8859/1", "latin_1", "MÜLLER^ZOË"),
        ("8859/2", "iso8859_2", "Wałęsa^Łukasz"),
        ("8859/3", "iso8859_3", "Ġorġ^Ħ"),
        ("8859/4", "iso8859_4", "Bērziņš^Ģirts"),
        ("8859/5", "iso8859_5", "Люкceмбypг^Ирина"),
        ("8859/6", "iso8859_6", "قباني^لنزار"),
        ("8859/7", "iso8859_7", "Διονυσιος^Άννα"),
        ("8859/8", "iso8859_8", "שרון^דבורה"),
        ("8859/9", "iso8859_9", "Çavuşoğlu^İpek"),
        ("8859/15", "iso8859_15", "Œuvre^Žofie€"),
        ("TIS-620", "tis_620", "สมชาย^ใจดี"),
        ("UNICODE UTF-8", "utf_8", "王^小東=Ω"),
        ("UTF-8", "utf_8", "Ĳsselmeer^Ÿ"),
        ("GB 18030-2000", "gb18030", "王^小东㐀"),
        ("GBK", "gbk", "張^三豐"),
        ("BIG-5", "cp950", "許^功蓋"),
        ("KS X 1001", "euc_kr", "김^희중"),
        ("ISO IR14", "shift_jis", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        ("SHIFT_JIS", "cp932", "ソ表^能予"),
        ("WINDOWS-1251", "cp1251", "Иванов^Пётр"),
    ],
)
def test_the_set_that_the_header_names_is_read(charset: str, codec: str, name: str) -> None:
    assert name_of(message(charset, name.encode(codec))) == name


# What GNU iconv writes: the first twenty rows are those of HL7 table 0211 and of DICOM.
WRITTEN = [
    ("8859/1", "4dfc6c6c65725e5a6feb20ff", "Müller^Zoë ÿ"),
    ("8859/2", "5761b3ea73615ea3756b61737a20ae69be6b61", "Wałęsa^Łukasz Žižka"),
    ("8859/3", "d56f72f55ea1616c", "Ġorġ^Ħal"),
    ("8859/4", "42ba727a69f1b95eab69727473", "Bērziņš^Ģirts"),
    ("8859/5", "bbeeda6365dcd17970d35ea2dee0f2d5", "Люкceмбypг^Ђорђе"),
    ("8859/6", "e2c8c7e6ea5ee4e6d2c7d1", "قباني^لنزار"),
    ("8859/7", "c4e9efedf5f3e9eff25eb6edede1", "Διονυσιος^Άννα"),
    ("8859/8", "f9f8e5ef5ee3e1e5f8e4", "שרון^דבורה"),
    ("8859/9", "c7617675fe6ff06c755edd70656b", "Çavuşoğlu^İpek"),
    ("8859/15", "bc757672655eb46f666965a4", "Œuvre^Žofie€"),
    ("UNICODE UTF-8", "57616e675e5869616f446f6e673de78e8b5ee5b08fe69db1", "Wang^XiaoDong=王^小東"),
    ("GB 18030-2000", "cdf55ed0a1b6ab8139ee39fe9f", "王^小东㐀䶮"),
    ("KS X 1001", "b1e85ec8f1c1df", "김^희중"),
    ("BIG-5", "b35c5ea55cbb5c", "許^功蓋"),
    ("CNS 11643-1992", "ddc25ec5fceae48ea2f0d8", "許^功蓋鑫"),
    ("ISO IR14", "d4cfc0de5ec0dbb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
    ("TIS-620", "cac1aad2c25ee3a8b4d5", "สมชาย^ใจดี"),
    ("GBK", "8f885ec8fdd853", "張^三豐"),
    ("GB2312", "d5c55ed0a1b6ab", "张^小东"),
    ("8859/13", "42e7727a69f2f05ecd", "Bērziņš^Ķ"),
    ("8859/14", "d0796e5ede", "Ŵyn^Ŷ"),
    ("8859/16", "aa746566616e5ede657065ba", "Ștefan^Țepeș"),
    ("8859/10", "af5edef372", "Ŋ^Þór"),
    ("KOI8-R", "e9d7c1cecfd75ef0a3d4d2", "Иванов^Пётр"),
    ("EUC-JP", "bbb3c5c45ec2c0cfba", "山田^太郎"),
    ("SHIFT-JIS", "835c955c5e945c975c", "ソ表^能予"),
    ("CP1250", "8e699e6b615e8a", "Žižka^Š"),
    ("CP1251", "b2e2e0ed5e80", "Іван^Ђ"),
    ("CP1252", "4f92427269656e5e8e6f66696580", "O’Brien^Žofie€"),
    ("CP1253", "a292edede1", "Ά’ννα"),
    ("CP1254", "de656e5ed0", "Şen^Ğ"),
    ("CP1255", "f9c8d1f8e5c9ef", "שָׁרוֹן"),
    ("CP1256", "818ee3c7e45e90", "پژمان^گ"),
    ("CP1257", "cde76e69f2f0", "Ķēniņš"),
    ("CP1258", "4e677579ea7e6e", "Nguyê~n"),
    ("CP874", "e1b4a793", "แดง“"),
    ("CP437", "4d816c6c6572", "Müller"),
    ("CP850", "4d816c6c65725ee5", "Müller^Õ"),
    ("CP852", "576188a97361", "Wałęsa"),
    ("CP866", "88a2a0adaea2", "Иванов"),
]


@pytest.mark.parametrize(("charset", "written", "name"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_bytes_that_another_program_wrote_are_read(charset: str, written: str, name: str) -> None:
    decoded = decode(message(charset, bytes.fromhex(written)))
    assert parse(decoded.text).get("PID-5") == name
    assert decoded.warnings == ()


CHARSET_FILES = sorted(get_charset_files("chr*.dcm"))


@pytest.mark.parametrize("path", CHARSET_FILES, ids=[Path(path).stem for path in CHARSET_FILES])
def test_the_examples_of_dicom_are_read_by_the_names_of_dicom(path: str) -> None:
    """PS3.5 annexes H to K, as pydicom has them: MSH-18 with all its repetitions, and ISO 2022 switching."""
    dataset = dcmread(path)
    if "PatientName" not in dataset:
        dataset = dataset.RequestedProcedureCodeSequence[0]
    terms = dataset.get("SpecificCharacterSet", ["ISO 2022 IR 13", "ISO 2022 IR 87"])
    charset = terms if isinstance(terms, str) else "~".join(terms)
    assert name_of(message(charset, dataset.PatientName.original_string)) == str(dataset.PatientName)


def test_bytes_of_a_letter_that_look_like_delimiters_split_nothing() -> None:
    # In Shift-JIS, GB 18030 and Big5 the second byte of a letter may be | or \ or ^ or ~.
    for codec, charset in (("cp932", "SHIFT_JIS"), ("gb18030", "GB18030"), ("cp950", "BIG-5")):
        letters = "".join(
            bytes([lead, trail]).decode(codec)
            for lead in (0x94, 0xB0)
            for trail in b"\\^|~"
            if is_letter(bytes([lead, trail]), codec)
        )
        assert letters
        assert name_of(message(charset, letters.encode(codec) + b"^GIVEN")) == letters + "^GIVEN"


def is_letter(pair: bytes, codec: str) -> bool:
    try:
        return len(pair.decode(codec)) == 1
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize(
    "charset", ["~ISO IR87", "ISO IR87", "ASCII~ISO IR87~ISO IR159", "JAS2020", "", "8859/1"]
)
def test_japanese_designations_are_followed(charset: str) -> None:
    # PS3.5 H.3.1: the bytes of the kanji and the katakana hold delimiters in plenty.
    name = b"Yamada^Tarou~\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B~\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
    assert name_of(message(charset, name)) == "Yamada^Tarou~山田^太郎~やまだ^たろう"


def test_half_width_katakana_beside_kanji() -> None:
    name = b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3~\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J"
    assert name_of(message("ISO IR14~ISO IR87", name)) == "ﾔﾏﾀﾞ^ﾀﾛｳ~山田^太郎"


def test_supplementary_kanji_and_late_ones() -> None:
    assert name_of(message("~ISO IR87~ISO IR159", b"\x1b$(D\x30\x21\x1b(B")) == b"\x8f\xb0\xa1".decode(
        "euc_jp"
    )
    assert name_of(message("~ISO IR87", b"\x1b$B-!\x1b(B")) == "①"


def test_korean_and_chinese_designations() -> None:
    assert name_of(message("~KS X 1001", b"Hong^Gildong~\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7")) == (
        "Hong^Gildong~洪^吉洞"
    )
    assert name_of(message("~ISO IR58", b"Zhang^XiaoDong~\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab")) == (
        "Zhang^XiaoDong~张^小东"
    )


def test_a_designation_reaches_to_the_end_of_its_line_at_most() -> None:
    raw = message("~ISO IR87", b"\x1b$B;3ED") + b"PV1||I\r"
    assert parse(decode(raw).text).get("PV1-2") == "I"


def test_designations_may_be_written_as_hl7_escapes() -> None:
    # HL7 v2.9 2.7.3: \M2442\ and \C2842\ stand for ESC $ B and ESC ( B.
    assert name_of(message("~ISO IR87", b"\\M2442\\;3ED\\C2842\\^X")) == "山田^X"


def test_an_empty_msh_18_means_the_default() -> None:
    assert name_of(message("", "Αννα".encode("iso8859_7")), "8859/7") == "Αννα"
    assert name_of(b"MSH|^~\\&|\rPID|||||" + "Анна".encode("cp1251"), "WINDOWS-1251") == "Анна"


@pytest.mark.parametrize("name", ["KLINGON", "VISCII", "UNICODE UTF-16"])
def test_letters_of_a_set_that_nobody_knows_are_refused_rather_than_misread(name: str) -> None:
    with pytest.raises(CharsetError) as caught:
        decode(message(name, b"M\xdcLLER"))
    assert name in caught.value.sentence
    assert (caught.value.code, caught.value.where) == ("charset.unknown", "MSH-18")
    assert "UNICODE UTF-8" in caught.value.hint


def test_a_message_that_needs_no_set_is_read_with_a_warning() -> None:
    decoded = decode(message("KLINGON", b"MULLER"))
    assert decoded.text.endswith("MULLER\r")
    assert "KLINGON" in decoded.warnings[0]


def test_ascii_that_is_none_is_read_by_the_default_with_a_warning() -> None:
    decoded = decode(message("ASCII", b"M\xdcLLER"))
    assert "MÜLLER" in decoded.text
    assert "ASCII" in decoded.warnings[0]


def test_a_sender_that_says_8859_but_means_windows_is_understood() -> None:
    assert name_of(message("8859/1", b"O\x92BRIEN^\x8eOFIE")) == "O’BRIEN^ŽOFIE"
    assert name_of(message("8859/5", "Іван Ђ".encode("cp1251") + b"\x80")) == "Іван ЂЂ"


def test_utf_8_is_recognised_where_latin_1_was_expected() -> None:
    decoded = decode(message("8859/1", "Müller^Zoë".encode()))
    assert "Müller^Zoë" in decoded.text
    assert decoded.codec == "utf_8"
    assert "UTF-8" in decoded.warnings[0]


def test_a_byte_order_mark_says_utf_8() -> None:
    decoded = decode(b"\xef\xbb\xbf" + message("", "Müller".encode()))
    assert decoded.text.startswith("MSH|")
    assert "Müller" in decoded.text


@pytest.mark.parametrize(
    ("charset", "name", "byte"),
    [
        ("UNICODE UTF-8", b"M\xdcLLER", "0xDC"),
        ("GB18030", b"\xff", "0xFF"),
        ("KS X 1001", b"\xff\xff", "0xFF"),
        ("8859/7", b"\xff", "0xFF"),
        ("~ISO IR87", b"\x1b$B;3E\x1b(B", "0x45"),
    ],
)
def test_bytes_that_are_no_letters_are_told_with_their_place(charset: str, name: bytes, byte: str) -> None:
    raw = message(charset, name)
    with pytest.raises(CharsetError) as caught:
        decode(raw)
    assert byte in caught.value.sentence
    offset = int(caught.value.sentence.split("offset ")[1].split()[0])
    assert f"0x{raw[offset]:02X}" == byte


def test_an_unknown_default_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError):
        decode(b"MSH|^~\\&|\r", "KLINGON")


def test_msh_18_is_found_in_a_wrapped_header_and_behind_kanji() -> None:
    assert declared(b"MSH|^~\\&|A|B|C|D|2026||ORM^O01|2026\n03|P|2.5||||||8859/2\nPID|1\n") == ("8859/2",)
    assert declared(b"MSH|^~\\&|\x1b$B|^||\x1b(B|B|C|D|2026||ORM^O01|1|P|2.5||||||~ISO IR87\rPID|1\r") == (
        "",
        "ISO IR87",
    )


def test_the_japanese_samples_are_read() -> None:
    names = {
        parse(decode(sample.read_bytes()).text).get("PID-5(1).1")
        for sample in DATA.glob("radiology_orders/*SSMIX2*.hl7")
    }
    assert names == {"患者"}


@pytest.mark.parametrize("set", ["~ISO IR14", "ISO IR14", "ISO 2022 IR 13", ""])
def test_katakana_in_the_lower_half_of_the_byte(set: str) -> None:
    # JIS X 0201 in G0: ESC ( I, seven bits a letter. 0x5E is a sound mark, and no component separator.
    name = b"\x1b(ITO@^\x1b(J^\x1b(I@[3\x1b(B"
    assert name_of(message(set, name)) == "ﾔﾏﾀﾞ^ﾀﾛｳ"


def test_a_header_is_searched_in_its_first_4096_bytes() -> None:
    assert declared(b"MSH|^~\\&" + b"|" * 16 + b"8859/2\r") == ("8859/2",)
    assert declared(b"MSH|^~\\&|" + b"x" * 5000 + b"|" * 15 + b"8859/2\r") == ()
    assert declared(b"MSH|^~\\&" + b"\r" * 100_000) == ()
    assert declared(b"MSH|^~\\&" + b"\x1b$" * 100_000) == ()


@pytest.mark.parametrize("raw", [b"MSH", b"\r\nMSH", b"\xef\xbb\xbfMSH", b"MS", b""])
def test_a_message_that_ends_before_its_first_separator_names_no_set(raw: bytes) -> None:
    assert declared(raw) == ()


def test_a_byte_order_mark_behind_blank_lines_says_utf_8_too() -> None:
    assert name_of(b"\r\n\xef\xbb\xbf" + message("8859/7", "Müller".encode())) == "Müller"


def lossy(raw: bytes, default: str = "8859/1") -> Decoded:
    return decode(raw, default, replaces=True)


def test_where_a_byte_stands_is_told_by_offset_and_field() -> None:
    raw = message("UNICODE UTF-8", "Müller^Zoë".encode()) + b"OBR|1\rOBR|2|A|B|CT^M\xfcller\r"
    with pytest.raises(CharsetError) as caught:
        decode(raw)
    assert caught.value.offset == raw.index(b"\xfc")
    assert caught.value.where == "OBR[2]-4"
    assert f"0xFC at offset {caught.value.offset} in OBR[2]-4" in caught.value.sentence


@pytest.mark.parametrize(
    "raw",
    [
        message("~ISO IR87", b"\\M2442\\;3ED\\C2842\\^\\M2442\\;3E\\C2842\\"),
        b"\r\n\xef\xbb\xbf" + message("8859/7", b"M\xc3\xbcller^\xff"),
        message("~ISO IR87", b"\x1b$B;3\x1b(B \x1b$B$~\x1b(B"),
    ],
)
def test_the_offset_is_that_of_the_message_as_it_came(raw: bytes) -> None:
    with pytest.raises(CharsetError) as caught:
        decode(raw)
    assert raw[caught.value.offset] in (0x45, 0xFF, 0x24)
    assert f"0x{raw[caught.value.offset]:02X}" in caught.value.sentence
    assert caught.value.where == "PID-5"


@pytest.mark.parametrize(
    ("charset", "name", "text"),
    [
        ("UNICODE UTF-8", b"M\xdcLLER^ZO\xc3\x8b", "M\ufffdLLER^ZOË"),
        ("8859/7", b"\xc1\xff\xed^X", "Α\ufffdν^X"),
        ("KLINGON", b"M\xdcLLER^X", "M\ufffdLLER^X"),
        # Behind half a letter nothing is told for another letter, up to the next of ASCII.
        ("KS X 1001", b"\xb1\xe8\xff\xc8\xf1\xc1\xdf^\xc8\xf1", "김\ufffd\ufffd\ufffd^희"),
        ("CNS 11643-1992", b"\xc5\xde\x8e\xa3\xb4\xf6^\xc5\xde", "王\ufffd^王"),
        ("~ISO IR87", b"\x1b$B;3$~ED\x1b(B^\x1b$BED\x1b(B", "山\ufffd\ufffd^田"),
        ("~ISO IR87", b"\x1b$B;3E\x1b(B^X", "山\ufffd^X"),
        ("~KS X 1001", b"\x1b$)C\xfb\xf3\xff^X", "洪\ufffd^X"),
    ],
)
def test_what_is_no_letter_may_be_replaced_with_a_warning(charset: str, name: bytes, text: str) -> None:
    raw = message(charset, name)
    decoded = lossy(raw)
    assert parse(decoded.text).get("PID-5") == text
    assert parse(decoded.text).get("PID-3") == "1"
    assert decoded.loss is not None
    offset = decoded.loss.offset
    assert f"0x{raw[offset]:02X} at offset {offset} in PID-5" in decoded.warnings[-1]
    assert decoded.warnings[-1].endswith(f" {text.count(chr(0xFFFD))}.")


def test_what_can_be_read_is_read_the_same_where_losses_are_allowed() -> None:
    for charset, written, _ in WRITTEN:
        raw = message(charset, bytes.fromhex(written))
        assert lossy(raw) == decode(raw)


@pytest.mark.parametrize(
    "charset", ["SHIFT_JIS", "GBK", "GB18030", "BIG-5", "KS X 1001", "~ISO IR87", "CNS 11643"]
)
def test_bytes_at_random_never_lose_the_message(charset: str) -> None:
    draw = random.Random(charset)
    for _ in range(300):
        name = bytes(draw.choices([*range(0x21, 0x7C), 0x1B, *range(0x80, 0x100)], k=draw.randrange(1, 20)))
        raw = message(charset, name) + b"PV1||I\r"
        decoded = lossy(raw)
        assert parse(decoded.text).get("PV1-2") == "I"
