"""The page about the REST interface, made of its OpenAPI document; nobody has to log in to read it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.ui.operations import read_groups
from openworklist.ui.render import render

router = APIRouter()


@router.get("/api/docs")
def show_api(request: Request) -> Response:
    """Every operation with its role, parameters, answers and an example."""
    document = request.app.state.make_document()
    groups = read_groups(document, str(request.base_url).rstrip("/"))
    return render(request, "api_docs.html", groups=groups, about=document["info"]["description"])
