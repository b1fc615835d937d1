"""The audit trail as a table for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from io import StringIO
from typing import Final

from openworklist.domain.audit import Deed

_HEAD: Final = ("at", "who", "did", "kind", "which", "record", "address", "detail")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(deeds: Iterable[Deed], zone: tzinfo) -> Iterator[str]:
    """Line by line, the head first; spreadsheets take it for UTF-8, and nothing in it for a formula."""
    yield "\ufeff" + _write(_HEAD)
    for deed in deeds:
        moment = datetime.fromtimestamp(deed.at / 1_000_000, zone).isoformat(timespec="milliseconds")
        record = str(deed.record_id or "")
        texts = (deed.actor, deed.action, deed.subject, deed.subject_id, record, deed.peer, deed.detail)
        yield _write((moment, *map(_tame, texts)))


def _write(row: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line).writerow(row)
    return line.getvalue()


def _tame(text: str) -> str:
    """A spreadsheet must not calculate what somebody typed."""
    return f"'{text}" if text.startswith(_FORMULA) else text
