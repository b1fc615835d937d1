"""The Modality Worklist over the web: PS3.18 section 14, /modality-scheduled-procedure-steps."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from openworklist.api.answers import Responses, may
from openworklist.api.parameters import PRINTABLE
from openworklist.dicom.native_model import to_xml
from openworklist.dicom.web_keys import list_names
from openworklist.domain.errors import RequestError
from openworklist.services.web_worklist import search_worklist
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import JSON, OpenRoute, choose_media
from openworklist.web.visitors import Viewer

DICOM_JSON: Final = "application/dicom+json"
DICOM_XML: Final = "application/dicom+xml"
MULTIPART: Final = f"multipart/related;type={DICOM_XML}"  # a part is a dataset
_GIVEN: Final = (DICOM_JSON, JSON, MULTIPART, DICOM_XML)
_OWN: Final = frozenset(
    ("includefield", "fuzzymatching", "emptyvaluematching", "multiplevaluematching", "limit", "offset",
     "scanner", "accept", "charset")
)  # fmt: skip
_MOST: Final = 10_000
_FUZZY: Final = "the fuzzymatching parameter is not supported: only literal matching has been performed"
_MORE: Final = "there are additional results that can be requested"
_FLAGGED: Final = "a key with a value is not matched on"

router = APIRouter(tags=["dicomweb"], route_class=OpenRoute)

_STEPS: Final[Responses] = {
    200: {
        "description": "The scheduled steps as datasets, in the order of their start.",
        "content": {
            kind: {
                "schema": {
                    "type": "array",
                    "items": {"type": "object", "additionalProperties": {"type": "object"}},
                }
            }
            for kind in (DICOM_JSON, JSON)
        }
        | {kind: {"schema": {"type": "string"}} for kind in (MULTIPART, DICOM_XML)},
    }
}
_MATCH: Final[dict[str, Any]] = {
    "name": "match",
    "in": "query",
    "style": "form",
    "explode": True,
    "description": "Attributes by keyword or tag with the values that they must have, as in C-FIND: `*` and "
    "`?`, ranges with a hyphen, UIDs with commas between.",
    "schema": {
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": 200} for name in list_names()},
        "additionalProperties": False,
    },
}


@router.get(
    "/modality-scheduled-procedure-steps",
    operation_id="search_worklist",
    response_class=Response,
    responses=_STEPS | may(400, 413),
    openapi_extra={"parameters": [_MATCH]},
)
async def search(
    request: Request,
    desk: TheDesk,
    visitor: Viewer,
    includefield: Annotated[
        list[str] | None, Query(max_length=100, description="attributes, or `all`")
    ] = None,
    fuzzymatching: Annotated[Literal["true", "false"], Query()] = "false",
    emptyvaluematching: Annotated[Literal["false"], Query()] = "false",
    multiplevaluematching: Annotated[Literal["false"], Query()] = "false",
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 1000,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    scanner: Annotated[
        str, Query(max_length=16, pattern=r"^[ -\[\]-~]*$", description="answer as this AE title is answered")
    ] = "",
    accept: Annotated[
        str, Query(max_length=200, pattern=PRINTABLE, description="in place of the header")
    ] = "",
    charset: Annotated[Literal["utf-8", "UTF-8"], Query()] = "utf-8",
) -> Response:
    """Search the worklist as DICOM says it (PS3.18 14.4): the same matching and rules as on the DICOM port.

    Without `scanner` the answer is that to one that nobody has set up.
    """
    media = _choose(request, accept)
    match = _read_match(request)
    found = await search_worklist(
        desk.database,
        desk.configuration,
        desk.zone,
        desk.metrics,
        match,
        included=[each.strip() for text in includefield or () for each in text.split(",")],
        scanner=scanner.strip(" "),
        offset=offset,
        limit=limit,
    )
    desk.audit.note(visitor.actor, "worklist.search", subject="scanner", subject_id=scanner)
    headers = {}
    told = ((fuzzymatching == "true", _FUZZY), (found.has_more, _MORE), (found.is_flagged, _FLAGGED))
    if texts := [f'299 openworklist "{text}"' for is_so, text in told if is_so]:
        headers["Warning"] = ", ".join(texts)
    if media not in (DICOM_JSON, JSON):
        boundary = secrets.token_hex(16)
        content = _to_parts(found.datasets, boundary)
        told_media = f'multipart/related; type="{DICOM_XML}"; boundary={boundary}'
        return Response(content, media_type=told_media, headers=headers)
    body = json.dumps(found.datasets, ensure_ascii=False)
    return Response(body.encode(), media_type=media, headers=headers)


def _to_parts(datasets: Iterable[dict[str, Any]], boundary: str) -> bytes:
    """PS3.18 8.6.1.2: each dataset is a part."""
    parts = (
        f"--{boundary}\r\nContent-Type: {DICOM_XML}\r\n\r\n{to_xml(dataset)}\r\n" for dataset in datasets
    )
    return f"{''.join(parts)}--{boundary}--\r\n".encode()


def _read_match(request: Request) -> dict[str, str]:
    """What is to match, by attribute. RequestError if one is there twice: either may find the wrong steps."""
    match: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in match:
            raise RequestError(
                f"{name[:80]} is there several times.", where=name[:80], code="request.bad-parameter"
            )
        if name not in _OWN:
            match[name] = value
    return match


def _choose(request: Request, accept: str) -> str:
    media = choose_media(accept or ",".join(request.headers.getlist("accept")), _GIVEN)
    if not media:
        raise RequestError(
            "No answer is of a kind that you accept.", where="accept", code="request.not-acceptable"
        )
    return media
