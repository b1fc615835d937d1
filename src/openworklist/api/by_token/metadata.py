"""The elements of instances but for what is large in them (PS3.18 10.4.1.1.2), from the heads of files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.api.by_token.accepted import Offer, choose, read_accept, refuse
from openworklist.api.by_token.parts import Part, answer_parts
from openworklist.api.by_token.target import Target, TheTarget
from openworklist.dicom.metadata import to_metadata
from openworklist.dicom.native_model import to_xml
from openworklist.dicom.stored_file import read_dataset
from openworklist.domain.study import StudyInstance
from openworklist.web.pieces import Pieces

DICOM_JSON: Final = "application/dicom+json"
DICOM_XML: Final = "application/dicom+xml"
JSON: Final = "application/json"
SEARCHED: Final = (Offer(DICOM_JSON, False), Offer(JSON, False), Offer(DICOM_XML, True))

router = APIRouter()


@router.get("/studies/{study}/metadata", response_class=Response)
@router.get("/studies/{study}/series/{series}/metadata", response_class=Response)
@router.get("/studies/{study}/series/{series}/instances/{instance}/metadata", response_class=Response)
def retrieve_metadata(request: Request, target: TheTarget) -> Response:
    offer = choose(read_accept(request), SEARCHED)
    if offer is None:
        raise refuse(SEARCHED)
    if offer.is_multipart:
        return answer_parts(_write_parts(target), DICOM_XML)
    return Pieces(write_array(_read_all(target)), offer.media)


def write_array(datasets: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """A JSON array, an item at a time."""
    opening = "["
    for each in datasets:
        yield (opening + json.dumps(each, ensure_ascii=False, allow_nan=False)).encode("utf_8", "replace")
        opening = ","
    yield b"]" if opening == "," else b"[]"


def _read_all(target: Target) -> Iterator[dict[str, Any]]:
    for each in target.instances:
        yield _read(target, each)


def _write_parts(target: Target) -> Iterator[Part]:
    for each in target.instances:
        document = to_xml(_read(target, each)).encode("utf_8", "replace")
        yield Part(DICOM_XML, f"{target.address_of(each)}/metadata", (document,))


def _read(target: Target, instance: StudyInstance) -> dict[str, Any]:
    with target.source.locate(instance) as path:
        return to_metadata(read_dataset(path), _address_bulk(target, instance))


def _address_bulk(target: Target, instance: StudyInstance) -> Callable[[str], str]:
    beginning = f"{target.address_of(instance)}/bulkdata"
    return lambda path: f"{beginning}/{path}"
