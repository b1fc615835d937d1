"""Who changed what of the set-up, and when: the same for options, mappings, scanners and all the others."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from openworklist.api.shapes import Answer, Moment, to_moment
from openworklist.web.desk import Desk


class VersionAnswer(Answer):
    number: int = Field(description="counted from 1")
    at: Moment
    actor: str
    note: str
    is_deleted: bool
    document: Any


def write_versions(desk: Desk, kind: str, name: str) -> list[Any]:
    """All versions of a name, the first one first; none where there never was one."""
    return [
        {
            "number": number,
            "at": to_moment(each.changed_at),
            "actor": each.actor,
            "note": each.note,
            "is_deleted": each.document is None,
            "document": each.document,
        }
        for number, each in enumerate(desk.configurations.find_versions(kind, name), start=1)
    ]
