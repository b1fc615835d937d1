"""How old the last backup is, as far as the audit trail knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from openworklist.domain.audit import DeedFilter
from openworklist.services.audit import Audit
from openworklist.services.clock import read_clock
from openworklist.services.doctor.finding import Finding, Level
from openworklist.store.database import Database

_NAME: Final = "backup"
_DAY: Final = 86_400_000_000
_OLD: Final = 7  # days


def check_backup(database: Database) -> Iterator[Finding]:
    """Of a database with its newest tables; who saves it by other means is not blamed."""
    last = Audit(database).find(DeedFilter(action="backup.make"), limit=1)
    if not last:
        yield Finding(_NAME, Level.OK, "No backup is known.", "`openworklist backup` makes one while it runs")
        return
    days = (read_clock() - last[0].at) // _DAY
    details = (("days", str(days)), ("detail", last[0].detail))
    sentence = f"The last one was made {days} day{'' if days == 1 else 's'} ago."
    if days > _OLD:
        yield Finding(_NAME, Level.WARNING, sentence, "call `openworklist backup` every night", details)
    else:
        yield Finding(_NAME, Level.OK, sentence, "", details)
