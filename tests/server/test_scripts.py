"""Names from a hospital's bytes to a scanner's bytes, as the annexes of PS3.5 print them."""

from typing import Any

import pytest

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.scanner import EXPLICIT, IMPLICIT, ask, make_question

# PS3.5 H.3.2, H.3.1 and I.2: the name, (0008,0005) and the bytes as they are printed there.
YAMADA_KANA = "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"
YAMADA = "Yamada^Tarou=山田^太郎=やまだ^たろう"
HONG = "Hong^Gildong=洪^吉洞=홍^길동"
H_3_1 = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
H_3_2 = (
    b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J"
)
I_2 = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf"
JAPANESE = ["", "ISO 2022 IR 87"]
WITH_KATAKANA = ["ISO 2022 IR 13", "ISO 2022 IR 87"]
KOREAN = ["", "ISO 2022 IR 149"]


def in_groups(*groups: bytes) -> bytes:
    """The component groups of a PN as the repetitions of an XPN, each with its name representation code."""
    codes = (b"A", b"I", b"P")
    return b"~".join(group + b"^^^^^^" + code for group, code in zip(groups, codes, strict=False))


def send(port: int, number: str, charset: str, name: bytes) -> None:
    """An order whose name field has these bytes."""
    raw = make_order(number, "NAME", charset=charset).replace(b"|NAME|", b"|" + name + b"|")
    assert b"MSA|AA|" in send_message("127.0.0.1", port, raw)


# How the name comes from the hospital (MSH-18, bytes of PID-5), and how the scanner gets it.
BYTE_EXACT = {
    "H.3.1 from UTF-8": ("UNICODE UTF-8", in_groups(*YAMADA.encode().split(b"=")), JAPANESE, H_3_1),
    "H.3.1 from ISO 2022": ("~ISO IR87", in_groups(*H_3_1.split(b"=")), JAPANESE, H_3_1),
    "H.3.1 from ISO IR6 and ISO 2022": ("ISO IR6~ISO IR87", in_groups(*H_3_1.split(b"=")), JAPANESE, H_3_1),
    "H.3.1 from Shift-JIS": ("SHIFT_JIS", in_groups(*YAMADA.encode("cp932").split(b"=")), JAPANESE, H_3_1),
    "H.3.2 from UTF-8": ("UNICODE UTF-8", in_groups(*YAMADA_KANA.encode().split(b"=")), WITH_KATAKANA, H_3_2),
    "H.3.2 from ISO 2022": ("ISO IR14~ISO IR87", in_groups(*H_3_2.split(b"=")), WITH_KATAKANA, H_3_2),
    "I.2 from UTF-8": ("UNICODE UTF-8", in_groups(*HONG.encode().split(b"=")), KOREAN, I_2),
    "I.2 from ISO 2022": ("~KS X 1001", in_groups(*I_2.split(b"=")), KOREAN, I_2),
    "I.2 from KS X 1001": ("KS X 1001", in_groups(*HONG.encode("euc_kr").split(b"=")), KOREAN, I_2),
}  # fmt: skip


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT], ids=["implicit", "explicit"])
@pytest.mark.parametrize("case", BYTE_EXACT)
def test_a_name_leaves_with_the_bytes_of_the_standard(server: Any, case: str, syntax: str) -> None:
    charset, sent, terms, expected = BYTE_EXACT[case]
    number = f"B{list(BYTE_EXACT).index(case)}{syntax[-1]}"
    send(server.hl7, number, charset, sent)
    (found,) = ask(server.dicom, make_question(PatientID=number), syntax=syntax)
    assert list(found.SpecificCharacterSet) == terms
    assert found["PatientName"].value.original_string == expected


# PS3.5 annexes J and K, and Chinese in the sets of HL7: any set may carry them to the scanner.
WANG, ZHANG = "Wang^XiaoDong=王^小东", "Zhang^XiaoDong=张^小东"
K_2 = b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab"
EQUAL = {
    "J.3 from UTF-8": ("UNICODE UTF-8", in_groups(*WANG.encode().split(b"=")), WANG),
    "J.4 from GB18030": ("GB 18030-2000", in_groups(*WANG.encode("gb18030").split(b"=")), WANG),
    "K.2 from ISO 2022": ("~ISO IR58", in_groups(*K_2.split(b"=")), ZHANG),
    "K.2 from GB 2312": ("GB2312", in_groups(*ZHANG.encode("gb2312").split(b"=")), ZHANG),
    "K.2 from GBK": ("GBK", in_groups(*ZHANG.encode("gbk").split(b"=")), ZHANG),
    "beyond GBK": ("GB 18030-2000", in_groups(b"Li^Na", "㐀^𠀀".encode("gb18030")), "Li^Na=㐀^𠀀"),
    "traditional from Big5": ("BIG-5", in_groups("許^功蓋".encode("cp950")), "許^功蓋"),
    "supplementary kanji": ("~ISO IR87~ISO IR159", b"\x1b$(D\x30\x21\x1b(B^X", "丂^X"),
}  # fmt: skip


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT], ids=["implicit", "explicit"])
@pytest.mark.parametrize("case", EQUAL)
def test_a_name_is_the_same_to_the_letter_once_it_is_decoded(server: Any, case: str, syntax: str) -> None:
    charset, sent, name = EQUAL[case]
    number = f"E{list(EQUAL).index(case)}{syntax[-1]}"
    send(server.hl7, number, charset, sent)
    (found,) = ask(server.dicom, make_question(PatientID=number), syntax=syntax)
    found.decode()
    assert str(found.PatientName) == name
    question = make_question(PatientID=number, PatientName=name.split("=")[-1], charset="ISO_IR 192")
    assert [answer.PatientID for answer in ask(server.dicom, question, syntax=syntax)] == [number]
