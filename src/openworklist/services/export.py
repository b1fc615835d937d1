"""Stored records as order messages: to a file, to the clipboard, to another system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from openworklist.domain.record import Record, Status, Value
from openworklist.domain.study_uids import STUDY
from openworklist.hl7.compose import Composed, Kind, Outgoing, compose
from openworklist.services.configuration import Configuration

# ORC-1 and ORC-5 of what is not open: an exam that was cancelled here must not be ordered elsewhere.
_CONTROLS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.CANCELED: ("CA", ""),
    Status.DISCONTINUED: ("DC", ""),
    Status.COMPLETED: ("XO", "CM"),
    Status.ON_HOLD: ("HD", ""),
}
_SECOND: Final = 1_000_000


def find_told(record: Record, configuration: Configuration) -> dict[str, Value]:
    """What others are told of a record: no Study Instance UID of ours that none of its scanners sees."""
    values: dict[str, Value] = {**record.completed, **record.values}
    if not configuration.study_uids.is_shown(record):
        values.pop(STUDY, None)
    return values


def compose_record(
    record: Record,
    configuration: Configuration,
    *,
    now: int,
    zone: tzinfo | None = None,
    profile: str = "",
    kind: Kind = "ORM",
    charset: str = "",
    receiver: tuple[str, str] = ("", ""),
) -> Composed:
    """The record as an order that a system with that mapping, "" for the site's default, reads as the same.

    `now` is microseconds since 1970, `receiver` its application and facility. What scanners see goes along,
    also what was completed here, a Study Instance UID only if one of its scanners sees it. MappingError if
    there is no such mapping, CharsetError if there is no such character set.
    """
    control, status = _CONTROLS.get(record.status, ("NW", ""))
    values = find_told(record, configuration)
    if status:
        values["order_status"] = status
    options = configuration.options
    header = Outgoing(
        control_id=f"R{record.id}V{record.version}",
        time=f"{datetime.fromtimestamp(now / _SECOND, zone):%Y%m%d%H%M%S}",
        sending_application=options.sending_application,
        sending_facility=options.sending_facility,
        receiving_application=receiver[0],
        receiving_facility=receiver[1],
        charset=charset,
    )
    chosen = configuration.get_profile(profile or options.default_profile)
    return compose(values, chosen, header, control=control, kind=kind)
