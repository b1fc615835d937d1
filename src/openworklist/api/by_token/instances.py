"""Instances as they are stored (PS3.18 10.4.1.1.1), or in the transfer syntax that a client wants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.api.by_token.accepted import Offer, Wish, choose, read_accept, refuse
from openworklist.api.by_token.archive import ZIP
from openworklist.api.by_token.parts import Part, answer_parts
from openworklist.api.by_token.spans import Span, answer_spans
from openworklist.api.by_token.target import Target, TheTarget
from openworklist.api.by_token.turns import IN_TURN
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.dicom.web_media import can_decode, find_usual
from openworklist.domain.errors import PictureError
from openworklist.domain.study import StudyInstance
from openworklist.services.study_archive import pack_study
from openworklist.services.study_contents import know_syntax
from openworklist.web.pieces import Pieces

DICOM: Final = "application/dicom"
_ARCHIVE: Final = Offer(ZIP, is_multipart=False)
_INCOMPLETE: Final = 206  # PS3.18 10.4.3.1: some of it, but not all

router = APIRouter()


@router.get("/studies/{study}", response_class=Response, dependencies=IN_TURN)
@router.get("/studies/{study}/series/{series}", response_class=Response, dependencies=IN_TURN)
@router.get(
    "/studies/{study}/series/{series}/instances/{instance}", response_class=Response, dependencies=IN_TURN
)
def retrieve_instances(request: Request, target: TheTarget) -> Response:
    wishes = read_accept(request)
    is_alone = "instance" in request.path_params
    syntaxes = _Syntaxes(target)
    offers = [
        offer
        for each in dict.fromkeys(map(syntaxes.find, target.instances))
        for offer in _offer(each, is_alone)
    ]
    offers = list(dict.fromkeys(offers))
    best = choose(wishes, [*offers, _ARCHIVE])
    if best is None:
        raise refuse([*offers, _ARCHIVE])
    if best == _ARCHIVE:
        return Pieces(pack_study(target.source, target.study, target.instances), ZIP)
    if not best.is_multipart:
        return _answer_one(request, target, best)
    chosen = list(_choose_all(wishes, target, syntaxes))
    status = 200 if len(chosen) == len(target.instances) else _INCOMPLETE
    return answer_parts(_write_parts(target, wishes, chosen), DICOM, status=status)


class _Syntaxes:
    """The transfer syntaxes of instances, without all files of an archive that tells none.

    Where it does not, the first of a series stands for the rest of it, until their files have come.
    """

    def __init__(self, target: Target) -> None:
        self._source = target.source
        self._by_series: dict[str, str] = {}

    def find(self, instance: StudyInstance) -> str:
        if instance.transfer_syntax:
            return instance.transfer_syntax
        series = instance.series_uid
        if series not in self._by_series:
            self._by_series[series] = know_syntax(self._source, instance).transfer_syntax
        return self._by_series[series]


def _offer(stored: str, is_alone: bool) -> Iterator[Offer]:
    """As it is stored first: who takes anything gets what nobody has to decode."""
    usual = find_usual(stored)
    syntaxes = (stored, EXPLICIT_LITTLE_ENDIAN) if can_decode(stored) else (stored,)
    for is_multipart in (True, False)[: 1 + is_alone]:
        for syntax in dict.fromkeys(syntaxes):
            yield Offer(DICOM, is_multipart, syntax, is_usual=syntax == usual)


def _choose_all(
    wishes: Sequence[Wish], target: Target, syntaxes: _Syntaxes
) -> Iterator[tuple[StudyInstance, Offer]]:
    known: dict[str, Offer | None] = {}
    for each in target.instances:
        stored = syntaxes.find(each)
        if stored not in known:
            known[stored] = choose(wishes, list(_offer(stored, False)))
        if (offer := known[stored]) is not None:
            yield each, offer


def _answer_one(request: Request, target: Target, offer: Offer) -> Response:
    instance = target.instance
    if offer.syntax == instance.transfer_syntax:
        return answer_spans(
            request,
            target.source.locate(instance),
            lambda path: [Span(0, path.stat().st_size)],
            offer.content_type,
        )
    return Pieces(_convert(target, instance), offer.content_type)


def _write_parts(
    target: Target, wishes: Sequence[Wish], chosen: Sequence[tuple[StudyInstance, Offer]]
) -> Iterator[Part]:
    for listed, guessed in chosen:
        instance = know_syntax(target.source, listed)
        stored = instance.transfer_syntax
        syntax = guessed.syntax
        if instance is not listed:
            # It may not be as the first of its series is. One that nobody accepts comes as it is stored too.
            offer = choose(wishes, list(_offer(stored, False)))
            syntax = offer.syntax if offer is not None else stored
        pieces = target.source.read(instance)
        if syntax != stored:
            try:
                pieces = _begin(_convert(target, instance))
            except PictureError:
                # It is broken: it comes as it is stored, and says so, and those behind it come too.
                syntax = stored
        content_type = Offer(DICOM, is_multipart=True, syntax=syntax).content_type
        yield Part(content_type, target.address_of(instance), pieces)


def _convert(target: Target, instance: StudyInstance) -> Iterator[bytes]:
    with target.source.locate(instance) as path:
        yield from target.pictures.transcode(path)


def _begin(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same, once its first piece is there."""
    first = next(pieces, b"")

    def go_on() -> Iterator[bytes]:
        yield first
        yield from pieces

    return go_on()
