"""Search of studies, series and instances (QIDO-RS, PS3.18 10.6), in the one study of a token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.api.by_token.accepted import choose, read_accept, refuse
from openworklist.api.by_token.metadata import DICOM_XML, SEARCHED, write_array
from openworklist.api.by_token.parts import Part, answer_parts
from openworklist.api.by_token.target import TheTarget
from openworklist.dicom.native_model import to_xml
from openworklist.dicom.study_keys import Keys, is_match, name_of, read_keys, to_tag
from openworklist.domain.errors import RequestError
from openworklist.services.study_search import Dataset, describe_instances, describe_series, describe_study
from openworklist.web.pieces import Pieces

_OWN: Final = frozenset(
    (
        "includefield",
        "fuzzymatching",
        "emptyvaluematching",
        "multiplevaluematching",
        "limit",
        "offset",
        "accept",
    )
)
_MOST: Final = 10_000
_NO_CONTENT: Final = 204
_SERIES, _RETRIEVE_URL = "0020000E", "00081190"
_MORE: Final = "there are additional results that can be requested"
_FUZZY: Final = "the fuzzymatching parameter is not supported: only literal matching has been performed"

router = APIRouter()


@router.get("/studies", response_class=Response)
def search_studies(request: Request, target: TheTarget) -> Response:
    return _answer(request, [(describe_study(target.study, target.study_address), {})])


@router.get("/series", response_class=Response)
@router.get("/studies/{study}/series", response_class=Response)
def search_series(request: Request, target: TheTarget) -> Response:
    study = describe_study(target.study, target.study_address)
    series = target.source.list_series(target.study.uid)
    return _answer(request, ((each, study) for each in describe_series(series, target.study_address)))


@router.get("/instances", response_class=Response)
@router.get("/studies/{study}/instances", response_class=Response)
@router.get("/studies/{study}/series/{series}/instances", response_class=Response)
def search_instances(request: Request, target: TheTarget) -> Response:
    study = describe_study(target.study, target.study_address)
    series = describe_series(target.source.list_series(target.study.uid), target.study_address)
    upper = {each[_SERIES]["Value"][0]: {**study, **each} for each in series}
    found = describe_instances(target.instances, target.study_address)
    return _answer(request, ((each, upper.get(each[_SERIES]["Value"][0], {})) for each in found))


def _answer(request: Request, found: Iterable[tuple[Dataset, Dataset]]) -> Response:
    """Those that match, each of which has beside it what the levels above say."""
    offer = choose(read_accept(request), SEARCHED)
    if offer is None:
        raise refuse(SEARCHED)
    keys = read_keys(request.query_params.multi_items(), _OWN)
    limit, offset = _read_number(request, "limit", _MOST), _read_number(request, "offset", 0)
    rows = list(found)
    matching = ((own, upper) for own, upper in rows if is_match({**upper, **own}, keys))
    page = list(islice(matching, offset, offset + limit + 1))
    headers = _warn(request, keys, rows, has_more=len(page) > limit)
    kept = _find_kept(request, keys)
    datasets = (_choose_fields(own, upper, kept) for own, upper in page[:limit])
    if not offer.is_multipart:
        return Pieces(write_array(datasets), offer.media, headers=headers)
    if not page[:limit]:
        return Response(status_code=_NO_CONTENT, headers=headers)
    return answer_parts(_write_parts(datasets), DICOM_XML, headers=headers)


def _find_kept(request: Request, keys: Keys) -> frozenset[str] | None:
    """What of the levels above is told: what was asked for; None for all of it.

    PS3.18 table 10.6.3-3: all that the address does not name already.
    """
    named = request.query_params.getlist("includefield")
    fields = {each.strip() for text in named for each in text[:_MOST].split(",")}
    is_all = "all" in fields or not request.path_params.keys() & {"study", "series"}
    return None if is_all else frozenset(map(to_tag, fields)) | keys.keys()


def _choose_fields(own: Dataset, upper: Dataset, kept: frozenset[str] | None) -> Dataset:
    chosen = upper if kept is None else {tag: upper[tag] for tag in kept if tag in upper}
    return dict(sorted({**chosen, **own}.items()))


def _write_parts(datasets: Iterable[Dataset]) -> Iterator[Part]:
    for each in datasets:
        yield Part(DICOM_XML, each[_RETRIEVE_URL]["Value"][0], (to_xml(each).encode("utf_8", "replace"),))


def _warn(
    request: Request, keys: Keys, rows: list[tuple[Dataset, Dataset]], *, has_more: bool
) -> Mapping[str, str]:
    """PS3.18 10.6.3: what the search did otherwise than was asked."""
    known = {tag for own, upper in rows[:1] for tag in (*upper, *own)}
    texts = [f"{name_of(tag)} is not matched on here" for tag in keys if known and tag not in known]
    if request.query_params.get("fuzzymatching", "").lower() == "true":
        texts.append(_FUZZY)
    if has_more:
        texts.append(_MORE)
    return {"Warning": ", ".join(f'299 openworklist "{each}"' for each in texts)} if texts else {}


def _read_number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise RequestError(
            f"The parameter {name} is no number.",
            where=name,
            hint="0 or more",
            code="request.bad-parameter",
        )
    return min(int(text), _MOST) if name == "limit" else int(text)
