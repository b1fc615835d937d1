"""Nodes, Systems: who sends messages, how each is mapped, and what counts for it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import OpenWorklistError
from openworklist.services.configuration import SYSTEM
from openworklist.services.senders import confirm_system, find_sending
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.page import Form, go, show_form
from openworklist.ui.forms.system import (
    NO_SYSTEM,
    find_system_defaults,
    make_system_groups,
    read_system,
    write_system,
)
from openworklist.ui.language import mark
from openworklist.ui.render import render, wants_region
from openworklist.ui.tabs import make_tabs
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()
_LIST = "/nodes/systems"
_NAMES = ("application", "facility")


@router.get(_LIST)
def show_systems(request: Request, desk: TheDesk, visitor: Viewer, gone: str = "") -> Response:
    """The list; `gone` is one that was just forgotten."""
    configuration = desk.configurations.refresh()
    template = "nodes/_systems.html" if wants_region(request, "systems") else "nodes/systems.html"
    return render(
        request,
        template,
        tabs=make_tabs(configuration),
        found=find_sending(desk.database, configuration, desk.zone),
        options=configuration.options,
        gone=gone,
        kind=SYSTEM,
    )


@router.get(f"{_LIST}/edit")
def edit_system(request: Request, desk: TheDesk, visitor: Viewer, name: str = "") -> Response:
    """What counts for a system; without a name, for one that is to be."""
    system = desk.configuration.systems.get(name, NO_SYSTEM)
    return _show(request, desk, name if system is not NO_SYSTEM else "", write_system(system))


@router.post(f"{_LIST}/edit")
def save_system(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Decide what counts for a system."""
    texts = texts_of(form)
    name = texts.get("name", "")
    if name:
        texts["application"], _, texts["facility"] = name.partition("|")
    system, errors = read_system(texts)
    problem = None
    if not errors:
        try:
            desk.configurations.save_system(system, visitor.actor)
            desk.audit.note(visitor.actor, "system.change", subject=SYSTEM, subject_id=system.name)
            return go(_LIST)
        except OpenWorklistError as error:
            problem = error
    values = write_system(system) | {key: texts.get(key, "") for key in ("profiles", "charset")}
    return _show(request, desk, name, values, errors, problem)


@router.post(f"{_LIST}/confirm")
def confirm(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Fix the mapping of a new system."""
    texts = texts_of(form)
    name = texts.get("name", "")
    confirm_system(desk.configurations, name, texts.get("profile", ""), visitor.actor)
    desk.audit.note(visitor.actor, "system.confirm", subject=SYSTEM, subject_id=name)
    return go(_LIST)


@router.post(f"{_LIST}/delete")
def forget_system(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Forget what was decided about a system."""
    name = texts_of(form).get("name", "")
    desk.configurations.delete_system(name, visitor.actor)
    desk.audit.note(visitor.actor, "system.delete", subject=SYSTEM, subject_id=name)
    return go(_LIST, gone=name)


def _show(
    request: Request,
    desk: Desk,
    name: str,
    values: dict[str, str],
    errors: Mapping[str, OpenWorklistError] | None = None,
    problem: OpenWorklistError | None = None,
) -> Response:
    reason = mark("A system is known by its name: forget it and add another one.")
    form = Form(
        mark("System") if name else mark("Add a system"),
        _LIST,
        f"{_LIST}/edit",
        make_system_groups(desk.configuration),
        values,
        defaults=find_system_defaults(desk.configuration),
        fixed=dict.fromkeys(_NAMES, reason) if name else {},
        hidden={"name": name},
        errors=errors or {},
        problem=problem,
        name=name,
    )
    versions = desk.configurations.find_versions(SYSTEM, name) if name else []
    return show_form(request, form, versions=versions)
