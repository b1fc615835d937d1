"""All that the mapping page shows of a state: rows, the sample, what it becomes, offers and suggestions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from openworklist.domain.errors import MappingError, OpenWorklistError
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.explain import Notice
from openworklist.hl7.message import Message, parse
from openworklist.hl7.profile import Profile
from openworklist.hl7.suggest import Suggested
from openworklist.services.explanation import ExplainedMessage, explain_messages
from openworklist.services.journal import Journal
from openworklist.services.mapping_preview import Preview, preview_order
from openworklist.services.suggestion import suggest_mapping
from openworklist.store.journal import Filter
from openworklist.ui.hl7_view import View, make_view
from openworklist.ui.mapping_check import Checked, check, to_document
from openworklist.ui.mapping_editor import Editor
from openworklist.ui.mapping_offers import Offer, make_offer
from openworklist.ui.mapping_rows import Row, find_uses, make_rows
from openworklist.ui.record_view import Group, make_groups
from openworklist.web.desk import Desk

_ORDERS: Final = 5  # of a message that a page shows
SUGGESTED_FROM: Final = 50  # the newest messages of a sender
SAMPLE: Final = "sample"


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order of the sample: what becomes of it, and what is odd about it."""

    preview: Preview
    record: tuple[Group, ...]
    answer: tuple[Group, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The region of the page that changes with the draft."""

    editor: Editor
    checked: Checked
    rows: tuple[Row, ...]
    parts: int
    view: View | None
    orders: tuple[ShownOrder, ...]
    more_orders: int
    variant: str
    reason: tuple[str, ...]
    error: OpenWorklistError | None
    offer: Offer | None
    suggested: Suggested | None
    json: str


def make_work(desk: Desk, editor: Editor, *, wanted: str = "") -> Work:
    """Everything for a state; `wanted` is the attribute that somebody was at when they picked a place."""
    checked = check(editor.draft, editor.chosen)
    sample = _Sample(desk, editor)
    own, chosen = checked.plain, checked.profile
    plain = sample.explain(lambda message: own) if own else None
    first = plain.explanation.orders[0] if plain and plain.explanation and plain.explanation.orders else None
    whole = sample.explain(lambda message: chosen) if chosen else None
    found = whole.explanation if whole else None
    orders = found.orders if found else ()
    configuration = desk.configuration.with_profile(checked.profile) if checked.profile else None
    shown = tuple(_show_order(desk, each, sample, configuration, editor.scanner) for each in orders[:_ORDERS])
    is_offered = bool(editor.picked and sample.message)
    return Work(
        editor=editor,
        checked=checked,
        rows=make_rows(editor, checked, first),
        parts=sample.parts,
        view=make_view(sample.raw, default_charset=sample.charset, uses=find_uses(first))
        if sample.raw
        else None,
        orders=shown,
        more_orders=max(len(orders) - _ORDERS, 0),
        variant=found.variant if found else "",
        reason=found.reason if found else (),
        error=sample.error or (whole.error if whole else None),
        offer=make_offer(editor.picked, sample.message, editor, wanted)
        if is_offered and sample.message
        else None,
        suggested=find_suggested(desk, editor),
        json=_write_json(editor),
    )


def find_suggested(desk: Desk, editor: Editor) -> Suggested | None:
    """What is suggested from the sample or a sender's newest messages; MessageError if they are no orders."""
    if not editor.suggesting:
        return None
    journal = Journal(desk.database)
    if editor.suggesting == SAMPLE:
        raws = [editor.sample.read(journal)]
    else:
        application, _, facility = editor.suggesting.partition("|")
        asked = Filter(sending_application=application, sending_facility=facility)
        raws = [journal.get(number).message.raw for number in journal.find_numbers(asked, SUGGESTED_FROM)]
    default = desk.reader.find_default(raws[0] if raws else b"", desk.configuration)
    return suggest_mapping(raws, editor.draft.name, default_charset=default)


class _Sample:
    """The message of the sample that is looked at."""

    def __init__(self, desk: Desk, editor: Editor) -> None:
        self._zone = desk.zone
        self.charset = ""
        self.raw = b""
        self.parts = 0
        self.error: OpenWorklistError | None = None
        self.message: Message | None = None
        if not editor.sample:
            return
        try:
            raw = editor.sample.read(Journal(desk.database))
            messages = list(split_messages(raw))
            self.parts = len(messages)
            self.raw = messages[min(editor.sample.part, self.parts) - 1] if messages else raw
            self.charset = desk.reader.find_default(self.raw, desk.configuration)
            self.message = parse(decode(self.raw, self.charset, replaces=True).text)
        except OpenWorklistError as error:
            self.error = error.to_value()

    def explain(self, choose: Callable[[Message], Profile]) -> ExplainedMessage | None:
        if self.message is None:
            return None
        return explain_messages(self.raw, choose, default_charset=self.charset, zone=self._zone)[0]


def _show_order(desk: Desk, order: Any, sample: _Sample, configuration: Any, scanner: str) -> ShownOrder:
    assert sample.message is not None
    header = sample.message.header
    sender = f"{header.field(3)}|{header.field(4)}"
    preview = preview_order(
        order.order, header.field(9), sender, configuration, zone=desk.zone, scanner=scanner
    )
    record = make_groups(preview.record) if preview.record else ()
    answer = make_groups(preview.seen) if preview.seen else ()
    return ShownOrder(preview, record, answer, order.notices)


def _write_json(editor: Editor) -> str:
    try:
        return json.dumps(to_document(editor.draft), ensure_ascii=False, indent=2)
    except MappingError:
        return ""
