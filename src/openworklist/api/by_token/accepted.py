"""What a client accepts (PS3.18 8.7): media types with transfer syntaxes, in one part or several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from fastapi import Request

from openworklist.domain.errors import RequestError

MULTIPART: Final = "multipart/related"
_ANY: Final = "*/*"
_MOST: Final = 64  # media types in one Accept
_LONGEST: Final = 8_192
# An element of a list, up to a comma that stands in no quotes; each letter is looked at once.
_ELEMENT: Final = re.compile(r'(?:[^",]|"[^"]*(?:"|\Z))+')
_QUALITY: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


@dataclass(frozen=True, slots=True)
class Wish:
    """One of the media types of an Accept. `media` is that of the parts where there are several.

    `is_multipart` is None where it does not matter. `syntax` is "" for the usual one, `*` for any.
    """

    media: str
    is_multipart: bool | None
    syntax: str
    quality: float


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be given. `is_usual` says whether it is what a media type without transfer syntax asks for."""

    media: str
    is_multipart: bool
    syntax: str = ""
    is_usual: bool = True

    @property
    def content_type(self) -> str:
        """As it stands at the one part, or at each of several."""
        return f"{self.media}; transfer-syntax={self.syntax}" if self.syntax else self.media


def read_accept(request: Request) -> tuple[Wish, ...]:
    """PS3.18 8.3.3.1: the parameter `accept` in place of the header; none for what accepts everything."""
    text = request.query_params.get("accept", "")
    # A plus sign that nobody escaped is a space in a query.
    text = text.replace("dicom ", "dicom+") or ",".join(request.headers.getlist("accept"))
    return parse_accept(text[:_LONGEST])


def parse_accept(text: str) -> tuple[Wish, ...]:
    elements = islice(_ELEMENT.finditer(text), _MOST)
    found = (_read_wish(each[0]) for each in elements if each[0].strip())
    return tuple(each for each in found if each is not None)


def choose(wishes: Sequence[Wish], offers: Sequence[Offer]) -> Offer | None:
    """The offer that is liked best, of several the first; None if none is."""
    if not wishes:
        return next((each for each in offers if each.is_usual), None)
    rated = [(_rate(wishes, each), each) for each in offers]
    quality, best = max(rated, key=lambda pair: pair[0], default=(0.0, None))
    return best if quality > 0 else None


def refuse(offers: Iterable[Offer]) -> RequestError:
    """PS3.18 8.7.5: nothing that there is was accepted. The hint says what there is."""
    told = dict.fromkeys(
        f'{MULTIPART}; type="{each.media}"' + (f"; transfer-syntax={each.syntax}" if each.syntax else "")
        if each.is_multipart
        else each.content_type
        for each in offers
    )
    return RequestError(
        "No answer is of a kind that you accept.",
        where="Accept",
        hint=f"there are: {', '.join(told)}" if told else "there is none",
        code="request.not-acceptable",
    )


def _rate(wishes: Sequence[Wish], offer: Offer) -> float:
    """RFC 9110 12.5.1: of the media ranges that cover it, the closest one counts."""
    fitting = [(_closeness(each), each.quality) for each in wishes if _covers(each, offer)]
    return max(fitting, default=(0, 0.0))[1]


def _closeness(wish: Wish) -> tuple[int, bool]:
    return (0 if wish.media == _ANY else 1 if wish.media.endswith("/*") else 2), wish.syntax not in ("", "*")


def _covers(wish: Wish, offer: Offer) -> bool:
    if wish.is_multipart is not None and wish.is_multipart is not offer.is_multipart:
        return False
    is_media = wish.media in (_ANY, offer.media) or (
        wish.media.endswith("/*") and offer.media.startswith(wish.media[:-1])
    )
    if not is_media:
        return False
    return wish.syntax in ("*", offer.syntax) if wish.syntax else offer.is_usual


def _read_wish(text: str) -> Wish | None:
    name, *parameters = (part.strip() for part in text.split(";"))
    named = {}
    for each in parameters:
        key, _, value = each.partition("=")
        named[key.strip().lower()] = value.strip().strip('"').strip()
    media = name.lower()
    quality = named.get("q", "1")
    if "/" not in media or not _QUALITY.fullmatch(quality):
        return None
    syntax = named.get("transfer-syntax", "")
    if media == MULTIPART:
        return Wish(named.get("type", _ANY).lower(), True, syntax, float(quality))
    return Wish(media, None if media == _ANY else False, syntax, float(quality))
