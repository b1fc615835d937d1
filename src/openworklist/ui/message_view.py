"""One message of the journal as its page shows it: what came, what was made of it, what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openworklist.domain.errors import OpenWorklistError
from openworklist.services.explanation import ExplainedMessage, choose_as_served, explain_messages
from openworklist.services.journal import Journal
from openworklist.services.reading import WORKLIST
from openworklist.store.changes import Noted
from openworklist.store.journal import Whole
from openworklist.ui.hl7_view import View, make_view
from openworklist.ui.message_words import Told, tell_bytes
from openworklist.web.desk import Desk

_LONGEST: Final = 1_000_000  # bytes of a message that is explained while somebody waits for the page
_UTF8: Final = "UNICODE UTF-8"


@dataclass(frozen=True, slots=True)
class MessageView:
    """`explained` is by the mapping of today; none where the message is too long for that, or none at all."""

    message: Whole
    changes: tuple[Noted, ...]
    raw: View
    acknowledgement: View | None
    told: Told | None
    explained: ExplainedMessage | None
    is_too_long: bool


def find_message_view(desk: Desk, number: int) -> MessageView:
    """NotFound if there is no such message."""
    shown = Journal(desk.database).get(number)
    message = shown.message
    charset = _UTF8 if message.listed.channel == WORKLIST else desk.reader.find_charset(message.raw)
    is_too_long = len(message.raw) > _LONGEST
    explained = None if is_too_long else _explain(desk, message.raw, charset)
    answer = message.acknowledgement
    return MessageView(
        message,
        tuple(shown.changes),
        make_view(
            message.raw,
            default_charset=charset,
            download=f"/messages/{number}/download",
            uses=dict(_find_uses(explained)),
        ),
        make_view(answer, default_charset=_UTF8) if answer else None,
        tell_bytes(answer, is_ours=True),
        explained,
        is_too_long,
    )


def _explain(desk: Desk, raw: bytes, charset: str) -> ExplainedMessage | None:
    choose = choose_as_served(desk.configuration)
    try:
        return explain_messages(raw, choose, default_charset=charset, zone=desk.zone)[0]
    except OpenWorklistError:
        return None


def _find_uses(explained: ExplainedMessage | None) -> Iterator[tuple[str, str]]:
    """What is made of the values at which places."""
    if explained is None or explained.explanation is None:
        return
    found: dict[str, list[str]] = {}
    for order in explained.explanation.orders:
        for each in order.attributes:
            if each.origin and each.value:
                for place in each.origin.split(", "):
                    found.setdefault(place, []).append(each.attribute.label)
    for place, labels in found.items():
        yield place, ", ".join(dict.fromkeys(labels))
