"""What a site decides while the server runs, changed here and at once; what the server was started with."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import OpenWorklistError, SettingsError
from openworklist.domain.options import NAMES
from openworklist.domain.role import Role
from openworklist.domain.visitor import Visitor
from openworklist.services.doctor.network import find_addresses
from openworklist.ui.echo import Said
from openworklist.ui.forms.options import GROUPS, find_wrong, write_options
from openworklist.ui.forms.page import Form, go, show_form
from openworklist.ui.language import mark
from openworklist.ui.render import render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Operator, Viewer

router = APIRouter()
_PAGE = "/settings"


@router.get(_PAGE)
def show_settings(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """Every option with what it means; for administrators what the server was started with, too."""
    return _show(request, desk, visitor, write_options(desk.configurations.refresh().options))


@router.post(_PAGE)
def change_settings(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Change what is other than it was; nothing, if one of them cannot be."""
    given = {name: text.strip() for name, text in get_texts(form).items() if name in NAMES}
    options = desk.configurations.refresh().options
    before = write_options(options)
    changes = {name: text for name, text in given.items() if text != before[name]}
    if errors := find_wrong(options, changes):
        return _show(request, desk, visitor, before | given, errors)
    for name, text in changes.items():
        desk.configurations.set_option(name, text, visitor.actor)
        desk.audit.note(visitor.actor, "option.set", subject="option", subject_id=name)
    return go(_PAGE, saved="1")


@router.post(f"{_PAGE}/archive/echo")
def echo_archive(request: Request, desk: TheDesk, visitor: Operator, trail: TheTrail) -> Response:
    """Ask the archive of the options whether it is there."""
    trail.note("archive.echo", "archive")
    try:
        said = Said(milliseconds=desk.archive.echo() * 1000)
    except OpenWorklistError as error:
        said = Said(error=error)
    template = "nodes/_echo.html" if wants_region(request) else "settings/archive.html"
    return render(request, template, said=said, name=desk.archive.name)


def _show(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    values: dict[str, str],
    errors: Mapping[str, SettingsError] | None = None,
) -> Response:
    may_change = visitor.role.covers(Role.ADMINISTRATOR)
    started = desk.settings() if may_change else ()
    # An empty option has the setting of its name count.
    instead = {name: str(value) for name, value, _ in started if name in NAMES}
    return show_form(
        request,
        Form(mark("Settings"), _PAGE, _PAGE, GROUPS, values, instead=instead, errors=errors or {}),
        "settings/page.html",
        started=started,
        addresses=find_addresses(),
        listeners=desk.listeners.statuses(),
        may_change=may_change,
        may_ask=visitor.role.covers(Role.OPERATOR),
        archive=desk.archive.name,
        saved="saved" in request.query_params and not errors,
    )
