"""The web application: health, REST and pages, with what guards them all."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from openworklist import __version__
from openworklist.api import routes as api
from openworklist.api.by_token import routes as by_token
from openworklist.api.openapi import make_document
from openworklist.domain.errors import NotFound, OpenWorklistError, TooManyGuesses
from openworklist.observe.exposition import CONTENT_TYPE, format_metrics
from openworklist.services.statistics import find_statistics
from openworklist.ui import routes as ui
from openworklist.web import problems
from openworklist.web.cross_origin import CrossOrigin
from openworklist.web.desk import Desk, get_peer
from openworklist.web.failures import Failures
from openworklist.web.headers import OwnOrigin, SecurityHeaders
from openworklist.web.limits import BodyLimit
from openworklist.web.methods import Heads, find_methods
from openworklist.web.programs import is_dicom, is_for_programs, is_of_stranger
from openworklist.web.strangers import to_stranger
from openworklist.web.streams import stream
from openworklist.web.visitors import Viewer

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="OpenWorklist"'}  # RFC 9110 15.5.2


def make_web(desk: Desk) -> FastAPI:
    """The application that the web listener serves."""
    application = FastAPI(
        title="OpenWorklist",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(SecurityHeaders, hsts_days=desk.hsts_days),
            Middleware(CrossOrigin, find_origins=lambda: desk.configuration.options.viewer_origins),
            Middleware(Failures, count=desk.metrics.count),
            Middleware(Heads),
            Middleware(OwnOrigin, is_local=desk.is_open),
            Middleware(BodyLimit, most=api.MOST_BYTES, applies=is_for_programs),
        ],
        exception_handlers={
            OpenWorklistError: _answer_error,
            RequestValidationError: _answer_invalid,
            HTTPException: _answer_http,
        },
    )
    application.state.desk = desk
    application.state.make_document = partial(make_document, application)
    application.include_router(api.router)
    application.include_router(by_token.router)
    application.include_router(ui.router)
    _add_health(application, desk)
    static = str(files("openworklist.ui") / "static")
    application.mount("/static", StaticFiles(directory=static), name="static")
    return application


def _add_health(application: FastAPI, desk: Desk) -> None:
    @application.get("/livez", include_in_schema=False)
    async def live() -> Response:
        return JSONResponse({"status": "live"})

    @application.get("/readyz", include_in_schema=False)
    async def ready() -> Response:
        found = desk.problems()
        status = "not ready" if found else "ready"
        return JSONResponse({"status": status, "problems": found}, 503 if found else 200)

    @application.get("/metrics", include_in_schema=False)
    async def metrics(visitor: Viewer) -> Response:
        found = await find_statistics(desk.database, desk.metrics, desk.zone)
        gauges = {
            "database_bytes": found.database_bytes,
            "messages_stored": found.stored.messages,
            "outbound_dead_stored": found.stored.outbound_dead,
            "outbound_waiting": found.stored.outbound_waiting,
            "records_stored": found.stored.records,
        }
        text = format_metrics(desk.metrics, desk.listeners.statuses(), gauges)
        return Response(text, media_type=CONTENT_TYPE)

    @application.get("/events", include_in_schema=False)
    async def events(request: Request, visitor: Viewer) -> Response:
        return stream(request, desk.events, visitor)

    @application.get("/", include_in_schema=False)
    async def home() -> Response:
        return RedirectResponse("/worklist", 303)


async def _answer_error(request: Request, error: Any) -> Response:
    if is_of_stranger(request.url.path):
        error = to_stranger(error, get_peer(request))
    if is_for_programs(request.url.path):
        answer = problems.answer(_fit_dicom(request, problems.to_problem(error)))
        if answer.status_code == 401:
            answer.headers.update(_CHALLENGE)
    else:
        answer = await run_in_threadpool(ui.show_problem, request, error)
    if isinstance(error, TooManyGuesses):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _fit_dicom(request: Request, problem: dict[str, Any]) -> dict[str, Any]:
    """DICOM answers 400 where a parameter is wrong (PS3.18 8.5)."""
    is_unfit = is_dicom(request.url.path) and problem["status"] == 422
    return {**problem, "status": 400} if is_unfit else problem


async def _answer_invalid(request: Request, error: Any) -> Response:
    if is_for_programs(request.url.path):
        return problems.answer(_fit_dicom(request, problems.from_validation(error)))
    wrong = OpenWorklistError(
        "The form does not have the fields that it must have.",
        hint="load the page anew",
        code="request.invalid",
    )
    return await run_in_threadpool(ui.show_problem, request, wrong)


async def _answer_http(request: Request, error: Any) -> Response:
    problem = problems.from_http(error)
    if error.status_code == 405:
        error.headers = {"Allow": ", ".join(find_methods(request))}
    if is_for_programs(request.url.path):
        return problems.answer(problem, error.headers)
    if error.status_code == 404:
        missing = NotFound("There is no such page.", code="request.not-found")
        return await run_in_threadpool(ui.show_problem, request, missing)
    wrong = OpenWorklistError(problem["title"], code=problem["code"])
    page = await run_in_threadpool(ui.show_problem, request, wrong)
    page.headers.update(error.headers or {})
    return page
