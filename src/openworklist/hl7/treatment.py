"""What a rule makes of the text that one of its sources holds: pattern, value table, shape, value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.domain.record import Value
from openworklist.hl7.leaf import NULL, Reading, leaf_reader, leaves_reader
from openworklist.hl7.path import Path
from openworklist.hl7.pattern import make_extract
from openworklist.hl7.rule import ANY, Rule, Source
from openworklist.hl7.sequences import Finder, make_sequence_finder
from openworklist.hl7.shapes import SHAPES
from openworklist.hl7.values import make_cleaner, make_converter, text_reader
from openworklist.hl7.word import read_word, same

NO_MATCH: Final = "does not have the form that the pattern asks for: left out."
NO_WORD: Final = "is not in the value table: left out."

Texts = Callable[[Reading, str], list[str]]
# From the text of a source to a value; None where it is not usable.
Treatment = Callable[[Reading, str], Value | None]


def make_finder(rule: Rule, source: Source) -> Finder:
    """What makes the value of a field in which one of the rule's sources stands."""
    attribute, path = rule.attribute, source.path
    if attribute.is_sequence:
        return _find_coded(rule, path)
    if not (rule.pattern or rule.table or source.shape):
        return make_converter(attribute, path)
    read, treat = _texts_reader(attribute, path), _make_treatment(rule, source)
    join = "\\" if attribute.multiple else "\r\n"

    def find(reading: Reading, field: str) -> Value | None:
        found: list[str] = []
        is_settled = False
        for text in read(reading, field):
            if text == NULL:
                return NULL
            value = treat(reading, text)
            if value:
                found.append(str(value))
            elif value is not None:
                # A date without time settles the time: it must not come from another place than the date.
                is_settled = True
        return join.join(found) or ("" if is_settled else None)

    return find


def _find_coded(rule: Rule, path: Path) -> Finder:
    """A sequence; what its first component is in the value table wins over the rest of the triple."""
    find = make_sequence_finder(rule.attribute, path)
    if find is None:
        raise AssertionError("a rule has an attribute that it can fill")
    if not rule.table:
        return find
    words = _read_words(rule)
    read = leaf_reader(path if path.component else path._replace(component=1))
    look_up = _make_look_up(words, path)

    def find_word(reading: Reading, field: str) -> Value | None:
        text = read(reading, field)
        word = look_up(reading, text) if text else None
        return find(reading, field) if word == ANY else word or None

    return find_word


def _texts_reader(attribute: Attribute, path: Path) -> Texts:
    """The texts in a field that stand for a value each; of a name its form in DICOM."""
    if attribute.vr == "PN" and not path.component:
        to_name = make_converter(attribute, path)

        def read_name(reading: Reading, field: str) -> list[str]:
            name = to_name(reading, field)
            return [name] if name else []

        return read_name
    if attribute.multiple or attribute.vr in ("LT", "ST", "UT"):
        return leaves_reader(path)
    read = text_reader(attribute, path)

    def read_one(reading: Reading, field: str) -> list[str]:
        text = read(reading, field)
        return [text] if text else []

    return read_one


def _make_treatment(rule: Rule, source: Source) -> Treatment:
    path = source.path
    extract = make_extract(rule.pattern) if rule.pattern else None
    look_up = _make_look_up(_read_words(rule), path) if rule.table else None
    has_shape = SHAPES[source.shape] if source.shape else None
    clean = make_cleaner(rule.attribute, path, same)

    def treat(reading: Reading, text: str) -> Value | None:
        if extract is not None:
            text = extract(text)
            if not text:
                reading.warn(path, NO_MATCH)
                return None
        word = look_up(reading, text) if look_up is not None else ANY
        if word is None:
            return None
        if has_shape is not None and not has_shape(text if word == ANY else str(word)):
            return None
        return clean(reading, text) if word == ANY else word

    return treat


def _read_words(rule: Rule) -> Mapping[str, Value]:
    return {
        " ".join(key.split()).casefold(): read_word(rule.attribute, word) if word not in ("", ANY) else word
        for key, word in rule.table.items()
    }


def _make_look_up(words: Mapping[str, Value], path: Path) -> Treatment:
    """The word of a table for a text; ANY if that is the text itself, None if there is none."""
    rest = words.get(ANY)

    def look_up(reading: Reading, text: str) -> Value | None:
        word = words.get(" ".join(text.split()).casefold(), rest)
        if word is None:
            reading.warn(path, NO_WORD)
        return word or None

    return look_up
