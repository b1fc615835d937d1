"""The files of a study as one archive, for whoever has its token."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from openworklist.api.by_token.target import TheTarget
from openworklist.services.study_archive import pack_study
from openworklist.web.pieces import Pieces

ZIP = "application/zip"
router = APIRouter()


@router.get("/archive.zip", response_class=Response)
def download(target: TheTarget) -> Response:
    """Its name says when the study was, and nothing of the patient."""
    date = target.study.values.get("study_date", "")
    name = f"study-{date}.zip" if date.isascii() and date.isdigit() else "study.zip"
    pieces = pack_study(target.source, target.study, target.instances)
    return Pieces(pieces, ZIP, headers={"Content-Disposition": f'attachment; filename="{name}"'})
