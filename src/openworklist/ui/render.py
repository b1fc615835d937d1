"""Makes pages from templates: the whole page, or the one region of it that a script asked for."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import escape
from starlette.responses import HTMLResponse, Response

from openworklist import __version__
from openworklist.domain.errors import AccessError
from openworklist.domain.role import Role
from openworklist.domain.visitor import Visitor
from openworklist.ui.frame import RAIL
from openworklist.ui.help.guides import find_guide
from openworklist.ui.language import COOKIE, LANGUAGES, Language, choose_language, get_language
from openworklist.ui.shown import to_markup, to_person
from openworklist.web.desk import Desk
from openworklist.web.visitors import find_visitor

_ROOM: Final = "openworklist.ui"


@cache
def get_environment(code: str) -> Environment:
    """The templates in a language; every value is escaped, and one that is missing is an error."""
    environment = Environment(
        loader=PackageLoader(_ROOM, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters["shown"] = to_markup
    environment.filters["person"] = to_person
    environment.globals["static"] = find_static
    environment.globals["version"] = __version__
    environment.globals.update({role.value: role for role in Role})
    language = get_language(code)
    environment.filters["told"] = language.tell
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text, /, **values: _fill(language.say(text), values),
        lambda one, many, number, /, **values: _fill(
            language.say_many(one, many, number), {"num": number, **values}
        ),
    )
    return environment


def _fill(text: str, values: dict[str, Any]) -> str:
    """A translated text with its values. It is escaped as all are: what people typed is looked up too."""
    return escape(text) % values if values else text


@cache
def find_static(name: str) -> str:
    """The address of a file in static/, which changes with what is in it."""
    content = files(_ROOM).joinpath("static", *name.split("/")).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"


def get_language_of(request: Request, visitor: Visitor | None) -> Language:
    """The language of who asks."""
    preferred = visitor.language if visitor else ""
    headers, cookies = request.headers, request.cookies
    return choose_language(preferred, cookies.get(COOKIE, ""), headers.get("accept-language", ""))


def wants_region(request: Request, region: str = "") -> bool:
    """Whether a script asks for a part of the page; one that goes back in history wants the whole."""
    headers = request.headers
    if headers.get("hx-request") != "true" or headers.get("hx-history-restore-request") == "true":
        return False
    return not region or headers.get("hx-target", "") == region


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response:
    """A page or region for who asks, in their language."""
    visitor = find_known(request)
    language = get_language_of(request, visitor)
    desk: Desk = request.app.state.desk
    text = (
        get_environment(language.code)
        .get_template(template)
        .render(
            request=request,
            visitor=visitor,
            language=language,
            languages=LANGUAGES,
            zone=desk.zone,
            rail=RAIL,
            path=request.url.path,
            guide=find_guide(request.url.path),
            **context,
        )
    )
    return HTMLResponse(text, status, headers)


def find_known(request: Request) -> Visitor | None:
    """Who asks; None for a stranger, and for one whose session is locked."""
    try:
        return find_visitor(request)
    except AccessError:
        return None
