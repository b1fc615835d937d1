"""Instances as pictures that any program shows (PS3.18 10.4.1.1.3), and small ones of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.api.by_token.accepted import Offer, choose, read_accept, refuse
from openworklist.api.by_token.frame_list import count_frames, read_frames
from openworklist.api.by_token.parts import Part, answer_parts
from openworklist.api.by_token.target import Target, TheTarget
from openworklist.api.by_token.turns import IN_TURN
from openworklist.api.by_token.view import TheView, View
from openworklist.domain.errors import PictureError
from openworklist.domain.study import StudyInstance
from openworklist.services.pictures import MEDIA

_ALONE: Final = tuple(Offer(media, is_multipart=False) for media in MEDIA)
_SEVERAL: Final = tuple(Offer(media, is_multipart=True) for media in MEDIA)
_SMALL: Final = _ALONE[:1]
_TRIED: Final = 8  # instances, until one has a picture
_INSTANCE: Final = "/studies/{study}/series/{series}/instances/{instance}"

router = APIRouter(dependencies=IN_TURN)


@router.get("/studies/{study}/rendered", response_class=Response)
@router.get("/studies/{study}/series/{series}/rendered", response_class=Response)
def render_all(request: Request, target: TheTarget, view: TheView) -> Response:
    """The first frame of each instance that has a picture."""
    offer = _choose(request, _SEVERAL)
    return answer_parts(_draw_all(target, view, offer), offer.media)


@router.get(f"{_INSTANCE}/rendered", response_class=Response)
def render_instance(request: Request, target: TheTarget, view: TheView) -> Response:
    """Its first frame; all of them for who accepts several parts."""
    offer = _choose(request, (*_ALONE, *_SEVERAL))
    with target.source.locate(target.instance) as path:
        count = count_frames(path)
    return _answer(target, view, offer, range(1, count + 1) if offer.is_multipart else [1])


@router.get(f"{_INSTANCE}/frames/{{frames}}/rendered", response_class=Response)
def render_frames(request: Request, target: TheTarget, view: TheView, frames: str) -> Response:
    with target.source.locate(target.instance) as path:
        numbers = read_frames(frames, path)
    offer = _choose(request, (*_ALONE, *_SEVERAL) if len(numbers) == 1 else _SEVERAL)
    return _answer(target, view, offer, numbers)


@router.get("/studies/{study}/thumbnail", response_class=Response)
@router.get("/studies/{study}/series/{series}/thumbnail", response_class=Response)
def show_small(request: Request, target: TheTarget, view: TheView) -> Response:
    """The instance in the middle, or the next that has a picture."""
    _choose(request, _SMALL)
    middle = len(target.instances) // 2
    problem = PictureError("None of the instances has a picture.", code="picture.not-an-image")
    for each in (*target.instances[middle:], *target.instances[:middle])[:_TRIED]:
        try:
            return Response(_draw_small(target, view, each), media_type=MEDIA[0])
        except PictureError as error:
            problem = error.to_value()
    raise problem


@router.get(f"{_INSTANCE}/thumbnail", response_class=Response)
def show_instance_small(request: Request, target: TheTarget, view: TheView) -> Response:
    _choose(request, _SMALL)
    return Response(_draw_small(target, view, target.instance), media_type=MEDIA[0])


@router.get(f"{_INSTANCE}/frames/{{frames}}/thumbnail", response_class=Response)
def show_frame_small(request: Request, target: TheTarget, view: TheView, frames: str) -> Response:
    """The first of the frames."""
    _choose(request, _SMALL)
    with target.source.locate(target.instance) as path:
        frame = read_frames(frames, path)[0]
    return Response(_draw_small(target, view, target.instance, frame), media_type=MEDIA[0])


def _choose(request: Request, offers: Sequence[Offer]) -> Offer:
    offer = choose(read_accept(request), offers)
    if offer is None:
        raise refuse(offers)
    return offer


def _answer(target: Target, view: View, offer: Offer, frames: Sequence[int]) -> Response:
    if not offer.is_multipart:
        return Response(_draw(target, view, offer, target.instance, frames[0]), media_type=offer.media)
    address = target.address_of(target.instance)
    parts = (
        Part(
            offer.media,
            f"{address}/frames/{each}/rendered",
            (_draw(target, view, offer, target.instance, each),),
        )
        for each in frames
    )
    return answer_parts(parts, offer.media)


def _draw_all(target: Target, view: View, offer: Offer) -> Iterator[Part]:
    for each in target.instances:
        try:
            picture = _draw(target, view, offer, each, 1)
        except PictureError:  # a report, or something broken: the others are pictures all the same
            continue
        yield Part(offer.media, f"{target.address_of(each)}/rendered", (picture,))


def _draw(target: Target, view: View, offer: Offer, instance: StudyInstance, frame: int) -> bytes:
    with target.source.locate(instance) as path:
        return target.pictures.render(
            path,
            frame,
            window=view.window,
            viewport=view.viewport,
            media=offer.media,
            quality=view.quality,
        )


def _draw_small(target: Target, view: View, instance: StudyInstance, frame: int | None = None) -> bytes:
    with target.source.locate(instance) as path:
        return target.pictures.thumbnail(path, size=view.thumbnail, frame=frame)
