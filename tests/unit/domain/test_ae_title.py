"""What is an AE title, by PS3.5 6.2."""

import pytest

from openworklist.domain.ae_title import is_ae_title


@pytest.mark.parametrize("title", ["CT01", "a title with ..", "X", " CT01 "])
def test_letters_of_the_default_repertoire_are_fine(title: str) -> None:
    assert is_ae_title(title) == ""


@pytest.mark.parametrize("title", ["", "   ", "SEVENTEEN_LETTERS", "CT\\MR", "Röntgen", "CT\n"])
def test_others_are_told_what_is_wrong(title: str) -> None:
    assert "no AE title" in is_ae_title(title)
