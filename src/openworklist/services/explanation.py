"""What a mapping profile makes of messages in a file, the clipboard or the journal, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from openworklist.domain.charset import Charset
from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.events import Kind, find_event
from openworklist.hl7.explain import Explanation, explain
from openworklist.hl7.message import Message, parse
from openworklist.hl7.profile import Profile
from openworklist.services.configuration import Configuration

Choose = Callable[[Message], Profile]


def choose_as_served(configuration: Configuration) -> Choose:
    """The profile of a message's sender, as the server maps it."""

    def choose(message: Message) -> Profile:
        header = message.header
        return configuration.find_sender(header.field(3), header.field(4)).find_profile(header.field(9))

    return choose


@dataclass(frozen=True, slots=True)
class ExplainedMessage:
    """A message of several, counted from 1. `error` says why it has no explanation."""

    number: int
    type: str
    control_id: str
    warnings: tuple[str, ...]  # of its letters
    explanation: Explanation | None = None
    error: OpenWorklistError | None = None


def explain_messages(
    raw: bytes,
    choose: Choose,
    *,
    default_charset: str = "8859/1",
    zone: tzinfo | None = None,
    charset: Charset | None = None,
) -> tuple[ExplainedMessage, ...]:
    """Each message in the bytes, which may be a batch. MessageError if there is none."""
    messages = split_messages(raw)
    if not messages:
        raise MessageError("There is no HL7 message in it.", hint="a message begins with MSH")
    return tuple(
        _explain(number, each, choose, default_charset, zone, charset)
        for number, each in enumerate(messages, 1)
    )


def _explain(
    number: int,
    raw: bytes,
    choose: Choose,
    default_charset: str,
    zone: tzinfo | None,
    charset: Charset | None,
) -> ExplainedMessage:
    kind = control_id = ""
    warnings: tuple[str, ...] = ()
    try:
        decoded = decode(raw, default_charset)
        warnings = decoded.warnings
        message = parse(decoded.text)
        kind, control_id = message.header.field(9), message.header.field(10)
        if find_event(message).kind not in (Kind.ORDER, Kind.APPOINTMENT):
            found = Explanation(choose(message).name, "", (), ())
        else:
            found = explain(message, choose(message), zone=zone, codec=decoded.codec, charset=charset)
    except OpenWorklistError as error:
        return ExplainedMessage(number, kind, control_id, warnings, error=error.to_value())
    return ExplainedMessage(number, kind, control_id, warnings, found)
