"""The languages of the pages: catalogues of gettext, and dates and numbers as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel import Locale, dates, negotiate_locale, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from openworklist.ui.sentences import Sentences

ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "de": "Deutsch"}
COOKIE: Final = "openworklist_language"
PAGES: Final = "messages"  # a catalogue of what pages say
SENTENCES: Final = "sentences"  # and one of what rooms below them say


@dataclass(frozen=True, slots=True)
class Language:
    """A language with its catalogue, and how it writes days and times."""

    code: str
    translations: NullTranslations
    sentences: Sentences

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.code if self.code != ENGLISH else "en_GB")

    def say(self, text: str) -> str:
        return self.translations.gettext(text) if text else ""

    def tell(self, sentence: str) -> str:
        """What comes from below the pages: a sentence, or a label."""
        told = self.sentences.tell(sentence)
        return self.say(sentence) if told == sentence else told

    def say_many(self, one: str, many: str, number: int) -> str:
        return self.translations.ngettext(one, many, number)

    def format_day(self, value: str) -> str:
        """A DA as people write it; as it is, where it is none."""
        try:
            day = date(int(value[:4]), int(value[4:6]), int(value[6:8])) if len(value) == 8 else None
        except ValueError:
            day = None
        return dates.format_date(day, "medium", self.locale) if day else value

    def format_clock(self, value: str) -> str:
        """A TM as hours and minutes, seconds where they are not 0; as it is, where it is none."""
        digits = value.partition(".")[0].ljust(6, "0")
        try:
            moment = time(int(digits[:2]), int(digits[2:4]), int(digits[4:6])) if value else None
        except ValueError:
            moment = None
        if moment is None:
            return value
        return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")

    def format_moment(self, at: int, zone: tzinfo) -> str:
        """Microseconds since 1970 as day and time of the site."""
        moment = datetime.fromtimestamp(at / 1_000_000, zone)
        return f"{dates.format_date(moment, 'medium', self.locale)} {moment:%H:%M:%S}"

    def format_number(self, value: float) -> str:
        return numbers.format_decimal(value, locale=self.locale)


@cache
def get_language(code: str) -> Language:
    """A language that there is; English for any other."""
    if code not in LANGUAGES or code == ENGLISH:
        return Language(ENGLISH, NullTranslations(), Sentences({}))
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(code, PAGES))
    compiled.seek(0)
    said = {
        str(each.id): str(each.string) for each in read_catalogue(code, SENTENCES) if each.id and each.string
    }
    return Language(code, GNUTranslations(compiled), Sentences(said))


def read_catalogue(code: str, name: str) -> Catalog:
    """One of the files of a language."""
    with files("openworklist.ui").joinpath("locale", code, f"{name}.po").open("rb") as file:
        return read_po(file, locale=code)


def choose_language(preferred: str, cookie: str, accepted: str) -> Language:
    """By what the user chose, what this browser chose, what it accepts; else English."""
    for code in (preferred, cookie):
        if code in LANGUAGES:
            return get_language(code)
    return get_language(negotiate_locale(_read_accepted(accepted), LANGUAGES, sep="-") or ENGLISH)


def _read_accepted(header: str) -> Iterator[str]:
    weighed = []
    for part in header.split(","):
        code, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), code))
        except ValueError:
            continue
    yield from (code for _, code in sorted(weighed, key=lambda each: each[0]))


def mark(text: str) -> str:
    """The text itself: marks one that stands in a table of ours for the catalogues (`pybabel -k mark`)."""
    return text
