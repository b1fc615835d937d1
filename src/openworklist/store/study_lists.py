"""The index of studies as it is read: studies, their series, their instances."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select, tuple_

from openworklist.domain.names import folded_groups
from openworklist.domain.study import Series, Study, StudyFilter, StudyInstance
from openworklist.domain.study_attributes import StudyLevel, of_level
from openworklist.store.connection import Connection, Statement
from openworklist.store.study_schema import instances, series, studies

_STUDY: Final = of_level(StudyLevel.STUDY)
_SERIES: Final = of_level(StudyLevel.SERIES)
_INSTANCE: Final = of_level(StudyLevel.INSTANCE)
_EQUAL: Final = ("uid", "patient_id", "accession_number")
_NAME: Final = "patient_name"
_NAME_INDEX: Final = "ix_studies_name_key"
_LAST: Final = "\U0010ffff"  # no letter is behind it
_PLACE: Final = tuple_(studies.c.received_at, studies.c.id)


class StudyKey(NamedTuple):
    """Where a study stands among all, the newest first."""

    received_at: int
    id: int


_FIRST: Final = StudyKey(1 << 62, 0)


@cache
def _select(*names: str) -> Statement:
    """Studies of which these are given, those that came last first."""
    conditions = [studies.c[name] == bindparam(name) for name in names if name != _NAME]
    if _NAME in names:
        key = studies.c.name_key
        conditions += [key >= bindparam("name_from"), key < bindparam("name_to")]
    statement = (
        select(studies.c.id, studies.c.uid, studies.c.received_at, *(studies.c[name] for name in _STUDY))
        .where(*conditions)
        .where(tuple_(bindparam("received_at"), bindparam("number")) > _PLACE)
        .order_by(studies.c.received_at.desc(), studies.c.id.desc())
        .limit(bindparam("most", 0))
    )
    if _NAME in names:
        # Else SQLite, which knows nothing of the names, walks all studies in their order.
        statement = statement.with_hint(studies, f"INDEXED BY {_NAME_INDEX}", "sqlite")
    return Statement(statement)


_COUNT: Final = Statement(
    select(series.c.modality, func.count(instances.c.id))
    .select_from(series.outerjoin(instances, instances.c.series_key == series.c.id))
    .where(series.c.study_key == bindparam("study"))
    .group_by(series.c.id, series.c.modality)
)
_LIST_SERIES: Final = Statement(
    select(
        studies.c.uid,
        series.c.uid,
        select(func.count())
        .select_from(instances)
        .where(instances.c.series_key == series.c.id)
        .scalar_subquery(),
        *(series.c[name] for name in _SERIES),
    )
    .join_from(series, studies, series.c.study_key == studies.c.id)
    .where(studies.c.uid == bindparam("study"))
    .order_by(series.c.id)
)
_LIST_INSTANCES: Final = Statement(
    select(
        studies.c.uid,
        series.c.uid,
        instances.c.uid,
        instances.c.sop_class,
        instances.c.transfer_syntax,
        instances.c.size,
        instances.c.file,
        *(instances.c[name] for name in _INSTANCE),
    )
    .join_from(instances, series, instances.c.series_key == series.c.id)
    .join(studies, series.c.study_key == studies.c.id)
    .where(studies.c.uid == bindparam("study"))
    .order_by(series.c.id, instances.c.id)
)


def to_name_key(name: str) -> str:
    """What a patient's name is searched by: its first group, folded."""
    return next(iter(folded_groups(name)), "")


def find_studies(
    connection: Connection, asked: StudyFilter, after: StudyKey | None = None, limit: int = 100
) -> tuple[list[Study], StudyKey | None]:
    """The next `limit` studies, those that came last first, and where the next page begins.

    None at the end.
    """
    given = {name: value for name in (*_EQUAL, _NAME) if (value := getattr(asked, name))}
    at = after or _FIRST
    values = {**given, "received_at": at.received_at, "number": at.id, "most": limit + 1}
    if _NAME in given:
        beginning = to_name_key(asked.patient_name)
        values |= {"name_from": beginning, "name_to": beginning + _LAST}
    rows = connection.run(_select(*given), values)
    found = [_to_study(connection, row) for row in rows[:limit]]
    return found, StudyKey(rows[limit - 1][2], rows[limit - 1][0]) if len(rows) > limit else None


def list_series(connection: Connection, study_uid: str) -> list[Series]:
    """The series of a study by their number."""
    rows = connection.run(_LIST_SERIES, {"study": study_uid})
    found = [
        Series(study, uid, dict(zip(_SERIES, values, strict=True)), count)
        for study, uid, count, *values in rows
    ]
    return sorted(found, key=lambda each: _to_number(each.values["series_number"]))


def list_instances(connection: Connection, study_uid: str) -> list[StudyInstance]:
    """The instances of a study, those of a series together, by their number."""
    rows = connection.run(_LIST_INSTANCES, {"study": study_uid})
    found = [_to_instance(row) for row in rows]
    order = {uid: place for place, uid in enumerate(dict.fromkeys(each.series_uid for each in found))}
    return sorted(
        found, key=lambda each: (order[each.series_uid], _to_number(each.values["instance_number"]))
    )


def _to_study(connection: Connection, row: Sequence[Any]) -> Study:
    number, uid, received_at, *values = row
    counts = connection.run(_COUNT, {"study": number})
    return Study(
        uid,
        dict(zip(_STUDY, values, strict=True)),
        tuple(sorted({modality for modality, _ in counts if modality})),
        len(counts),
        sum(count for _, count in counts),
        received_at,
    )


def _to_instance(row: Sequence[Any]) -> StudyInstance:
    study, series_uid, uid, sop_class, transfer_syntax, size, file, *values = row
    return StudyInstance(
        study,
        series_uid,
        uid,
        sop_class,
        transfer_syntax,
        dict(zip(_INSTANCE, values, strict=True)),
        size,
        file,
    )


def _to_number(text: str) -> tuple[int, int]:
    """What sorts numbers as numbers, and what is none behind them."""
    try:
        return 0, int(text)
    except ValueError:
        return 1, 0
