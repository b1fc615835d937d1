"""The doctor knows the last backup from the audit trail."""

import pytest

from openworklist.domain.audit import Deed
from openworklist.services.audit import Audit
from openworklist.services.clock import read_clock
from openworklist.services.doctor.backup import check_backup
from openworklist.services.doctor.finding import Level
from openworklist.store.audit import insert_deed
from openworklist.store.database import Database

DAY = 86_400_000_000


def test_none_is_no_fault(database: Database) -> None:
    (finding,) = check_backup(database)
    assert (finding.level, finding.sentence) == (Level.OK, "No backup is known.")


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [(0, Level.OK, "0 days"), (1, Level.OK, "1 day "), (7, Level.OK, "7 days"), (8, Level.WARNING, "8 days")],
)
def test_an_old_one_is_a_warning(database: Database, days: int, level: Level, said: str) -> None:
    for ago in (days, days + 30):
        deed = Deed(read_clock() - ago * DAY, "cli:root", "backup.make", detail="backup.tar, images: 5")
        database.write(lambda connection, deed=deed: insert_deed(connection, deed))  # type: ignore[misc]
    Audit(database).note("cli:root", "backup.restore")
    (finding,) = check_backup(database)
    assert finding.level is level
    assert said in finding.sentence
