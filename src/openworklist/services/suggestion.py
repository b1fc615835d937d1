"""Proposals for a mapping from messages in files or of the journal."""

from __future__ import annotations

from collections.abc import Iterable

from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.message import Message, parse
from openworklist.hl7.suggest import Suggested, suggest


def suggest_mapping(raws: Iterable[bytes], name: str, *, default_charset: str = "8859/1") -> Suggested:
    """Proposals from all messages in these bytes; what cannot be read does not count.

    MessageError if there is no order in them.
    """
    messages = [each for raw in raws for each in _read(raw, default_charset)]
    suggested = suggest(messages, name)
    if not suggested.messages:
        raise MessageError("There is no order among the messages.", hint="give order messages of the sender")
    return suggested


def _read(raw: bytes, default_charset: str) -> Iterable[Message]:
    for content in split_messages(raw):
        try:
            yield parse(decode(content, default_charset).text)
        except OpenWorklistError:
            continue
