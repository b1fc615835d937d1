"""A flag for every setting, made from the settings themselves, and addresses as people type them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from openworklist.settings import HELP, Settings, load


def takes_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command of `command(loaded, …)`: it gets a flag for each setting, and --config."""
    # Not as text: typer takes a parameter's option from its annotation.
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    own_names = {parameter.name for parameter in own}

    def run(**given: Any) -> None:
        config = given.pop("config")
        others = {name: given.pop(name) for name in own_names}
        command(load(given, config=config), **others)

    parameters = [*own, _parameter("config", Path, "TOML file with settings")]
    for each in fields(Settings):
        kind = type(each.default)
        parameters.append(_parameter(each.name, kind, HELP[each.name]))
    run.__name__ = command.__name__
    run.__doc__ = command.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    hints = inspect.get_annotations(command, eval_str=True)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__annotations__.update({name: hints[name] for name in own_names if name in hints})
    return run


def _parameter(name: str, kind: type, help: str) -> inspect.Parameter:
    flag = "--" + name.replace("_", "-")
    names = f"{flag}/--no-{flag[2:]}" if kind is bool else flag
    option = typer.Option(names, help=help, show_default=False)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def parse_address(text: str) -> tuple[str, int]:
    """`HOST:PORT`, an IPv6 address in brackets: `[::1]:3001`."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise typer.BadParameter(f"{text!r}: write an IPv6 address in brackets, like [::1]:3001")
    if not colon or not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise typer.BadParameter(f"{text!r} is not HOST:PORT, like 127.0.0.1:3001")
    return host, int(port)
