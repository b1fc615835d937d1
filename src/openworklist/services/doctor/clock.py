"""This machine's clock and time zone, and whether the senders' clocks agree with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.ack import read_header
from openworklist.hl7.dates import read_stamp
from openworklist.services.doctor.case import Case
from openworklist.services.doctor.database import find_file
from openworklist.services.doctor.finding import Finding, Level
from openworklist.store.condition import Arrived, find_newest_messages
from openworklist.store.database import open_database

_NEWEST: Final = 1000
_TOLERATED: Final = timedelta(minutes=5)
_HOUR: Final = timedelta(hours=1)


def check_clock(case: Case) -> Iterator[Finding]:
    """The clock, and one finding for each sender whose clock differs by minutes."""
    now = datetime.now(UTC)
    local = now.astimezone(case.zone)
    details = (("UTC", f"{now:%Y-%m-%d %H:%M:%S}"), ("time zone", str(case.zone)), ("offset", f"{local:%z}"))
    sentence = f"It is {local:%Y-%m-%d %H:%M:%S} in {case.zone}."
    arrived = _read_newest(case)
    if arrived and _moment(arrived[0].received_at) > now + _TOLERATED:
        yield Finding(
            "clock",
            Level.WARNING,
            f"{sentence} The newest message came later than that: the clock was set back, or is wrong now.",
            "set this machine's clock by a time server (NTP)",
            details,
        )
    else:
        yield Finding("clock", Level.OK, sentence, "", details)
    yield from _check_senders(arrived, case.zone)


def _read_newest(case: Case) -> list[Arrived]:
    """Nothing where there is no database that could be read: another check says so."""
    if not case.database.startswith("postgres") and not find_file(case).exists():
        return []
    try:
        with closing(open_database(case.database, case.data, read_only=True)) as database:
            return database.read(lambda connection: find_newest_messages(connection, _NEWEST))
    except OpenWorklistError:
        return []


def _check_senders(arrived: list[Arrived], zone: tzinfo) -> Iterator[Finding]:
    # A message may wait at its sender for hours; one that comes at once tells the difference of the clocks.
    delays: dict[tuple[str, str], timedelta] = {}
    for each in arrived:
        delay = find_delay(each, zone)
        if delay is None:
            continue
        sender = (each.application, each.facility)
        delays[sender] = min(delays.get(sender, delay), delay, key=abs)
    wrong = {sender: delay for sender, delay in delays.items() if abs(delay) > _TOLERATED}
    for (application, facility), delay in wrong.items():
        yield _differs(" ".join(filter(None, (application, facility))) or "(no name)", delay)
    if delays and not wrong:
        yield Finding(
            "senders' clocks",
            Level.OK,
            f"This machine agrees with the senders: {len(delays)} of {len(delays)}.",
        )


def find_delay(arrived: Arrived, zone: tzinfo) -> timedelta | None:
    """How long after the time in MSH-7 a message came; None if MSH-7 has no time of day."""
    header = read_header(arrived.head.removeprefix(b"\xef\xbb\xbf").decode("latin_1"), "latin_1")
    stamp = read_stamp(header.field(7), zone)
    if not stamp.time:
        return None
    written = datetime.strptime(stamp.date + stamp.time[:6], "%Y%m%d%H%M%S").replace(tzinfo=zone)
    return _moment(arrived.received_at) - written


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def _differs(sender: str, delay: timedelta) -> Finding:
    side = "before" if delay > timedelta() else "after"
    sentence = f"Messages of {sender} are dated {_show(delay)} {side} they come."
    off = abs(delay) % _HOUR
    if min(off, _HOUR - off) <= _TOLERATED and abs(delay) < 15 * _HOUR:
        hint = "whole hours are a wrong time zone: set time_zone here, or the offset in MSH-7 there"
    else:
        hint = "set both clocks by a time server (NTP); messages that waited at the sender look the same"
    return Finding(
        "senders' clocks", Level.WARNING, sentence, hint, (("sender", sender), ("delay", str(delay)))
    )


def _show(delay: timedelta) -> str:
    minutes = round(abs(delay).total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60, 1):g} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
