"""What a person types of a scanner's character sets (PS3.3 C.12.1.1.2)."""

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.repertoire import AUTOMATIC, EXTENSIONS, TERMS, Repertoire, parse_repertoire


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("automatic", ()),
        ("ISO_IR 6", ("ISO_IR 6",)),
        ("iso-ir 100", ("ISO_IR 100",)),
        ("ISO 2022 IR 100", ("ISO_IR 100",)),
        ("ISO_IR 203", ("ISO_IR 203",)),
        ("GB18030", ("GB18030",)),
        (r"\ISO 2022 IR 87", ("", "ISO 2022 IR 87")),
        (r" \ ISO_IR 87 ", ("", "ISO 2022 IR 87")),
        (r"ISO_IR 13\ISO 2022 IR 87", ("ISO 2022 IR 13", "ISO 2022 IR 87")),
        (r"ISO 2022 IR 6\ISO 2022 IR 149", ("ISO 2022 IR 6", "ISO 2022 IR 149")),
    ],
)
def test_terms_are_read_and_brought_to_the_form_that_their_place_asks_for(
    text: str, terms: tuple[str, ...]
) -> None:
    found = parse_repertoire(text, "unicode")
    assert found == Repertoire(terms, "unicode")
    assert parse_repertoire(str(found)).terms == terms
    assert found.is_automatic == (not terms)
    assert parse_repertoire("") == AUTOMATIC


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ISO 2022 IR 87", "no character set on its own"),
        (r"ISO 2022 IR 87\ISO 2022 IR 13", "cannot be the first"),
        (r"ISO_IR 192\ISO 2022 IR 87", "ISO_IR 192 stands alone"),
        (r"\GB18030", "GB18030 stands alone"),
        (r"ISO 2022 IR 6\GBK", "GBK stands alone"),
        (r"\ISO 2022 IR 87\ISO 2022 IR 87", "there twice"),
        (r"\ISO 2022 IR 6", "there twice"),
        ("\\", "Only the first"),
        (r"\\ISO 2022 IR 87", "Only the first"),
        ("ISO_IR 99", "no defined term"),
        ("UTF-8", "no defined term"),
        ("BIG-5", "no defined term"),
        (r"\ISO 2022 IR 87" * 100, "far too long"),
    ],
)
def test_what_may_not_stand_there_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        parse_repertoire(text)


def test_a_fallback_is_one_of_two() -> None:
    with pytest.raises(SettingsError, match="transliterate, unicode"):
        parse_repertoire("", "drop")


def test_every_defined_term_of_the_standard() -> None:
    numbers = (6, 100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 13, 166)
    assert {*TERMS} == {f"ISO_IR {number}" for number in (*numbers, 192)} | {"GB18030", "GBK"}
    assert {*EXTENSIONS} == {f"ISO 2022 IR {number}" for number in (*numbers, 87, 159, 149, 58)}
    for term in TERMS:
        assert parse_repertoire(term).terms == (term,)
    for term in EXTENSIONS[1:]:
        assert parse_repertoire(f"\\{term}").terms == ("", term)
