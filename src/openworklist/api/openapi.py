"""The OpenAPI document of the interface, made of its routes. It holds no data and needs no login."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import JSONResponse, Response

from openworklist import __version__
from openworklist.api.answers import Problem, make_problem
from openworklist.domain.role import Role
from openworklist.web.guarded import GuardedRoute, find_role, find_taken
from openworklist.web.session_cookie import COOKIE, SECURE_COOKIE

Json = dict[str, Any]
router = APIRouter(route_class=GuardedRoute)

_ABOUT: Final = """All that the pages can do, for programs.

Log in with an API key (`Authorization: Bearer ow_…`, made by an administrator) or with the cookie of a
session. Moments are ISO 8601 in UTC. Errors are problem details (RFC 9457) with a code that does not change.
A parameter that nobody knows is refused. Lists that may be long come in pages: `next` is the cursor of the
page behind."""
_TAGS: Final = {
    "records": "Exams: search, make, change, delete, restore, send.",
    "messages": "The journal of what arrived, and the door for orders.",
    "mappings": "Which field of a message becomes which attribute.",
    "scanners": "Who asks, how it is served, and what it is shown.",
    "systems": "Who sends.",
    "nodes": "Other worklists that are asked.",
    "archive": "Who has studies too, over DICOMweb.",
    "subscribers": "Who is told what scanners did.",
    "rules": "Filters and stations.",
    "outbound": "What waits to be sent.",
    "steps": "What scanners say of their work (MPPS).",
    "studies": "What is stored, and the links and tokens that open a study to whoever has them.",
    "compare": "Two messages side by side.",
    "settings": "What the site decides while the server runs.",
    "people": "Users, sessions, keys, the audit trail.",
    "server": "How the server is.",
    "dicomweb": "The worklist of DICOM's own web services, PS3.18 section 14.",
}


@router.get("/openapi.json", include_in_schema=False)
async def get_document(request: Request) -> Response:
    """The document, for programs."""
    return JSONResponse(make_document(request.app))


@cache
def make_document(application: FastAPI) -> Json:
    """OpenAPI 3.1 of all routes that are in the schema."""
    contexts = [
        each for each in iter_route_contexts(application.routes) if getattr(each, "include_in_schema", False)
    ]
    document = get_openapi(
        title="OpenWorklist",
        version=__version__,
        summary="Imaging orders over HL7 v2 in, DICOM Modality Worklist out.",
        description=_ABOUT,
        routes=contexts,
        tags=[{"name": name, "description": about} for name, about in _TAGS.items()],
        separate_input_output_schemas=False,
    )
    components = document.setdefault("components", {})
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components.setdefault("schemas", {}).update(schema.pop("$defs", {}) | {"Problem": schema})
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "an API key"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": f"over https {SECURE_COOKIE}",
        },
    }
    for context in contexts:
        route = context.original_route
        assert isinstance(route, APIRoute)
        for method in route.methods or ():
            _complete(document["paths"][context.path_format][method.lower()], route, method)
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    return document


def _complete(operation: Json, route: APIRoute, method: str) -> None:
    """Say who may, and which problems every such operation may answer."""
    role = find_role(route)
    answers = operation["responses"]
    answers.pop("422", None)
    statuses = {406, 400 if "dicomweb" in route.tags else 422}
    if role is not None:
        operation["x-role"] = role.value
        operation["security"] = [{"key": []}, {"session": []}]
        statuses |= {401, 503}
        if role is not Role.VIEWER or method != "GET":
            statuses.add(403)
    if "{" in route.path:
        statuses.add(404)
    if taken := find_taken(route):
        statuses |= {413, 415}
        if any(kind.endswith("json") for kind in taken):
            statuses.add(400)
    for status in sorted(statuses):
        answers.setdefault(str(status), make_problem(status))
    for status, answer in answers.items():
        if int(status) >= 400:
            answer |= make_problem(int(status))
