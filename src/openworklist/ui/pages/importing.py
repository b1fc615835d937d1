"""Importing files of HL7 messages: chosen, dropped or pasted, and what became of each message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from openworklist.services.file_report import EMPTY, Report
from openworklist.services.reading import Source
from openworklist.ui.render import render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Operator

router = APIRouter()
_PIECE = 256 * 1024
_PASTED = "pasted.hl7"


@dataclass(frozen=True, slots=True)
class Imported:
    """A file with what became of its messages; `problem` where it holds none."""

    name: str
    report: Report
    problem: str


@router.get("/import")
def show_import(request: Request, visitor: Operator) -> Response:
    """The form: files to choose or to drop, or text to paste."""
    return render(request, "import/page.html", files=None)


@router.post("/import")
def import_files(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Take the messages of all files, as they would be taken from the HL7 port."""
    imported = [
        _take(desk, name, pieces, visitor.actor) for name, pieces in (*_find_files(form), *_find_text(form))
    ]
    for each in imported:
        desk.audit.note(
            visitor.actor, "import", subject="file",
            detail=f"{each.report.total} messages",
        )  # fmt: skip
    template = "import/_results.html" if wants_region(request, "results") else "import/page.html"
    return render(request, template, files=imported)


def _find_files(form: FormData) -> Iterator[tuple[str, Iterable[bytes]]]:
    for each in form.getlist("file"):
        if isinstance(each, UploadFile) and each.filename:
            yield each.filename, _read(each.file)


def _find_text(form: FormData) -> Iterator[tuple[str, Iterable[bytes]]]:
    text = str(form.get("text", ""))
    if text.strip():
        # A form ends its lines with CR LF; what is pasted is Unicode.
        yield _PASTED, [b"\xef\xbb\xbf" + text.encode()]


def _read(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _take(desk: Desk, name: str, pieces: Iterable[bytes], actor: str) -> Imported:
    report = Report()
    for taken in desk.files.take(pieces, Source("import", f"{actor} {name[:120]}")):
        report.add(taken)
    return Imported(name, report, "" if report.total else EMPTY)
