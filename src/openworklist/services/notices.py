"""What became of an order, told to the systems that want to hear of it: messages into the outbound queue."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from openworklist.domain.errors import OpenWorklistError, StoreError
from openworklist.domain.record import Record, Status
from openworklist.domain.subscriber import Subscriber
from openworklist.hl7.compose import Outgoing, compose
from openworklist.hl7.profile import preset
from openworklist.services.configuration import Configuration
from openworklist.services.export import find_told
from openworklist.services.outbound import put
from openworklist.store.connection import Connection

log = logging.getLogger(__name__)

# ORC-5, HL7 table 0038; IHE RAD-3 has the same.
_CODES: Final[Mapping[Status, str]] = {
    Status.STARTED: "IP",
    Status.COMPLETED: "CM",
    Status.DISCONTINUED: "DC",
}
_STATUS: Final = "order_status"
_SECOND: Final = 1_000_000


def put_notices(
    connection: Connection,
    record: Record,
    configuration: Configuration,
    *,
    actor: str,
    now: int,
    zone: tzinfo | None = None,
) -> tuple[int, tuple[str, ...]]:
    """Put the status of a record into the queue for each who wants it, in the transaction of its change.

    How many messages, and whom none could be made for: that is no reason to refuse the change.
    """
    count, failed = 0, []
    for subscriber in configuration.subscribers:
        if not subscriber.hears_of(record.senders):
            continue
        try:
            content = compose_notice(record, subscriber, configuration, now=now, zone=zone)
            put(connection, content, subscriber.destination, actor=actor, now=now, record_id=record.id)
        except StoreError:
            raise
        except OpenWorklistError as error:
            log.error("a status cannot be told", extra={"to": subscriber.name, "code": error.code})
            failed.append(subscriber.name)
        else:
            count += 1
    return count, tuple(failed)


def compose_notice(
    record: Record,
    subscriber: Subscriber,
    configuration: Configuration,
    *,
    now: int,
    zone: tzinfo | None = None,
) -> bytes:
    """The record as an order message with SC in ORC-1 and its status in ORC-5."""
    options = configuration.options
    values = {**find_told(record, configuration), _STATUS: _CODES[record.status]}
    header = Outgoing(
        # Not that of an export of the same record: a receiver that knows repetitions would drop one of them.
        control_id=f"S{record.id}V{record.version}",
        time=f"{datetime.fromtimestamp(now / _SECOND, zone):%Y%m%d%H%M%S}",
        sending_application=options.sending_application,
        sending_facility=options.sending_facility,
        receiving_application=subscriber.application,
        receiving_facility=subscriber.facility,
    )
    profile = configuration.get_profile(subscriber.profile or options.default_profile)
    composed = compose(values, profile, header, control="SC", kind=subscriber.message)
    if any(each.name == _STATUS for each in composed.left_out):
        # A mapping without ORC-5: a status message without its status is none.
        composed = compose(values, preset("ihe"), header, control="SC", kind=subscriber.message)
    return composed.content
