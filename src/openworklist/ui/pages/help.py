"""Help: the docs of this version, read and searched without any other host."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response

from openworklist.domain.errors import NotFound
from openworklist.ui.help.library import find_file, find_neighbours, find_page, load_pages
from openworklist.ui.help.search import find
from openworklist.ui.help.shelf import MEDIA_TYPES, START
from openworklist.ui.render import render
from openworklist.web.visitors import Viewer

router = APIRouter()
_MOST: Final = 40  # places that are shown
# A drawing brings its own styles, and nothing else.
_FILE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@router.get("/help")
def show_start(request: Request, visitor: Viewer, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """What to read for which work, or what was found."""
    text = q.strip()
    hits = find(load_pages(), text)
    return render(
        request, "help/start.html", page=find_page(START), text=text, hits=hits[:_MOST], total=len(hits)
    )


@router.get("/help/{name:path}")
def show_page(request: Request, visitor: Viewer, name: str) -> Response:
    """A page of the docs, or a file beside one."""
    file = find_file(name)
    if file is not None:
        headers = {"Content-Security-Policy": _FILE_POLICY}
        return FileResponse(file, media_type=MEDIA_TYPES[file.suffix], headers=headers)
    page = find_page(name) if name else None
    if page is None:
        raise NotFound(
            "The help has no such page.", hint="look for it on the first page", code="request.not-found"
        )
    before, after = find_neighbours(page)
    return render(request, "help/page.html", page=page, before=before, after=after)
