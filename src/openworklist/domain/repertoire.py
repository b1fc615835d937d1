"""What letters a scanner can show: the terms of Specific Character Set, as a person types them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from openworklist.domain.charset import CHARSETS, Charset, from_dicom
from openworklist.domain.errors import SettingsError

TRANSLITERATE: Final = "transliterate"
UNICODE: Final = "unicode"
FALLBACKS: Final = (TRANSLITERATE, UNICODE)
AUTOMATIC_WORD: Final = "automatic"
_DEFAULT: Final = "ISO_IR 6"
_MOST: Final = 200  # letters of the whole; all terms together have fewer
# PS3.3 tables C.12-2 and C.12-5, C.12-3 and C.12-4.
TERMS: Final = (_DEFAULT, *(each.dicom for each in CHARSETS if each.dicom))
EXTENSIONS: Final = tuple(each.dicom_extension for each in CHARSETS if each.dicom_extension)


@dataclass(frozen=True, slots=True)
class Repertoire:
    """`terms` are the values of (0008,0005), none where the smallest set that holds an answer is chosen.

    The first of several is "" for the default repertoire, which is ASCII. `fallback` says what becomes of
    letters that no set of them has: `transliterate` writes them in others, or as `?`; with `unicode` such an
    answer leaves as ISO_IR 192.
    """

    terms: tuple[str, ...] = ()
    fallback: str = TRANSLITERATE

    @property
    def is_automatic(self) -> bool:
        return not self.terms

    def __str__(self) -> str:
        return "\\".join(self.terms)


AUTOMATIC: Final = Repertoire()


def parse_repertoire(text: str, fallback: str = TRANSLITERATE) -> Repertoire:
    r"""The terms in a text like `ISO_IR 100` or `\ISO 2022 IR 87`; "" and `automatic` leave the choice to us.

    SettingsError if there is no such term, or if one may not stand where it does (PS3.3 C.12.1.1.2). A term
    is brought to the form that its place asks for: `ISO_IR 13\ISO 2022 IR 87` has `ISO 2022 IR 13`.
    """
    if fallback not in FALLBACKS:
        raise SettingsError(f"{fallback!r} is none of: {', '.join(FALLBACKS)}.", where="charset_fallback")
    text = text.strip()
    if len(text) > _MOST:
        raise _refuse("The list of character sets is far too long.")
    if text.lower() in ("", AUTOMATIC_WORD):
        return Repertoire((), fallback)
    terms = [term.strip() for term in text.split("\\")]
    if len(terms) == 1:
        return Repertoire((_read_only(terms[0]),), fallback)
    found = (_read_first(terms[0]), *(_read_further(term) for term in terms[1:]))
    for number, term in enumerate(found[1:], 1):
        if term in found[:number] or (term == EXTENSIONS[0] and not found[0]):
            raise _refuse(f"{term} is there twice.")
    return Repertoire(found, fallback)


def _read_only(term: str) -> str:
    charset = _find(term)
    if charset is CHARSETS[0]:
        return _DEFAULT
    if not charset.dicom:
        raise _refuse(f"{term} is no character set on its own.", rf"write \{charset.dicom_extension}")
    return charset.dicom


def _read_first(term: str) -> str:
    if not term:
        return ""
    charset = _find(term)
    _check_can_switch(charset)
    if charset.is_multibyte:
        # What delimits names and lines must be single bytes: PS3.5 6.1.2.5.3.
        raise _refuse(
            f"{term} cannot be the first of several character sets.",
            rf"begin with a backslash, or with a set of single bytes, like \{charset.dicom_extension}",
        )
    return charset.dicom_extension


def _read_further(term: str) -> str:
    if not term:
        raise _refuse("Only the first character set may be left empty.")
    charset = _find(term)
    _check_can_switch(charset)
    return charset.dicom_extension


def _check_can_switch(charset: Charset) -> None:
    if not charset.dicom_extension:
        raise _refuse(f"{charset.dicom} stands alone: it knows no code extensions.", "leave out the others")


def _find(term: str) -> Charset:
    # Sets that only extend others have no other term; people write it like those of the rest.
    charset = (from_dicom(term) or from_dicom(term.upper().replace("_", " 2022 "))) if term else None
    if charset is None:
        near = get_close_matches(term.upper(), (*TERMS, *EXTENSIONS), 1)
        hint = f"did you mean {near[0]}?" if near else "like ISO_IR 100, ISO_IR 192 or \\ISO 2022 IR 87"
        raise _refuse(f"{term!r} is no defined term of Specific Character Set.", hint)
    return charset


def _refuse(sentence: str, hint: str = "") -> SettingsError:
    return SettingsError(sentence, where="answer_charset", hint=hint)
