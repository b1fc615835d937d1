"""First run: the first administrator, what to tell the hospital system and the scanner, and a trial."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import AccessError, UserError
from openworklist.services.addresses import find_directions
from openworklist.services.doctor.finding import Finding
from openworklist.services.doctor.network import find_addresses
from openworklist.services.trial import send_test_order
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.session_cookie import give_session
from openworklist.web.visitors import Operator, Viewer

router = APIRouter()
_NAME: Final = "admin"


@router.get("/first-run")
def show_setup(request: Request, desk: TheDesk, token: str = "") -> Response:
    """The form for the first administrator, by the link that the server printed."""
    if not token or not desk.people.is_setup_valid(token):
        return RedirectResponse("/begin", 303)
    return render(request, "first_run/setup.html", token=token, name=_NAME, problem=None)


@router.post("/first-run")
def make_administrator(
    request: Request,
    desk: TheDesk,
    token: Annotated[str, Form()],
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Make the first administrator, who is logged in at once."""
    try:
        if password != again:
            raise UserError("The two passwords differ.", where="again", code="user.invalid")
        desk.people.redeem_setup(token, name, password, get_peer(request))
    except UserError as error:
        return render(request, "first_run/setup.html", status=422, token=token, name=name, problem=error)
    except AccessError as error:
        return render(request, "first_run/setup.html", status=403, token=token, name=name, problem=error)
    session, _ = desk.people.login(name, password, get_peer(request))
    answer = RedirectResponse("/begin", 303)
    give_session(request, answer, session)
    return answer


@router.get("/begin")
def show_begin(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """Which port to give the hospital system, which AE title and port to give the scanner."""
    return _show(request, desk, None)


@router.post("/begin/trial")
async def try_out(request: Request, desk: TheDesk, visitor: Operator) -> Response:
    """Send a test order to our own port, ask it back as a scanner does, and delete it."""
    statuses = desk.listeners.statuses()
    found = await send_test_order(desk.database, statuses, desk.ae_title, desk.zone, visitor.actor)
    desk.audit.note(visitor.actor, "trial")
    return await run_in_threadpool(_show, request, desk, found)


def _show(request: Request, desk: Desk, findings: tuple[Finding, ...] | None) -> Response:
    directions = find_directions(desk.listeners.statuses(), desk.ae_title, find_addresses())
    return render(request, "first_run/begin.html", directions=directions, findings=findings)
