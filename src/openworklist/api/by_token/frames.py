"""Frames of an instance (PS3.18 10.4.1.1.4): uncompressed, or compressed as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.api.by_token.accepted import Offer, choose, read_accept, refuse
from openworklist.api.by_token.frame_list import read_frames
from openworklist.api.by_token.parts import Part, answer_parts
from openworklist.api.by_token.spans import read_spans
from openworklist.api.by_token.target import Target, TheTarget
from openworklist.api.by_token.turns import IN_TURN
from openworklist.dicom.pixel_data import NATIVE
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.dicom.web_media import OCTETS, can_decode, find_media, is_plain
from openworklist.services.pictures import is_video
from openworklist.services.pictures.stored import open_frames
from openworklist.web.pieces import Pieces

router = APIRouter(dependencies=IN_TURN)


@router.get("/studies/{study}/series/{series}/instances/{instance}/frames/{frames}", response_class=Response)
def retrieve_frames(request: Request, target: TheTarget, frames: str) -> Response:
    with target.source.locate(target.instance) as path:
        numbers = read_frames(frames, path)
    offers = list(offer_frames(target.instance.transfer_syntax, is_alone=len(numbers) == 1))
    best = choose(read_accept(request), offers)
    if best is None:
        raise refuse(offers)
    if best.is_multipart:
        return answer_parts(write_frames(target, numbers, best), best.media)
    return Pieces(_read(target, numbers[0], best.syntax), best.content_type)


def offer_frames(stored: str, *, is_alone: bool) -> Iterator[Offer]:
    """What frames can be had in. As they are stored comes first, for who takes any transfer syntax."""
    if is_video(stored):
        return
    media = find_media(stored)
    for is_multipart in (True, False)[: 1 + is_alone]:
        if stored not in NATIVE:
            # Viewers that decode themselves ask so, and look at the part for what it is.
            yield Offer(OCTETS, is_multipart, stored, is_usual=False)
        if can_decode(stored):
            yield Offer(OCTETS, is_multipart, EXPLICIT_LITTLE_ENDIAN)
        if media != OCTETS:
            yield Offer(media, is_multipart, stored)


def write_frames(target: Target, numbers: list[int], offer: Offer) -> Iterator[Part]:
    address = target.address_of(target.instance)
    for number in numbers:
        pieces = _read(target, number, offer.syntax)
        yield Part(offer.content_type, f"{address}/frames/{number}", pieces)


def _read(target: Target, number: int, syntax: str) -> Iterator[bytes]:
    stored = target.instance.transfer_syntax
    with target.source.locate(target.instance) as path:
        if syntax == stored or is_plain(stored):
            yield from _read_stored(target, path, number)
        else:
            yield target.pictures.decode(path, number).data


def _read_stored(target: Target, path: Path, number: int) -> Iterator[bytes]:
    with open_frames(path) as frames:
        has_own_bytes = frames.pixels.bits_allocated % 8 == 0 or frames.pixels.is_encapsulated
        spans = frames.spans(number) if has_own_bytes else ()
    if spans:
        yield from read_spans(path, spans)
    else:
        # Single bits of two frames share a byte.
        yield target.pictures.decode(path, number).data
