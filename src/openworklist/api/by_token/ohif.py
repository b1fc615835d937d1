"""Where OHIF finds the study of a token: the configuration that its data source `dicomwebproxy` reads."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from openworklist.api.by_token.target import find_base
from openworklist.web.desk import TheDesk
from openworklist.web.token_holders import Holder

router = APIRouter()


@router.get("/ohif.json")
def configure(request: Request, desk: TheDesk, holder: Holder) -> dict[str, Any]:
    """The services of this token, and what they can do."""
    base = find_base(request, desk, holder)
    service = {
        "name": "OpenWorklist",
        "wadoRoot": base,
        "qidoRoot": base,
        "imageRendering": "wadors",
        "thumbnailRendering": "wadors",
        "qidoSupportsIncludeField": True,
        "supportsFuzzyMatching": False,
        "supportsWildcard": True,
        "enableStudyLazyLoad": True,
        "bulkDataURI": {"enabled": True},
        "singlepart": "bulkdata,video,pdf",
    }
    return {"servers": {"dicomWeb": [service]}}
