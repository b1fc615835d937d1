"""Studies: what is stored, looked for as people do, and the links that open one."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.study import StudyFilter
from openworklist.domain.study_links import PATH, StudyLink
from openworklist.services.study_finding import read_place, search_studies, write_place
from openworklist.ui.forms.page import go
from openworklist.ui.language import mark
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.study_links import find_links
from openworklist.web.trail import TheTrail, Trail
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(prefix="/studies")
_SIZE: Final = 100
# What each kind of link is called, and what it is good for.
LINKS: Final = {
    "page": (mark("Study page"), mark("opens in any browser, for whoever has the link")),
    "sante": (mark("Sante DICOM Web Viewer"), mark("for a HIS or RIS that opens this viewer")),
    "ohif": ("OHIF", mark("opens the study in the site's OHIF viewer")),
    "weasis": ("Weasis", mark("opens Weasis where it is installed")),
    "other": ("", mark("the viewer that the settings name")),
    "dicomweb": ("DICOMweb", mark("for programs: QIDO-RS and WADO-RS of this study alone")),
    "zip": (mark("Files"), mark("all of the study's DICOM files in one archive")),
}
_ORDER: Final = tuple(LINKS)


@router.get("")
def list_studies(
    request: Request, desk: TheDesk, visitor: Viewer, trail: TheTrail, q: str = "", after: str = ""
) -> Response:
    """What came last; with `q` what was searched for."""
    text, following = "", None
    if q:
        text = desk.study_texts.get(q)
        found = search_studies(desk.studies, text)
    else:
        found, following = desk.studies.stored.find_page(StudyFilter(), read_place(after), _SIZE)
    trail.note_repeated("study.list", " ".join(study.uid for study in found))
    return render(
        request,
        "studies/page.html",
        found=found,
        text=text,
        is_search=bool(q),
        is_first=not after,
        next=write_place(following),
        stores=desk.configuration.options.storage,
    )


@router.post("/search")
def search(desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Keep what is searched for: it tells of a patient, and stands in no address."""
    text = get_texts(form).get("text", "").strip()[:200]
    return go("/studies", q=desk.study_texts.put(text, len(text))) if text else go("/studies")


@router.get("/{uid}")
def show_study(request: Request, desk: TheDesk, visitor: Viewer, trail: TheTrail, uid: str) -> Response:
    """One study with its series."""
    answer = _show(request, desk, uid)
    trail.note("study.view", "study", uid)
    return answer


@router.post("/{uid}/links")
def show_links(request: Request, desk: TheDesk, visitor: Operator, trail: TheTrail, uid: str) -> Response:
    """The same with its links, which open it for whoever has them: they stand in this answer alone."""
    links = find_links(request, desk, uid, _get_token(request, desk, trail, visitor.actor, uid))
    return _show(request, desk, uid, sorted(links, key=lambda link: _ORDER.index(link.kind)))


@router.get("/{uid}/links")
def leave_links(visitor: Viewer, uid: str) -> Response:
    """Who comes back to them sees the study: links are shown when they are asked for."""
    return go(f"/studies/{quote(uid)}")


@router.post("/{uid}/open")
def open_study(request: Request, desk: TheDesk, visitor: Operator, trail: TheTrail, uid: str) -> Response:
    """On to its page."""
    return RedirectResponse(PATH + _get_token(request, desk, trail, visitor.actor, uid), 303)


@router.post("/{uid}/revoke")
def revoke_links(request: Request, desk: TheDesk, visitor: Operator, uid: str) -> Response:
    """Have all links that were given out open nothing any more."""
    desk.study_tokens.revoke(uid, visitor.actor, peer=get_peer(request))
    return go(f"/studies/{uid}", revoked="1")


def _get_token(request: Request, desk: Desk, trail: Trail, actor: str, uid: str) -> str:
    desk.studies.get(uid)
    trail.note("study-token.show", "study", uid)
    return desk.study_tokens.ensure(uid, actor, peer=get_peer(request))


def _show(request: Request, desk: Desk, uid: str, links: list[StudyLink] | None = None) -> Response:
    study, source = desk.studies.get(uid)
    return render(
        request,
        "studies/study.html",
        study=study,
        series=source.list_series(uid),
        links=links,
        words=LINKS,
        is_revoked="revoked" in request.query_params,
    )
