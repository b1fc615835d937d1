"""The page of a form, whatever it is about: shown, and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import OpenWorklistError
from openworklist.ui.forms.fields import Field, Group, all_fields
from openworklist.ui.render import render


@dataclass(frozen=True, slots=True)
class Form:
    """`back` is the list that it belongs to, `action` where it goes. `defaults` are the site's, by field.

    `fixed` names fields that cannot be changed, each with the reason; `hidden` goes with it as it is.
    """

    title: str
    back: str
    action: str
    groups: Sequence[Group]
    values: Mapping[str, str]
    defaults: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)  # what counts where a field is empty
    fixed: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, OpenWorklistError] = field(default_factory=dict)
    problem: OpenWorklistError | None = None  # of no field
    name: str = ""  # of what there is already; "" for what is to be

    @property
    def by_name(self) -> dict[str, Field]:
        return {each.name: each for each in all_fields(self.groups)}


def show_form(request: Request, form: Form, template: str = "nodes/form.html", **more: Any) -> Response:
    """The page; with status 422 where something is wrong."""
    status = 422 if form.errors or form.problem else 200
    return render(request, template, status=status, form=form, **more)


def go(path: str, **query: str) -> Response:
    """On to another page after a change."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)
