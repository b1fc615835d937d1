"""Stored instances in their tables, each below its series and study."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, bindparam, delete, exists, insert, not_, select, update

from openworklist.domain.instance import Instance, StoredInstance
from openworklist.domain.study_attributes import StudyLevel, of_level
from openworklist.store.connection import Connection, Statement
from openworklist.store.study_lists import to_name_key
from openworklist.store.study_schema import instances, series, studies


def _insert(table: Table) -> Statement:
    names = [column.name for column in table.c if column.name != "id"]
    return Statement(insert(table).values({name: bindparam(name) for name in names}).returning(table.c.id))


_INSERT_STUDY: Final = _insert(studies)
_INSERT_SERIES: Final = _insert(series)
_INSERT_INSTANCE: Final = _insert(instances)
_FIND_STUDY: Final = Statement(select(studies.c.id).where(studies.c.uid == bindparam("uid")))
_FIND_SERIES: Final = Statement(
    select(series.c.id)
    .join_from(series, studies, series.c.study_key == studies.c.id)
    .where(studies.c.uid == bindparam("study"))
    .where(series.c.uid == bindparam("uid"))
)
_FIND_INSTANCE: Final = Statement(
    select(
        instances.c.id,
        studies.c.uid,
        series.c.uid,
        instances.c.uid,
        instances.c.sop_class,
        instances.c.transfer_syntax,
        instances.c.size,
        instances.c.file,
        instances.c.received_at,
    )
    .join_from(instances, series, instances.c.series_key == series.c.id)
    .join(studies, series.c.study_key == studies.c.id)
    .where(instances.c.uid == bindparam("uid"))
)
_LIST_FILES: Final = Statement(
    select(instances.c.id, instances.c.file)
    .where(instances.c.id > bindparam("after"))
    .order_by(instances.c.id)
    .limit(bindparam("most", 0))
)
_UPDATE_INSTANCE: Final = Statement(
    update(instances)
    .where(instances.c.id == bindparam("number"))
    .values({each.name: bindparam(each.name) for each in instances.c if each.name not in ("id", "uid")})
)
# More comes of a study whose exam was seen to.
_REOPEN: Final = Statement(
    update(studies)
    .where(studies.c.id == bindparam("study"), studies.c.settled_at > 0)
    .values(settled_at=-studies.c.settled_at)
)
_DELETE_EMPTY_SERIES: Final = Statement(
    delete(series)
    .where(series.c.uid == bindparam("uid"))
    .where(not_(exists().where(instances.c.series_key == series.c.id)))
)
_DELETE_EMPTY_STUDY: Final = Statement(
    delete(studies)
    .where(studies.c.uid == bindparam("uid"))
    .where(not_(exists().where(series.c.study_key == studies.c.id)))
)
_STUDY: Final = of_level(StudyLevel.STUDY)
_SERIES: Final = of_level(StudyLevel.SERIES)
_INSTANCE: Final = of_level(StudyLevel.INSTANCE)


def find_instance(connection: Connection, uid: str) -> StoredInstance | None:
    rows = connection.run(_FIND_INSTANCE, {"uid": uid})
    return StoredInstance(*rows[0]) if rows else None


def list_files(connection: Connection, after: int, most: int) -> list[tuple[int, str]]:
    """The next files that the index names, each with the number that the next page begins after."""
    return [(number, file) for number, file in connection.run(_LIST_FILES, {"after": after, "most": most})]


def add_instance(connection: Connection, instance: Instance, file: str) -> StoredInstance | None:
    """Take an instance into the index, with its series and study; what is there already, if it is."""
    # Another server on the same database may be given it just now.
    connection.lock(f"instance {instance.uid}")
    known = find_instance(connection, instance.uid)
    if known is None:
        connection.insert(_INSERT_INSTANCE, {**_to_columns(connection, instance, file), "uid": instance.uid})
    return known


def replace_instance(connection: Connection, number: int, instance: Instance, file: str) -> None:
    """Have the index tell of another content of an instance."""
    before = find_instance(connection, instance.uid)
    connection.run_count(_UPDATE_INSTANCE, {**_to_columns(connection, instance, file), "number": number})
    if before is not None and (before.study_uid, before.series_uid) != (
        instance.study_uid,
        instance.series_uid,
    ):
        connection.run_count(_DELETE_EMPTY_SERIES, {"uid": before.series_uid})
        connection.run_count(_DELETE_EMPTY_STUDY, {"uid": before.study_uid})


def _to_columns(connection: Connection, instance: Instance, file: str) -> dict[str, object]:
    return {
        **_pick(instance, _INSTANCE),
        "series_key": _ensure_series(connection, instance),
        "sop_class": instance.sop_class,
        "transfer_syntax": instance.transfer_syntax,
        "size": instance.size,
        "file": file,
        "calling_ae": instance.calling_ae,
        "peer": instance.peer,
        "received_at": instance.received_at,
    }


def _ensure_series(connection: Connection, instance: Instance) -> int:
    """The number of its series, made with its study if this is the first instance of it."""
    number = _find_series(connection, instance)
    if number is not None:
        return number
    # Several may bring the first one at once: the others wait, and look again.
    connection.lock(f"study {instance.study_uid}")
    number = _find_series(connection, instance)
    if number is not None:
        return number
    study = _ensure_study(connection, instance)
    connection.run_count(_REOPEN, {"study": study})
    return connection.insert(
        _INSERT_SERIES,
        {
            **_pick(instance, _SERIES),
            "study_key": study,
            "uid": instance.series_uid,
            "received_at": instance.received_at,
        },
    )


def _find_series(connection: Connection, instance: Instance) -> int | None:
    values = {"study": instance.study_uid, "uid": instance.series_uid}
    return _first(connection.run(_FIND_SERIES, values))


def _ensure_study(connection: Connection, instance: Instance) -> int:
    number = _first(connection.run(_FIND_STUDY, {"uid": instance.study_uid}))
    if number is not None:
        return number
    values = {
        **_pick(instance, _STUDY),
        "uid": instance.study_uid,
        "name_key": to_name_key(instance.values.get("patient_name", "")),
        "received_at": instance.received_at,
        "settled_at": 0,
    }
    return connection.insert(_INSERT_STUDY, values)


def _first(rows: list[tuple[int, ...]]) -> int | None:
    return rows[0][0] if rows else None


def _pick(instance: Instance, names: tuple[str, ...]) -> dict[str, object]:
    return {name: instance.values.get(name, "").replace("\0", "") for name in names}
