"""Nodes, Filters and station rules: which orders become records, and which scanners they are for."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from openworklist.domain.errors import NotFound, OpenWorklistError, SettingsError
from openworklist.domain.stations import find_problems
from openworklist.services.configuration import FILTER, STATION
from openworklist.services.ranks import find_ranked, move_rule
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.page import Form, go, show_form
from openworklist.ui.forms.rule import (
    NAMES,
    SHAPES,
    find_shape,
    read_rule,
    write_conditions,
    write_rule,
)
from openworklist.ui.language import mark
from openworklist.ui.render import render
from openworklist.ui.tabs import make_tabs
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()
_LIST: Final = "/nodes/rules"
_SPARE: Final = [("", ""), ("", "")]


@router.get(_LIST)
def show_rules(
    request: Request, desk: TheDesk, visitor: Viewer, gone: str = "", kind: str = FILTER
) -> Response:
    """Filters, station rules and groups; `gone` is one of a `kind` that was just deleted."""
    stations = desk.configurations.find_rules(STATION)
    return render(
        request,
        "nodes/rules.html",
        tabs=make_tabs(desk.configuration),
        filters=find_ranked(desk.configurations, FILTER),
        rules=find_ranked(desk.configurations, STATION),
        groups=[(name, each) for name, each in stations if "ae_titles" in each],
        problems=find_problems(desk.configuration.stations),
        gone=gone,
        kind=kind if kind in (FILTER, STATION) else FILTER,
    )


@router.get(f"{_LIST}/edit")
def edit_rule(
    request: Request, desk: TheDesk, visitor: Viewer, shape: str = "filter", name: str = ""
) -> Response:
    """A rule; without a name, one that is to be."""
    kind = _get_kind(shape)
    document: Any = dict(desk.configurations.find_rules(kind)).get(name, {})
    if name and not document:
        raise NotFound(f"There is no {kind} {name!r}.", code="rule.not-found")
    shape = find_shape(kind, document) if name else shape
    rows = write_conditions(document)
    return _show(request, desk, shape, name, write_rule(SHAPES[shape], name, document), rows)


@router.post(f"{_LIST}/edit")
def save_rule(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Store a rule."""
    texts = texts_of(form)
    shape, before = texts.get("shape", ""), texts.get("before", "")
    kind = _get_kind(shape)
    if before:
        texts["name"] = before
    name, document = read_rule(SHAPES[shape], form, texts)
    error = _find_problem(desk, kind, name, before)
    if error is None:
        try:
            desk.configurations.save_rule(kind, name, document, visitor.actor)
            desk.audit.note(visitor.actor, f"{kind}.change", subject=kind, subject_id=name)
            return go(_LIST)
        except OpenWorklistError as found:
            error = found
    return _show(request, desk, shape, before, texts, _type_again(form), error)


@router.post(f"{_LIST}/move")
def move(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Try a rule earlier or later."""
    texts = texts_of(form)
    kind, name = _get_kind(texts.get("shape", "")), texts.get("name", "")
    move_rule(desk.configurations, kind, name, texts.get("way", ""), visitor.actor)
    desk.audit.note(visitor.actor, f"{kind}.move", subject=kind, subject_id=name)
    return go(_LIST)


@router.post(f"{_LIST}/delete")
def delete_rule(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Delete a rule."""
    texts = texts_of(form)
    kind, name = _get_kind(texts.get("shape", "")), texts.get("before", "")
    desk.configurations.delete_rule(kind, name, visitor.actor)
    desk.audit.note(visitor.actor, f"{kind}.delete", subject=kind, subject_id=name)
    return go(_LIST, gone=name, kind=kind)


def _get_kind(shape: str) -> str:
    if shape not in SHAPES:
        raise NotFound(f"There are no rules of the kind {shape!r}.", code="rule.not-found")
    return SHAPES[shape].kind


def _find_problem(desk: Desk, kind: str, name: str, before: str) -> OpenWorklistError | None:
    if not name:
        return SettingsError("A rule has a name.", where="name", code="rule.invalid")
    if not before and name in dict(desk.configurations.find_rules(kind)):
        return SettingsError(f"There is a {kind} {name} already.", where="name", code="rule.invalid")
    return None


def _type_again(form: FormData) -> list[tuple[str, str]]:
    """The conditions as they were typed."""
    names, patterns = map(str, form.getlist("condition")), map(str, form.getlist("patterns"))
    return [*[row for row in zip(names, patterns, strict=False) if any(row)], *_SPARE]


def _show(
    request: Request,
    desk: Desk,
    shape: str,
    name: str,
    values: dict[str, str],
    rows: list[tuple[str, str]],
    problem: OpenWorklistError | None = None,
) -> Response:
    found = SHAPES[shape]
    reason = mark("A rule is known by its name: add another one and delete this.")
    form = Form(
        found.title,
        _LIST,
        f"{_LIST}/edit",
        found.groups,
        values,
        fixed={"name": reason} if name else {},
        hidden={"before": name, "shape": shape},
        problem=problem,
        name=name,
    )
    versions = desk.configurations.find_versions(found.kind, name) if name else []
    return show_form(
        request,
        form,
        "nodes/rule.html",
        versions=versions,
        rows=rows if found.has_conditions else [],
        names=NAMES,
    )
