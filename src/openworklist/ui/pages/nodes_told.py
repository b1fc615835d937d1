"""Nodes, Systems told: who hears what scanners did."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import NotFound, OpenWorklistError
from openworklist.services.configuration import SUBSCRIBER
from openworklist.services.subscribers import delete_subscriber, save_subscriber
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.page import Form, go, show_form
from openworklist.ui.forms.system import make_subscriber_groups, read_subscriber, write_subscriber
from openworklist.ui.language import mark
from openworklist.ui.render import render
from openworklist.ui.tabs import make_tabs
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()
_LIST: Final = "/nodes/told"


@router.get(_LIST)
def show_told(request: Request, desk: TheDesk, visitor: Viewer, gone: str = "") -> Response:
    """The list; `gone` is one that was just deleted."""
    return render(
        request,
        "nodes/told.html",
        tabs=make_tabs(desk.configuration),
        found=desk.configuration.subscribers,
        default_profile=desk.configuration.options.default_profile,
        gone=gone,
        kind=SUBSCRIBER,
    )


@router.get(f"{_LIST}/edit")
def edit_told(request: Request, desk: TheDesk, visitor: Viewer, name: str = "") -> Response:
    """A system that is told; without a name, one that is to be."""
    found = next((each for each in desk.configuration.subscribers if each.name == name), None)
    if name and found is None:
        raise NotFound(f"{name!r} is not told of anything.", code="rule.not-found")
    return _show(request, desk, name, write_subscriber(found))


@router.post(f"{_LIST}/edit")
def save_told(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Have a system told from now on."""
    texts = texts_of(form)
    name = texts.get("name", "")
    if name:
        texts["application"], _, texts["facility"] = name.partition("|")
    subscriber, errors = read_subscriber(texts)
    values = write_subscriber(None) | texts
    if subscriber is None:
        return _show(request, desk, name, values, dict(errors))
    try:
        save_subscriber(desk.configurations, subscriber, visitor.actor)
    except OpenWorklistError as error:
        return _show(request, desk, name, values, problem=error)
    desk.audit.note(
        visitor.actor,
        "subscriber.change",
        subject=SUBSCRIBER,
        subject_id=subscriber.name,
    )
    return go(_LIST)


@router.post(f"{_LIST}/delete")
def delete_told(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Tell a system nothing more."""
    name = texts_of(form).get("name", "")
    delete_subscriber(desk.configurations, name, visitor.actor)
    desk.audit.note(visitor.actor, "subscriber.delete", subject=SUBSCRIBER, subject_id=name)
    return go(_LIST, gone=name)


def _show(
    request: Request,
    desk: Desk,
    name: str,
    values: dict[str, str],
    errors: dict[str, OpenWorklistError] | None = None,
    problem: OpenWorklistError | None = None,
) -> Response:
    reason = mark("A system is known by its name: delete it and add another one.")
    form = Form(
        mark("System that is told") if name else mark("Tell a system"),
        _LIST,
        f"{_LIST}/edit",
        make_subscriber_groups(desk.configuration),
        values,
        defaults={"profile": desk.configuration.options.default_profile},
        fixed=dict.fromkeys(("application", "facility"), reason) if name else {},
        hidden={"name": name},
        errors=errors or {},
        problem=problem,
        name=name,
    )
    versions = desk.configurations.find_versions(SUBSCRIBER, name) if name else []
    return show_form(request, form, versions=versions)
