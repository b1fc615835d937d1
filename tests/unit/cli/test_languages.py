"""Every text of the pages is in every catalogue, and says there what it may say."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from openworklist.cli.languages import CATALOGUES, find_file, find_texts, renew
from openworklist.ui.language import ENGLISH, LANGUAGES, read_catalogue

OTHERS = [(code, name) for code in LANGUAGES if code != ENGLISH for name in CATALOGUES]
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    """Each English text with what stands for it; the last stands for all further forms of a plural."""
    if isinstance(message.id, str):
        yield message.id, str(message.string)
        return
    for number, said in enumerate(message.string):
        yield message.id[min(number, len(message.id) - 1)], said


@pytest.mark.parametrize(("code", "name"), OTHERS)
def test_a_catalogue_has_all_texts_of_the_pages_and_none_else(code: str, name: str) -> None:
    wanted = {text if isinstance(text, str) else text[0] for text in find_texts(name) if text}
    catalogue = read_catalogue(code, name)

    assert {next(_texts(each))[0] for each in catalogue if each.id} == wanted
    assert not catalogue.obsolete


@pytest.mark.parametrize(("code", "name"), OTHERS)
def test_every_text_is_translated_and_none_is_a_guess(code: str, name: str) -> None:
    catalogue = read_catalogue(code, name)
    messages = [each for each in catalogue if each.id]

    assert len(messages) > 500
    assert [each.id for each in messages if each.fuzzy] == []
    assert [text for each in messages for text, said in _texts(each) if not said.strip()] == []
    assert all(len(each.string) == catalogue.num_plurals for each in messages if not isinstance(each.id, str))


@pytest.mark.parametrize(("code", "name"), OTHERS)
def test_what_is_filled_in_is_filled_in_there_too(code: str, name: str) -> None:
    texts = [pair for each in read_catalogue(code, name) if each.id for pair in _texts(each)]
    differ = [
        (text, said)
        for text, said in texts
        if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(said))
    ]

    assert differ == []


@pytest.mark.parametrize(("code", "name"), OTHERS)
def test_spaces_at_the_ends_stay(code: str, name: str) -> None:
    texts = [pair for each in read_catalogue(code, name) if each.id for pair in _texts(each)]

    assert [(text, said) for text, said in texts if _ends(text) != _ends(said)] == []


@pytest.mark.parametrize(("code", "name"), OTHERS)
def test_a_catalogue_that_is_up_to_date_does_not_change(code: str, name: str) -> None:
    assert renew(code, name) == find_file(code, name).read_text("utf-8")


def _ends(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()
