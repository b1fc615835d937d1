"""What a scanner is told of an error: an Error Comment has 64 letters (PS3.7 annex C.4.1)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import openworklist
from openworklist.dicom.status import Status
from openworklist.domain import errors
from openworklist.domain.charset import CHARSETS
from openworklist.domain.errors import IdentifierError, OpenWorklistError, StoreBusy, StoreError
from openworklist.listeners.dicom_question import to_failure

STORE_ERRORS = {
    name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, StoreError)
}
# The most that stands in a sentence's gap: a length of 32 bits, a character set that DICOM has a term for.
NUMBER = len(str(2**32))
CHARSET = max(len(charset.name) for charset in CHARSETS if charset.dicom or charset.dicom_extension)


def find_sentences(names: set[str], folder: str) -> Iterator[tuple[str, ast.expr]]:
    source = Path(openworklist.__file__).parent / folder
    for file in sorted(source.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{file.name}:{node.lineno}", node.args[0]


def longest(sentence: ast.expr) -> int:
    match sentence:
        case ast.Constant(value=str(text)):
            return len(text)
        case ast.JoinedStr(values=parts):
            return sum(map(longest, parts))
        case ast.FormattedValue(value=value):
            return CHARSET if "charset" in ast.unparse(value) else NUMBER
        case _:
            raise AssertionError(ast.unparse(sentence))


SENTENCES = dict(find_sentences({"IdentifierError"}, "dicom"))
PLAIN = {
    place: sentence
    for place, sentence in find_sentences(STORE_ERRORS, "store")
    if isinstance(sentence, ast.Constant) and "took a change back" not in str(sentence.value)  # only writes
}


def test_there_are_sentences_to_look_at() -> None:
    assert len(SENTENCES) > 15
    assert len(PLAIN) > 2


@pytest.mark.parametrize("place", [*SENTENCES, *PLAIN])
def test_a_sentence_that_a_scanner_is_told_fits(place: str) -> None:
    assert longest({**SENTENCES, **PLAIN}[place]) <= 64


@pytest.mark.parametrize(
    ("error", "status", "tag"),
    [
        (IdentifierError("x", tag=0x0010_0020), Status.UNABLE_TO_PROCESS, 0x0010_0020),
        (StoreBusy("x"), Status.OUT_OF_RESOURCES, None),
        (OpenWorklistError("x"), Status.UNABLE_TO_PROCESS, None),
    ],
)
def test_an_error_of_ours_has_its_status(error: OpenWorklistError, status: Status, tag: int | None) -> None:
    assert to_failure(error) == (status, "x", tag)


def test_what_nobody_foresaw_is_not_quoted() -> None:
    status, comment, tag = to_failure(ValueError("Doe^Jane"))
    assert (status, tag) == (Status.INTERNAL_ERROR, None)
    assert "Doe" not in comment
