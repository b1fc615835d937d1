"""All pages as one router, and what a page shows when something went wrong."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import AccessError, OpenWorklistError
from openworklist.ui.pages import (
    access,
    account,
    api_docs,
    audit,
    compare,
    compose,
    dashboard,
    first_run,
    help,
    importing,
    keys,
    mapping,
    mapping_again,
    mapping_edit,
    messages,
    nodes,
    outbound,
    polls,
    query,
    record_form,
    records,
    settings,
    studies,
    study,
    study_uids,
    users,
    why,
    worklist,
)
from openworklist.ui.render import render, wants_region
from openworklist.web.problems import to_status
from openworklist.web.token_holders import PREFIX

_LINKS = PREFIX.partition("{")[0]  # of studies
_STRANGERS = ("access.unknown", "access.locked")

router = APIRouter(include_in_schema=False)
for _page in (
    access,
    account,
    api_docs,
    audit,
    compare,
    compose,
    dashboard,
    first_run,
    help,
    importing,
    keys,
    mapping,
    mapping_again,
    mapping_edit,
    messages,
    nodes,
    outbound,
    polls,
    query,
    record_form,
    records,
    settings,
    studies,
    study,
    study_uids,
    users,
    why,
    worklist,
):
    router.include_router(_page.router)


def show_problem(request: Request, error: OpenWorklistError) -> Response:
    """A problem as a page, or beside what a script asked for; a stranger is led to the login."""
    if isinstance(error, AccessError) and error.code in _STRANGERS:
        return _lead_to_login(request)
    if wants_region(request):
        headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML show:top"}
        return render(request, "_problem.html", status=to_status(error), headers=headers, error=error)
    # Who has a link knows nothing of this server: no menu, no login.
    template = "study/problem.html" if request.url.path.startswith(_LINKS) else "problem.html"
    return render(request, template, status=to_status(error), error=error)


def _lead_to_login(request: Request) -> Response:
    url = request.url
    here = url.path + (f"?{url.query}" if url.query else "")
    if wants_region(request):
        page = request.headers.get("hx-current-url", "").partition("://")[2].partition("/")[2]
        return Response(status_code=401, headers={"HX-Redirect": f"/login?next={quote('/' + page)}"})
    wanted = here if request.method == "GET" else "/worklist"
    return RedirectResponse(f"/login?next={quote(wanted)}", 303)
