"""Character sets: the standard's own bytes, David Clunie's example files, and readers that are not ours."""

import shutil
import subprocess
import warnings
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_charset_files
from pydicom.filereader import read_dataset

from openworklist.dicom.answer import Encoder
from openworklist.dicom.plan import Plan, Wanted
from openworklist.dicom.text import choose
from openworklist.domain import iso2022
from openworklist.domain.attributes import BY_NAME
from openworklist.domain.charset import from_dicom
from openworklist.domain.record import Record

# The names of PS3.5 annexes H, I and J, byte for byte as they are printed there.
NAMES = {
    "H.3.1": (
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
    ),
    "H.3.2": (
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
    ),
    "I.2": (
        "Hong^Gildong=洪^吉洞=홍^길동",
        "\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
    ),
    "J.1": (
        "Wang^XiaoDong=王^小東=",
        "ISO_IR 192",
        b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=",
    ),
}  # fmt: skip
# The long texts of I.3 and J.2.
TEXTS = {
    "I.3": (
        "The first line includes 한글.\r\nThe second line includes 한글, too.\r\nThe third line",
        "\\ISO 2022 IR 149",
        b"\x1b$)CThe first line includes \xc7\xd1\xb1\xdb.\r\n"
        b"\x1b$)CThe second line includes \xc7\xd1\xb1\xdb, too.\r\nThe third line",
    ),
    "J.2": (
        "The first line includes 中文.\r\n",
        "ISO_IR 192",
        b"The first line includes \xe4\xb8\xad\xe6\x96\x87.\r\n",
    ),
}
# Ideographs alone may be Chinese or Japanese: what annex K writes in GB 2312 leaves as Unicode here.
K_3 = (
    b"1.\x1b$)A\xb5\xda\xd2\xbb\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n"
    b"2.\x1b$)A\xb5\xda\xb6\xfe\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n"
)

NAME, COMMENTS = BY_NAME["patient_name"], BY_NAME["requested_procedure_comments"]
PLAN: Plan = (Wanted(NAME.tag, "PN", NAME), Wanted(COMMENTS.tag, "LT", COMMENTS))


def answer(name: str, comments: str = "") -> bytes:
    values = {"patient_name": name, "requested_procedure_comments": comments}
    return Encoder(PLAN, is_explicit=True).encode(Record(values))


