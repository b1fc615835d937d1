"""Studies: those that are stored here, those that an archive has, and the links that open one."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.body import Body, Line
from openworklist.api.parameters import Count
from openworklist.api.shapes import Answer, derive, to_json
from openworklist.domain.instance import UID_PATTERN
from openworklist.domain.study import Series, Study, StudyFilter
from openworklist.domain.study_links import StudyLink
from openworklist.domain.uids import MAX_LENGTH
from openworklist.services.study_finding import read_place, search_studies, write_place
from openworklist.web.desk import TheDesk, get_peer
from openworklist.web.guarded import GuardedRoute
from openworklist.web.study_links import find_links
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(prefix="/studies", tags=["studies"], route_class=GuardedRoute)

_LONGEST: Final = 200
StudyAnswer: Any = derive("Study", Study, values=dict[str, str])
_SeriesAnswer: Any = derive("Series", Series, values=dict[str, str])
WholeStudy: Any = derive("WholeStudy", Study, values=dict[str, str], series=list[_SeriesAnswer])
LinkAnswer: Any = derive("StudyLink", StudyLink)
Uid = Annotated[str, Path(max_length=MAX_LENGTH, pattern=UID_PATTERN, description="Study Instance UID")]
Place = Annotated[
    str, Query(max_length=40, pattern=r"^(\d{1,18}-\d{1,18})?$", description="`next` of a page")
]


class StudyPage(Answer):
    studies: list[StudyAnswer]
    next: str | None


class StudySearch(Body):
    text: Annotated[Line, Field(min_length=1, max_length=_LONGEST)]


@router.get("", operation_id="list_studies", response_model=StudyPage)
def list_studies(
    desk: TheDesk, visitor: Viewer, trail: TheTrail, after: Place = "", limit: Count = 50
) -> Any:
    """The studies that are stored here, those that came last first."""
    found, following = desk.studies.stored.find_page(StudyFilter(), read_place(after), limit)
    trail.note_repeated("study.list", " ".join(study.uid for study in found))
    return {"studies": to_json(found), "next": write_place(following) or None}


@router.post("/search", operation_id="search_studies", response_model=list[StudyAnswer])
def find_studies(desk: TheDesk, visitor: Viewer, trail: TheTrail, asked: StudySearch) -> Any:
    """Find studies by UID, patient ID, accession number or the beginning of the patient's name.

    The archive is asked for the UID and the patient ID too.
    """
    found = search_studies(desk.studies, asked.text)
    trail.note_repeated("study.list", " ".join(study.uid for study in found))
    return to_json(found)


@router.get("/{uid:uid}", operation_id="get_study", response_model=WholeStudy, responses=may(404))
def get_study(desk: TheDesk, visitor: Viewer, trail: TheTrail, uid: Uid) -> Any:
    """A study with its series."""
    study, source = desk.studies.get(uid)
    trail.note("study.view", "study", uid)
    return {**to_json(study), "series": to_json(source.list_series(uid))}


@router.post(
    "/{uid:uid}/links", operation_id="make_links", response_model=list[LinkAnswer], responses=may(404)
)
def make_links(request: Request, desk: TheDesk, visitor: Operator, trail: TheTrail, uid: Uid) -> Any:
    """The links that open a study for whoever has them, with its token, which is made if it has none."""
    desk.studies.get(uid)
    token = desk.study_tokens.ensure(uid, visitor.actor, peer=get_peer(request))
    trail.note("study-token.show", "study", uid)
    return to_json(find_links(request, desk, uid, token))
