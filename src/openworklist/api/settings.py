"""Options, which the site decides while the server runs; what it was started with; how its ports are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.body import Body, Line
from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.shapes import Answer, derive, to_json
from openworklist.domain.options import HELP, NAMES, Options, find_choices
from openworklist.services.configuration import OPTION, Configuration
from openworklist.services.ports import ListenerStatus
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(tags=["settings"], route_class=GuardedRoute)

ListenerAnswer: Any = derive("Listener", ListenerStatus)
OptionName: Any = Annotated[Literal.__getitem__(NAMES), Path()]
OptionValue = bool | Annotated[int, Field(ge=0, le=999_999_999)] | Line


class OptionAnswer(Answer):
    name: str
    value: OptionValue
    default: OptionValue
    origin: Literal["default", "site"]
    help: str
    choices: list[str] = Field(description="all that a text may be; none where it may be more")


class NewValue(Body):
    value: Annotated[OptionValue | None, Field(description="null brings the default back")]


class Setting(Answer):
    name: str
    value: str
    origin: str


@router.get("/options", operation_id="list_options", response_model=list[OptionAnswer])
def list_options(desk: TheDesk, visitor: Viewer) -> Any:
    """Every option, its value and what it is."""
    return [_write(desk.configuration, name) for name in NAMES]


@router.get("/options/{name}", operation_id="get_option", response_model=OptionAnswer)
def get_option(desk: TheDesk, visitor: Viewer, name: OptionName) -> Any:
    """One option."""
    return _write(desk.configuration, name)


@router.put("/options/{name}", operation_id="set_option", response_model=OptionAnswer, responses=may(404))
def set_option(
    desk: TheDesk, visitor: Administrator, trail: TheTrail, name: OptionName, new: NewValue
) -> Any:
    """Change an option. It takes effect within a second."""
    if new.value is None:
        configuration = desk.configurations.reset_option(name, visitor.actor)
    else:
        configuration = desk.configurations.set_option(name, new.value, visitor.actor)
    trail.note("option.set", OPTION, name)
    return _write(configuration, name)


@router.get(
    "/options/{name}/versions", operation_id="list_option_versions", response_model=list[VersionAnswer]
)
def list_versions(desk: TheDesk, visitor: Viewer, name: OptionName) -> Any:
    """Who changed an option, and when."""
    return write_versions(desk, OPTION, name)


@router.get("/settings", operation_id="list_settings", response_model=list[Setting])
def list_settings(desk: TheDesk, visitor: Administrator) -> Any:
    """What the server was started with, and where each value came from; secrets are hidden."""
    return [{"name": name, "value": value, "origin": origin} for name, value, origin in desk.settings()]


@router.get("/listeners", operation_id="list_listeners", response_model=list[ListenerAnswer])
async def list_listeners(desk: TheDesk, visitor: Viewer) -> Any:
    """How the ports and the watched folder are."""
    return to_json(desk.listeners.statuses())


def _write(configuration: Configuration, name: str) -> Any:
    value, default = getattr(configuration.options, name), asdict(Options())[name]
    return {
        "name": name,
        "value": value,
        "default": default,
        "origin": "default" if value == default else "site",
        "help": HELP[name],
        "choices": list(find_choices(name)),
    }
