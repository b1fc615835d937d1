"""The tree of errors: as it is drawn, each with a code of its own, each told with its way out."""

import re
from collections.abc import Iterator

import pytest

from openworklist.domain import errors
from openworklist.domain.errors import IdentifierError, OpenWorklistError, StoreError

CLASSES = [
    each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, OpenWorklistError)
]


def read_tree() -> Iterator[tuple[str, str]]:
    """Each class of the drawing at the top of the file, with the one that it hangs from."""
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]+)(\w+)|(OpenWorklistError)$", line)
        if found is not None:
            depth = len(found[1] or "") // 4
            path[depth:] = [found[2] or found[3]]
            yield path[depth], path[depth - 1] if depth else ""


def test_the_tree_is_the_one_that_is_drawn() -> None:
    actual = {
        each.__name__: "" if each is OpenWorklistError else each.__mro__[1].__name__ for each in CLASSES
    }
    assert dict(read_tree()) == actual
    assert len(actual) > 10


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [each.code for each in CLASSES if each is not OpenWorklistError]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", code) for code in codes)


def test_the_codes_of_a_branch_begin_alike() -> None:
    assert {each.code.partition(".")[0] for each in CLASSES if issubclass(each, StoreError)} == {"store"}


def test_an_error_is_a_sentence_with_its_place_and_the_way_out() -> None:
    error = OpenWorklistError("The order has no patient.", where="PID-3", hint="mend it at the sender")
    assert str(error).startswith("The order has no patient. [PID-3] — mend it at the sender")
    assert str(OpenWorklistError("No.")).startswith("No.")
    assert "[" not in str(OpenWorklistError("No."))


def test_a_code_may_be_more_exact_than_its_class() -> None:
    assert StoreError("No.", code="store.closed").code == "store.closed"
    assert StoreError("No.").code == StoreError.code == "store.failed"


@pytest.mark.parametrize(
    ("tag", "where"),
    [(0x0040_0100, "(0040,0100)"), (0x0008_0005, "(0008,0005)"), (None, ""), (0, "(0000,0000)")],
)
def test_an_identifiers_element_is_written_as_the_standard_writes_it(tag: int | None, where: str) -> None:
    assert IdentifierError("No.", tag=tag).where == where
