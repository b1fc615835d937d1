"""Studies whose exam is still to be seen to, once no more of their images come."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, func, select, update

from openworklist.store.connection import Connection, Statement
from openworklist.store.study_schema import instances, series, studies

_UNSETTLED: Final = studies.c.settled_at <= 0
_MINUTE: Final = 60_000_000
_LIST: Final = Statement(
    select(studies.c.uid, func.max(instances.c.received_at))
    .join_from(studies, series, series.c.study_key == studies.c.id)
    .join(instances, instances.c.series_key == series.c.id)
    .where(_UNSETTLED)
    .group_by(studies.c.id, studies.c.uid)
    .having(func.max(instances.c.received_at) <= bindparam("cutoff"))
    .order_by(studies.c.id)
)
# A study is seen to when nothing has come for a minute at least: what came within it was on its way.
_NEWS: Final = Statement(
    select(series.c.modality)
    .distinct()
    .join_from(series, studies, series.c.study_key == studies.c.id)
    .where(studies.c.uid == bindparam("study"), _UNSETTLED)
    .where(series.c.received_at > -studies.c.settled_at - _MINUTE)
)
_SETTLE: Final = Statement(
    update(studies).where(studies.c.uid == bindparam("study")).values(settled_at=bindparam("now"))
)
_SETTLE_ALL: Final = Statement(update(studies).where(_UNSETTLED).values(settled_at=bindparam("now")))


def find_quiet(connection: Connection, cutoff: int) -> list[str]:
    """The UIDs of studies of which nothing has come since."""
    return [uid for uid, _ in connection.run(_LIST, {"cutoff": cutoff})]


def find_new_modalities(connection: Connection, uid: str) -> tuple[str, ...]:
    """Of the series that came since a study was seen to last; of all, if it never was."""
    return tuple(modality for (modality,) in connection.run(_NEWS, {"study": uid}))


def settle_study(connection: Connection, uid: str, now: int) -> None:
    connection.run_count(_SETTLE, {"study": uid, "now": now})


def settle_all(connection: Connection, now: int) -> int:
    """Let all be as they are; how many that were."""
    return connection.run_count(_SETTLE_ALL, {"now": now})
