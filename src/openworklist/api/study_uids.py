"""The Study Instance UIDs made here: their root, and which scanners see them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.documents import derive_body, dump
from openworklist.api.shapes import derive, to_json
from openworklist.domain.study_uids import StudyUids, from_document, to_document
from openworklist.services.configuration import STUDY_UIDS, THE_RULE
from openworklist.services.scanners import change_study_uids
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(prefix="/study-uids", tags=["settings"], route_class=GuardedRoute)

StudyUidsAnswer: Any = derive("StudyUids", StudyUids)
StudyUidsChange: Any = derive_body("StudyUidsChange", StudyUids)


@router.get("", operation_id="get_study_uids", response_model=StudyUidsAnswer)
def get_study_uids(desk: TheDesk, visitor: Viewer) -> Any:
    """The root of the UIDs made here, and who sees them."""
    return to_json(desk.configuration.study_uids)


@router.patch("", operation_id="change_study_uids", response_model=StudyUidsAnswer)
def change(desk: TheDesk, visitor: Administrator, trail: TheTrail, change: StudyUidsChange) -> Any:
    """Change the rule; what is not given stays. UIDs that were made before stay as they are."""
    given = dump(change)

    def merge(rule: StudyUids) -> StudyUids:
        return from_document({**to_document(rule), **given})

    changed = change_study_uids(desk.configurations, merge, visitor.actor)
    trail.note("study-uids.save", STUDY_UIDS)
    return to_json(changed)


@router.get("/versions", operation_id="list_study_uid_versions", response_model=list[VersionAnswer])
def list_versions(desk: TheDesk, visitor: Viewer) -> Any:
    """Who changed the rule, and when."""
    return write_versions(desk, STUDY_UIDS, THE_RULE)
