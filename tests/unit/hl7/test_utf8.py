"""Names that people have, in the bytes that their hospitals send: what is meant is read, both ways."""

from itertools import product

import pytest

from openworklist.domain.charset import from_hl7
from openworklist.hl7.charset import decode
from openworklist.hl7.utf8 import count_flaws

# Each set with names in it; in Latin ones some are in capitals, where letters stand beside each other.
NAMES = {
    "8859/1": "Müller^Zoë|MÜLLER^ZOË|Núñez^José|GARCÍA^ÁNGEL|Åkesson^Åse|Sørensen^Bjørn|"
    "CONGÉ : É»|IRMÃ^JOÃO|1ª Nº 37° µ",
    "8859/2": "ŁUKASZEWICZ|Wałęsa^Łukasz|PÓŁTORAK^ZÓŁTA^WÓŁ|ŻÓŁĆ^ŹDŹBŁO|DVOŘÁK|Růžička^Růžena|RŮŽENA|"
    "Kovaľ^Ľubomír|ŠŤASTNÝ|plášť|BĂŞESCU^ĂŢĂ|Őry^Kőszegi^ŐSZ|CZĘSTOCHOWA|GĘŚ^OŚ",
    "8859/3": "Ġorġ^Ħal-Qormi|ĠĦAŻIŻ|Ĉapek^Ŝtefano|ÖĞÜT^ŞİŞLİ",
    "8859/4": "ĶĒNIŅŠ|OZOLIŅŠ^OZOLIŅŠ|Bērziņš^Ģirts|LIEPIŅŠ^KRŪMIŅŠ|ŽEMAITIENĖ^ŪŽAS|BŪŠAS",
    "8859/5": "Люксембург^Ирина|ЯН^ЛИ|ЮН^ЯН^ЧО|ТА|ЩУКА^ФЁДОР|Ђорђевић^Љиљана|Ћ",
    "8859/6": "قباني^لنزار|محمد، علي؟",
    "8859/7": "Διονυσιος^Άννα|ΞΈΝΟΣ^Όλγα|ΒΆΣΩ|ΓΙΆΝΝΗΣ^«ΑΒ»",
    "8859/8": "שרון^דבורה|כהן^דוד",
    "8859/9": "Çavuşoğlu^İpek|ÖĞRETMEN^ŞEN|IŞIK^GÜL|BEŞİKTAŞ",
    "8859/10": "Jónsdóttir^Þóra|ŠĀNDOR|SÁMI^ÁŊŊEL^ŦUOĐĐ|ĢIRTS",
    "8859/13": "Bērziņš^Ģirts|ŽEMAITIENĖ|ĆWIKŁA^ÆSKIL",
    "8859/14": "Ŵyn^Ŷsbryd|Ḃán^Ċaoimh^Ṫomás",
    "8859/15": "Œuvre^Žofie€|ÕŽ|ŠÄR",
    "8859/16": "RĂȘCANU^ȚÎRLEA|Bășescu^Ștefan|TĂȘ|NĂSTASE",
    "TIS-620": "แดง^เดช|สมชาย^ใจดี|สง|รก^ลง|เทพ|โชค|เอก^ไทย",
    "ISO IR14": "ﾔﾏﾀﾞ^ﾀﾛｳ|ﾐｶ^ﾕｶ|ﾏｷ^ﾘｴ|ﾄｼ|ﾅｶ^ﾐｵ",
    "SHIFT_JIS": "山田^太郎|ソ表^能予|ﾐｷ^ﾕｷ|X線",
    "EUC-JP": "山田^太郎|中^香|ヤマダ^タロウ",
    "KS X 1001": "김^희중|채^호|채^천|홍^표|황호|CT검사",
    "GB2312": "谢^伟|郑|谢|袁强|伟伟|小强|CT检查",
    "GBK": "張^三豐|谢^小强|袁^信",
    "GB 18030-2000": "王^小东㐀|谢^伟",
    "BIG-5": "許^功蓋|羅^蘇|羅|蘇^麗",
    "WINDOWS-1250": "CZĘŚTOCHOWA|GĘŚ^OŚ|ŁUKASZ|ŠŤASTNÝ",
    "WINDOWS-1251": "Иванов^Пётр|Лі^Ві|ЛІ|Їжак^Ґанна|МИЋ|С–Р",
    "WINDOWS-1252": "RENÉ–MARIE|ENTRÉ…|O’BRIEN^ŽOFIE|“CLÉ”|Œ",
    "WINDOWS-1253": "Διονυσιος^Άννα|ΒΆΣΩ’Σ",
    "WINDOWS-1254": "BEŞİKTAŞ’TA|IĞDIR’DA",
    "WINDOWS-1255": "שרון^דבורה|דָּוִד",
    "WINDOWS-1256": "پژمان^چنگيز|سگ^اگ|علي\u200cرضا",
    "WINDOWS-1257": "ĶĒNIŅŠ|OZOLIŅŠ",
    "WINDOWS-874": "แดง^เดช|“สง”",
    "KOI8-R": "Иванов^Пётр|ЁЖ^ЦЁ",
    "CP850": "Müller^Zoë|ÉÄÖ",
    "CP852": "Wałęsa^Łukasz",
    "CP866": "Иванов^Пётр",
}
GENUINE = [(declared, name) for declared, names in NAMES.items() for name in names.split("|")]
ANYWHERE = [
    "Müller",
    "MÜLLER",
    "Zoë^José",
    "GARCíA",
    "MüLLER",
    "Łukasz",
    "ŁUKASZEWICZ",
    "Wójcik",
    "Mróz",
    "Żak",
    "Ťažký",
    "Şen",
    "Işık^İpek",
    "Țara^Țepeș",
    "Ķēniņš",
    "Иванов^Пётр",
    "Анна",
    "Διονυσιος^Άννα",
    "محمد",
    "דוד^שרון",
    "แดง^สมชาย",
    "มารี",
    "山田^太郎",
    "ヤマダ^タロウ",
    "김^희중",
    "谢^伟",
    "O’BRIEN",
]
EXPECTED_SETS = ("8859/1", "8859/2", "8859/5", "8859/7", "8859/9", "8859/15", "TIS-620", "WINDOWS-1252")


