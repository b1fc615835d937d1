"""Routes for programs: who asks, and what is asked and sent, is looked at before a body is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.responses import Response

from openworklist.domain.errors import RequestError
from openworklist.domain.role import Role
from openworklist.web.visitors import Needs

JSON: Final = "application/json"
_MOST_ACCEPTED: Final = 64  # media types in one Accept
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """A parameter that nobody knows is refused: a misspelled filter must not find everything.

    So is a body of another media type than those that `openapi_extra` or the model name, and an Accept
    that has none of those of the answers.
    """

    checks_query = True

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        needs = find_needs(self.dependant)
        known = frozenset(_find_query(self.dependant))
        lists = frozenset(_find_lists(self.dependant))
        taken = find_taken(self)
        given = find_given(self)

        async def guard(request: Request) -> Response:
            if needs is not None:
                needs(request)
            if self.checks_query:
                _check_query(request, known, lists)
            _check_accept(request, given)
            if taken:
                _check_content(request, taken)
            return await handle(request)

        return guard


class OpenRoute(GuardedRoute):
    """The same, for what is asked by parameters that no list has: it looks at them itself."""

    checks_query = False


def find_needs(dependant: Dependant) -> Needs | None:
    """What a route needs of who asks, if anything."""
    for each in dependant.dependencies:
        if isinstance(each.call, Needs):
            return each.call
        if (found := find_needs(each)) is not None:
            return found
    return None


def find_role(route: APIRoute) -> Role | None:
    needs = find_needs(route.dependant)
    return needs.role if needs else None


def find_taken(route: APIRoute) -> tuple[str, ...]:
    """The media types that its bodies may have; none if it takes no body."""
    extra: Any = (route.openapi_extra or {}).get("requestBody", {}).get("content")
    if extra:
        return tuple(extra)
    return (JSON,) if route.body_field is not None else ()


def find_given(route: APIRoute) -> tuple[str, ...]:
    """The media types of its answers, the usual one first."""
    stated: Any = route.responses.get(route.status_code or 200, {}).get("content")
    return tuple(stated) if stated else (JSON,)


def choose_media(accept: str, given: tuple[str, ...]) -> str:
    """The media type that a client likes best of those that there are; "" if it likes none."""
    ranges = [_read_range(each) for each in accept.split(",")[:_MOST_ACCEPTED] if each.strip()]
    if not ranges:
        return given[0]
    rated = [
        (max((quality for name, quality in ranges if _covers(name, each)), default=0.0), each)
        for each in given
    ]
    quality, best = max(rated, key=lambda pair: pair[0])
    return best if quality > 0 else ""


def _read_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    kept = ";".join([name, *(each.replace('"', "") for each in parameters if each.startswith("type="))])
    try:
        return kept, float(quality)
    except ValueError:
        return kept, 0.0


def _covers(name: str, media: str) -> bool:
    wanted, own = name.partition(";")[0], media.partition(";")[0]
    is_same_kind = wanted in ("*/*", own) or (wanted.endswith("/*") and own.startswith(wanted[:-1]))
    return is_same_kind and (";" not in name or name == media.replace(" ", "").replace('"', ""))


def _check_query(request: Request, known: frozenset[str], lists: frozenset[str]) -> None:
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            raise RequestError(
                f"There is no parameter {name[:40]!r} here.",
                where=name[:40],
                hint=f"there are: {', '.join(sorted(known))}" if known else "there is none",
                code="request.unknown-parameter",
            )
        if times > 1 and name not in lists:
            raise RequestError(
                f"The parameter {name} is there {times} times.", where=name, code="request.unknown-parameter"
            )


def _check_accept(request: Request, given: tuple[str, ...]) -> None:
    if not choose_media(",".join(request.headers.getlist("accept")), given):
        raise RequestError(
            "No answer is of a kind that you accept.",
            where="Accept",
            hint=f"there are: {', '.join(given)}",
            code="request.not-acceptable",
        )


def _check_content(request: Request, taken: tuple[str, ...]) -> None:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in taken:
        raise RequestError(
            f"A body of the kind {sent[:80]!r} is not taken here.",
            where="Content-Type",
            hint=f"send one of: {', '.join(taken)}",
            code="request.unsupported-media",
        )


def _find_query(dependant: Dependant) -> Iterator[str]:
    yield from (each.alias for each in dependant.query_params)
    for each in dependant.dependencies:
        yield from _find_query(each)


def _find_lists(dependant: Dependant) -> Iterator[str]:
    for each in dependant.query_params:
        if getattr(each.field_info.annotation, "__origin__", None) is list:
            yield each.alias
    for inner in dependant.dependencies:
        yield from _find_lists(inner)