def read_with_pydicom(data: bytes) -> tuple[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_dataset(BytesIO(data), False, True)
        found.decode()
        return str(found.PatientName), str(found.RequestedProcedureComments or "")


@pytest.mark.parametrize(
    ("vr", "text", "terms", "expected"),
    [("PN", *NAMES[place]) for place in NAMES] + [("LT", *TEXTS[place]) for place in TEXTS],
    ids=[*NAMES, *TEXTS],
)
def test_the_standards_own_examples(vr: str, text: str, terms: str, expected: bytes) -> None:
    encoding = choose([text])
    assert "\\".join(encoding.terms) == terms
    assert encoding.encode(text, vr) == expected


def test_chinese_text_of_annex_k_is_read_and_leaves_as_unicode() -> None:
    gb2312 = from_dicom("ISO 2022 IR 58")
    assert gb2312 is not None
    text = iso2022.decode(K_3, gb2312)
    assert text == "1.第一行文字。\r\n2.第二行文字。\r\n"
    assert choose([text]).terms == ("ISO_IR 192",)


# Of the files that pydicom brings along, those whose set is the smallest one for their name.
FILES = ["chrArab", "chrFren", "chrGerm", "chrGreek", "chrH31", "chrH32", "chrHbrw", "chrI2", "chrJapMulti",
         "chrRuss"]  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_a_name_leaves_as_in_the_example_file(file: str) -> None:
    (path,) = get_charset_files(f"{file}.dcm")
    theirs = dcmread(path)
    raw = theirs.get_item(0x0010_0010).value
    theirs.decode()
    encoding = choose([str(theirs.PatientName)])
    terms = theirs.SpecificCharacterSet
    assert list(encoding.terms) == ([terms] if isinstance(terms, str) else list(terms))
    assert encoding.encode(str(theirs.PatientName), "PN") == raw.rstrip(b" ")


SETS = {
    "Doe^Jane ~$": (),
    "Müller": ("ISO_IR 100",),
    "Wałęsa": ("ISO_IR 101",),
    "Çavuşoğlu": ("ISO_IR 148",),
    "antaŭnomo": ("ISO_IR 109",),
    "vārds": ("ISO_IR 110",),
    "นามสกุล": ("ISO_IR 166",),
    "Müller Wałęsa Жук": ("ISO_IR 192",),
    "山田": ("ISO_IR 192",),
    # 2,350 hangul are in KS X 1001; Python would write this one with letters to make it up from.
    "똠방": ("ISO_IR 192",),
    "한글 漢字 ①": ("", "ISO 2022 IR 149"),
    "김 €": ("ISO_IR 192",),  # the euro came to KS X 1001 in 1998
    "Διονύσιος 5 €": ("ISO_IR 192",),  # and to ISO 8859-7 in 2003
    # In JIS X 0201 these are where ASCII has the backslash and the tilde.
    "やまだ ¥100": ("ISO_IR 192",),
    "やまだ ‾": ("ISO_IR 192",),
    "ﾔﾏﾀﾞ ¥100": ("ISO_IR 192",),
    "ﾔﾏﾀﾞ ~": ("ISO_IR 192",),
    "やまだ ~": ("", "ISO 2022 IR 87"),
    "森鷗外もり": ("ISO_IR 192",),  # JIS X 0212
    "やまだ①": ("ISO_IR 192",),  # Python has it, JIS X 0208 has not
    "やまだ😀": ("ISO_IR 192",),
}


@pytest.mark.parametrize("text", SETS)
def test_the_smallest_set_that_holds_every_letter(text: str) -> None:
    assert choose(["plain", text]).terms == SETS[text]
    assert read_with_pydicom(answer(text, f"{text}\r\n{text}")) == (text, f"{text}\r\n{text}")


def test_half_a_letter_spoils_no_answer() -> None:
    assert read_with_pydicom(answer("Doe\ud800", "漢")) == ("Doe?", "漢")


LETTERS = "aZ ~¥‾éŁşЖβ€עשדกあアｱﾞ漢字鷗①한글똠ㄱ😀®"


# Few letters: pydicom counts bytes, escape sequences too, where the standard counts letters.
@given(st.lists(st.sampled_from(LETTERS), max_size=10).map("".join))
@example("Жｱ")
@example("한aЖ한")
def test_no_byte_is_of_a_set_that_was_not_declared(text: str) -> None:
    encoding = choose([text])
    coded = encoding.encode(text, "LO")
    # PS3.3 tables C.12-3 and C.12-4. JIS X 0201 has a set in each half, and both may be designated again.
    declared = {
        "ISO 2022 IR 87": {b"$B", b"(B"}, "ISO 2022 IR 149": {b"$)C"}, "ISO 2022 IR 13": {b"(J", b")I"},
    }  # fmt: skip
    allowed = {designation for term in encoding.terms for designation in declared.get(term, set())}
    for piece in coded.split(b"\x1b")[1:]:
        assert any(piece.startswith(designation) for designation in allowed)
    assert read_with_pydicom(answer(text.strip())) == (text.strip(), "")


def test_half_width_kana_behind_kanji_needs_no_second_escape_sequence() -> None:
    """The lower half is back in JIS X 0201, and the upper half never left it (PS3.5 annex H.3.2)."""
    assert choose(["Жｱ"]).encode("Жｱ", "LO") == b"\x1b$B'(\x1b(J\xb1"


@pytest.mark.parametrize("text", [text for text in SETS if "ISO 2022 IR 87" not in SETS[text]])
def test_dcmtk_reads_the_same(text: str, tmp_path: Path) -> None:
    """Not so with Japanese sets: the iconv with which Debian builds DCMTK knows them by other names."""
    dcmdump = shutil.which("dcmdump")
    if dcmdump is None:
        pytest.skip("dcmdump not found: apt-get install dcmtk")
    file = tmp_path / "answer.dcm"
    file.write_bytes(answer(f"Doe={text}", f"{text}, {text}"))
    convert = ["+U8"] if SETS[text] else []
    ended = subprocess.run(
        [dcmdump, "--read-dataset", "-te", "+L", *convert, file], capture_output=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == b""
    printed = ended.stdout.decode("utf_8")
    assert f"[Doe={text}]" in printed
    assert f"[{text}, {text}]" in printed
