"""What an order of a sample would become here, and what a scanner would get of it. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo

from openworklist.dicom.showing import show_values
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.order import Order, decide
from openworklist.domain.query import STATION
from openworklist.domain.record import Record
from openworklist.services.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Preview:
    """`record` as the database would have it, `seen` as `scanner` would see it; None where there is none.

    `reason` says why there is no record, or why a scanner would not be shown it.
    """

    record: Record | None = None
    seen: Record | None = None
    scanner: str = ""
    reason: str = ""
    error: OpenWorklistError | None = None


def preview_order(
    order: Order,
    message_type: str,
    sender: str,
    configuration: Configuration,
    *,
    zone: tzinfo,
    scanner: str = "",
) -> Preview:
    """As if it were the first that is known of its patient; `scanner` is the order's station if not given."""
    (settled,) = configuration.apply_rules((order,), message_type, sender)
    try:
        change = decide(settled, (), uid_root=configuration.study_uids.root)[0]
    except OpenWorklistError as error:
        return Preview(error=error.to_value())
    record = change.record
    if record is None:
        return Preview(reason=change.reason, error=change.problem)
    scanner = scanner or record.text(STATION).split("\\")[0].strip(" ")
    serving = configuration.find_serving(scanner)
    view = serving.make_view(zone)
    values = show_values(view.see(record), view.repertoire)
    seen = replace(record, values=values, completed={})
    if serving.is_refused:
        reason = f"{scanner} is turned away, as it was set up."
    elif record.status not in serving.statuses:
        reason = f"It would not be shown: its status is {record.status.value}."
    else:
        reason = ""
    return Preview(record, seen, scanner, reason)
