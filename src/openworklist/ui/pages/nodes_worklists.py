"""Nodes, Other worklists: the saved ones, whether they are there, and what came of asking them last."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import OpenWorklistError
from openworklist.services.configuration import NODE
from openworklist.services.nodes import delete, find_all, save
from openworklist.ui.echo import echo
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.node import DEFAULT, GROUPS, read_node, write_node
from openworklist.ui.forms.page import Form, go, show_form
from openworklist.ui.language import mark
from openworklist.ui.node_result import tell_result
from openworklist.ui.render import get_language_of, render, wants_region
from openworklist.ui.tabs import make_tabs
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Administrator, Operator, Viewer

router = APIRouter()
_LIST: Final = "/nodes/worklists"


@router.get(_LIST)
def show_worklists(request: Request, desk: TheDesk, visitor: Viewer, gone: str = "") -> Response:
    """The list; `gone` is one that was just deleted."""
    template = "nodes/_worklists.html" if wants_region(request, "worklists") else "nodes/worklists.html"
    language = get_language_of(request, visitor)
    found = [
        (node, state, tell_result(state.result, language))
        for node, state in find_all(desk.database, desk.configuration)
    ]
    return render(request, template, tabs=make_tabs(desk.configuration), found=found, gone=gone, kind=NODE)


@router.post(f"{_LIST}/echo")
async def echo_node(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Ask a saved node whether it is there."""
    node = desk.configuration.get_node(texts_of(form).get("name", ""))
    said = await echo(desk, visitor, node, get_peer(request))
    template = "nodes/_echo.html" if wants_region(request) else "nodes/echo.html"
    return render(request, template, said=said, node=node, back=_LIST)


@router.get(f"{_LIST}/edit")
def edit_node(request: Request, desk: TheDesk, visitor: Viewer, name: str = "") -> Response:
    """A node; without a name, one that is to be."""
    node = desk.configuration.get_node(name) if name else DEFAULT
    return _show(request, desk, name, write_node(node))


@router.post(f"{_LIST}/draft")
def draft_node(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """A node that is to be, with what was typed elsewhere; nothing is saved."""
    texts = texts_of(form)
    names = ("ae_title", "host", "port", "calling", "use_tls")
    given = {name: texts[name] for name in names if texts.get(name)}
    return _show(request, desk, "", write_node(DEFAULT) | given)


@router.post(f"{_LIST}/edit")
def save_node(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Save a node."""
    texts = texts_of(form)
    before = texts.get("before", "")
    node, errors = read_node(texts | ({"name": before} if before else {}))
    if node is None:
        return _show(request, desk, before, write_node(DEFAULT) | texts, dict(errors))
    known = desk.configuration.nodes
    if not before and node.name in known:
        error = OpenWorklistError(f"There is a node {node.name} already.", where="name", code="node.invalid")
        return _show(request, desk, "", write_node(DEFAULT) | texts, {"name": error})
    save(desk.database, desk.configurations, node, visitor.actor)
    desk.audit.note(visitor.actor, "node.change", subject=NODE, subject_id=node.name)
    return go(_LIST)


@router.post(f"{_LIST}/delete")
def delete_node(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Forget a node; the records that came from it stay."""
    name = texts_of(form).get("before", "")
    delete(desk.database, desk.configurations, name, visitor.actor)
    desk.audit.note(visitor.actor, "node.delete", subject=NODE, subject_id=name)
    return go(_LIST, gone=name)


def _show(
    request: Request,
    desk: Desk,
    name: str,
    values: dict[str, str],
    errors: dict[str, OpenWorklistError] | None = None,
) -> Response:
    reason = mark("Records are known by the name of their node: add another one and delete this.")
    form = Form(
        mark("Other worklist") if name else mark("Add a worklist"),
        _LIST,
        f"{_LIST}/edit",
        GROUPS,
        values,
        fixed={"name": reason} if name else {},
        hidden={"before": name},
        errors=errors or {},
        name=name,
    )
    versions = desk.configurations.find_versions(NODE, name) if name else []
    return show_form(request, form, versions=versions)
