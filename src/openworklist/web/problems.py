"""Errors as HTTP says them: a status for each kind, and problem details (RFC 9457) for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from openworklist.domain import errors
from openworklist.domain.errors import OpenWorklistError

MEDIA_TYPE: Final = "application/problem+json"
_BY_CODE: Final = {
    "request.unreadable": 400,
    "request.bad-parameter": 400,
    "access.unknown": 401,
    "access.login-failed": 401,
    "access.locked": 401,
    "access.throttled": 429,
    "access.too-many-streams": 429,
    "access.token-throttled": 429,
    "record.changed": 412,
    "order.identity-conflict": 409,
    "request.idempotency-conflict": 409,
    "request.method-not-allowed": 405,
    "request.not-acceptable": 406,
    "request.version-changed": 412,
    "worklist.too-many-answers": 413,
    "request.too-large": 413,
    "request.unsupported-media": 415,
    "request.version-missing": 428,
    "search.too-slow": 503,
    "study-token.unavailable": 503,
    "picture.not-an-image": 404,
    "picture.no-such-frame": 404,
    "picture.unsupported": 406,
    "picture.too-large": 413,
    "picture.too-slow": 503,
    "picture.unreadable": 500,
    "instance.unreadable": 500,
}
_BY_KIND: Final[tuple[tuple[type[OpenWorklistError], int], ...]] = (
    (errors.NotFound, 404),
    (errors.AccessError, 403),
    (errors.PeerError, 502),
    (errors.QueueError, 409),
    (errors.StoreError, 503),
)


def to_status(error: OpenWorklistError) -> int:
    """The HTTP status of an error: 422 unless it is of a kind that has another."""
    by_kind = next((status for kind, status in _BY_KIND if isinstance(error, kind)), 422)
    return _BY_CODE.get(error.code, by_kind)


def to_problem(error: OpenWorklistError, others: Iterable[OpenWorklistError] = ()) -> dict[str, Any]:
    """The problem details of an error, with all that are wrong at once under `errors`."""
    if isinstance(error, errors.ValuesError):
        others = error.errors
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": error.sentence,
        "status": to_status(error),
        "code": error.code,
    }
    if error.where:
        problem["where"] = error.where
    if error.hint:
        problem["detail"] = error.hint
    listed = [{"title": each.sentence, "code": each.code, "where": each.where} for each in others]
    return {**problem, "errors": listed} if listed else problem


def answer(problem: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(problem, problem["status"], headers, media_type=MEDIA_TYPE)


def from_validation(error: RequestValidationError) -> dict[str, Any]:
    """What of a request has the wrong form, each with its place."""
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return _make("The body is no JSON.", 400, code="request.unreadable")
    listed = [
        {"title": str(each["msg"]), "code": "request.invalid", "where": ".".join(map(str, each["loc"][1:]))}
        for each in found
    ]
    problem = _make("The request does not have the form that it must have.", 422, code="request.invalid")
    return {**problem, "errors": listed}


def from_http(error: HTTPException) -> dict[str, Any]:
    """What the framework says, like 404 and 405."""
    match error.status_code:
        case 400:
            return _make("The body cannot be read.", 400, code="request.unreadable")
        case 404:
            return _make("There is nothing of that address.", 404, code="request.not-found")
        case 405:
            return _make("That cannot be done with this address.", 405, code="request.method-not-allowed")
        case 413:
            return _make("The body is too large.", 413, code="request.too-large")
    return _make(str(error.detail), error.status_code, code="request.invalid")


def _make(title: str, status: int, *, code: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "code": code}