def message(declared: str, name: bytes) -> bytes:
    return (f"MSH|^~\\&|HIS||||2026||ORM^O01|1|P|2.5||||||{declared}\rPID|||1||").encode() + name + b"\r"


def encode(name: str, declared: str) -> bytes:
    charset = from_hl7(declared)
    assert charset is not None
    try:
        return name.encode(charset.python)
    except UnicodeEncodeError:
        return name.encode(charset.windows)


def read(raw: bytes) -> str:
    return decode(raw).text.split("|")[-1].rstrip("\r")


@pytest.mark.parametrize(("declared", "name"), GENUINE)
def test_a_name_in_the_set_that_was_declared_is_not_taken_for_utf_8(declared: str, name: str) -> None:
    assert read(message(declared, encode(name, declared))) == name


@pytest.mark.parametrize(("declared", "name"), GENUINE)
def test_a_name_in_utf_8_is_read_so_whatever_set_was_declared(declared: str, name: str) -> None:
    decoded = decode(message(declared, name.encode()))
    assert decoded.text.endswith(f"||{name}\r")
    assert decoded.codec == "utf_8"
    assert "UTF-8" in decoded.warnings[0]


@pytest.mark.parametrize(("declared", "name"), list(product(EXPECTED_SETS, ANYWHERE)))
def test_a_name_from_anywhere_in_utf_8_is_read_so(declared: str, name: str) -> None:
    assert read(message(declared, name.encode())) == name


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        ("MÜLLER^Zoë", 0),
        ("McDonald^Ångström", 0),
        ("CT検査 MRI검사", 0),
        ("37 °C, 10 kg/m², 1ª, O’Brien, «CLÉ»", 0),
        ("MÃ¼ller", 1),
        ("Å»ak", 1),
        ("PӣTORAK", 2),
        ("Ĺ\x81ukasz", 1),
        ("MrĂłz", 1),
        ("M첼ller", 1),
    ],
)
def test_what_no_word_is_spelled_like_is_counted(text: str, flaws: int) -> None:
    assert count_flaws(text) == flaws
