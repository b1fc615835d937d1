"""What metadata leaves where it is (PS3.18 10.4.1.1.5): pixels, videos, documents, waveforms, tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.api.by_token.accepted import Offer, choose, read_accept, refuse
from openworklist.api.by_token.frames import offer_frames, write_frames
from openworklist.api.by_token.parts import Part, answer_parts
from openworklist.api.by_token.spans import Span, answer_spans, read_spans
from openworklist.api.by_token.target import Target, TheTarget
from openworklist.api.by_token.turns import IN_TURN
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.dicom.stored_file import UNDEFINED, Left, StoredDataset, open_dataset, read_dataset, swap
from openworklist.dicom.transfer_syntaxes import DEFLATED
from openworklist.dicom.web_media import OCTETS, find_media
from openworklist.domain.errors import NotFound
from openworklist.services.pictures import count_frames, is_video
from openworklist.services.pictures.stored import open_frames
from openworklist.web.pieces import Pieces

_DOCUMENT: Final = "00420011"
_DOCUMENT_MEDIA: Final = 0x0042_0012
# Of documents: nothing that a browser runs.
_SAFE: Final = frozenset(("application/pdf", "model/mtl", "model/obj", "model/stl"))
_BLOCK: Final = 256 * 1024  # a multiple of every size of words

router = APIRouter(dependencies=IN_TURN)


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of an instance; `address` is where metadata says that it is."""

    path: str
    address: str
    left: Left
    dataset: StoredDataset

    @property
    def document_media(self) -> str:
        """The media type of an encapsulated document, "" for anything else."""
        found = (each.value for each in self.dataset.elements if each.tag == _DOCUMENT_MEDIA)
        media = next(found, b"").decode("latin_1").strip("\0 ").lower()
        return media if self.path == _DOCUMENT and media in _SAFE else ""


@router.get(
    "/studies/{study}/series/{series}/instances/{instance}/bulkdata/{value:path}", response_class=Response
)
def retrieve_bulk(request: Request, target: TheTarget, value: str) -> Response:
    with target.source.locate(target.instance) as path:
        dataset = read_dataset(path)
        if value not in dataset.left:
            raise NotFound(
                "The instance has no bulk data of that address.",
                hint="metadata has the addresses of all that there is",
                code="instance.not-found",
            )
        is_compressed = dataset.left[value].length == UNDEFINED
        is_stream = is_compressed and is_video(dataset.transfer_syntax)
        count = count_frames(path) if is_compressed and not is_stream else 0
    found = _Value(
        value, f"{target.address_of(target.instance)}/bulkdata/{value}", dataset.left[value], dataset
    )
    if is_stream:
        return _answer_video(request, target, found)
    if is_compressed:
        offers = list(offer_frames(dataset.transfer_syntax, is_alone=False))
        offer = _choose(request, offers)
        return answer_parts(write_frames(target, list(range(1, count + 1)), offer), offer.media)
    return _answer_plain(request, target, found)


def _choose(request: Request, offers: Sequence[Offer]) -> Offer:
    offer = choose(read_accept(request), offers)
    if offer is None:
        raise refuse(offers)
    return offer


def _answer_video(request: Request, target: Target, value: _Value) -> Response:
    """In one part for who takes both: players ask for ranges of it."""
    syntax = value.dataset.transfer_syntax
    media = find_media(syntax)
    offer = _choose(
        request,
        [
            Offer(name, is_multipart, syntax, is_usual=name == media)
            for is_multipart in (False, True)
            for name in (media, OCTETS)
        ],
    )
    place = target.source.locate(target.instance)
    if not offer.is_multipart:
        return answer_spans(request, place, _find_fragments, offer.content_type)

    def read() -> Iterator[bytes]:
        with place as path:
            yield from read_spans(path, _find_fragments(path))

    return answer_parts([Part(offer.content_type, value.address, read())], offer.media)


def _find_fragments(path: Path) -> list[Span]:
    with open_frames(path) as frames:
        return list(frames.fragments())


def _answer_plain(request: Request, target: Target, value: _Value) -> Response:
    media = value.document_media
    offers = [Offer(OCTETS, True, EXPLICIT_LITTLE_ENDIAN), Offer(OCTETS, False, EXPLICIT_LITTLE_ENDIAN)]
    if media:
        offers = [Offer(media, False), Offer(media, True), *offers]
    offer = _choose(request, offers)
    if offer.is_multipart:
        part = Part(offer.content_type, value.address, _read(target, value))
        return answer_parts([part], offer.media)
    if value.dataset.is_big_endian or value.dataset.transfer_syntax == DEFLATED:
        return Pieces(_read(target, value), offer.content_type)
    span = Span(value.left.offset, value.left.length)
    return answer_spans(request, target.source.locate(target.instance), lambda _: [span], offer.content_type)


def _read(target: Target, value: _Value) -> Iterator[bytes]:
    """The value in Little Endian, as it is once it is inflated."""
    vr, offset, left = value.left
    with target.source.locate(target.instance) as path, open_dataset(path) as (dataset, file):
        file.seek(offset)
        while left:
            piece = file.read(min(left, _BLOCK))
            if not piece:
                raise EOFError("a stored file ends before it should")
            left -= len(piece)
            yield swap(piece, vr) if dataset.is_big_endian else piece
