"""A flag for every setting, made from the settings themselves, and values as people type them."""

from __future__ import annotations

import getpass
import inspect
import os
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.domain.ae_title import is_ae_title
from openworklist.settings import FLAGS, HELP, Settings, load

if TYPE_CHECKING:
    from openworklist.domain.destination import Tls

DAY = 86_400
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


class Choice(StrEnum):
    """Yes, no, or what the site has decided for all."""

    YES = "yes"
    NO = "no"
    DEFAULT = "default"

    @property
    def answer(self) -> bool | None:
        return {Choice.YES: True, Choice.NO: False}.get(self)


def takes_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of `command(loaded, …)`, with --config and a flag for each setting, or for `names`."""
    wanted = [each for each in fields(Settings) if each.name in (names or FLAGS)]
    shared = [
        _parameter("config", Path, "TOML file with settings"),
        *(_parameter(each.name, type(each.default), HELP[each.name]) for each in wanted),
    ]

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        # Not as text: typer takes a parameter's option from its annotation.
        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

        def run(**given: Any) -> None:
            config = given.pop("config")
            others = {parameter.name: given.pop(parameter.name) for parameter in own}
            command(load(given, config=config), **others)

        parameters = [*own, *shared]
        run.__name__ = command.__name__
        run.__doc__ = command.__doc__
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return wrap


def _parameter(name: str, kind: type, help: str) -> inspect.Parameter:
    flag = "--" + name.replace("_", "-")
    opposite = flag.replace("--no-", "--") if flag.startswith("--no-") else f"--no-{flag[2:]}"
    names = f"{flag}/{opposite}" if kind is bool else flag
    option = typer.Option(names, help=help, show_default=False)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def _check_ae_title(value: str | None) -> str | None:
    problem = is_ae_title(value) if value is not None else ""
    if problem:
        raise typer.BadParameter(f"{value!r} {problem}.")
    return value


def ae_title(flag: str, help: str) -> Any:
    """An option that takes an AE title."""
    return typer.Option(flag, help=help, callback=_check_ae_title)


# 0 would be no time-out to one socket and no waiting to another.
Timeout = Annotated[float, typer.Option(min=0.001, max=DAY, help="Seconds to wait for an answer.")]


UseTls = Annotated[
    bool, typer.Option("--tls", help="Connect with TLS; the other side's certificate is always verified.")
]
Ca = Annotated[
    Path | None,
    typer.Option("--ca", help="Authority of its certificate, or the certificate itself (PEM)."),
]
Certificate = Annotated[
    Path | None, typer.Option("--certificate", help="Our certificate, if it wants one (PEM).")
]
Key = Annotated[
    Path | None,
    typer.Option("--private-key", help="Its key, not encrypted (PEM), where it is not in the same file."),
]
ServerName = Annotated[
    str,
    typer.Option("--server-name", help="Name that its certificate has, where that is not HOST."),
]


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


def make_tls(
    is_wanted: bool, ca: Path | None, certificate: Path | None, key: Path | None, server_name: str
) -> Tls | None:
    """How a connection is secured by these options; None if none of them was given."""
    from openworklist.domain.destination import Tls

    if not (is_wanted or ca or certificate or key or server_name):
        return None
    # Whole paths: the server that sends from the queue works in another folder.
    ca_path, certificate_path, key_path = (
        str(path.resolve()) if path else "" for path in (ca, certificate, key)
    )
    return Tls(ca_path, certificate_path, key_path, server_name)


def parse_dates(text: str) -> tuple[str, str]:
    """The first and the last day of `20260314`, `20260314-20260320`, `20260314-` or `-20260320`."""
    first, hyphen, last = text.partition("-")
    days = first, last if hyphen else first
    try:
        for day in filter(None, days):
            if len(day) != 8:
                raise ValueError
            datetime.strptime(day, "%Y%m%d")
    except ValueError:
        days = "", ""
    if not any(days):
        raise typer.BadParameter(f"{text!r} is no date or range of dates, like 20260314-20260320")
    return days


def parse_moment(text: str, zone: tzinfo) -> int:
    """`20260314`, `202603141015` or `20260314101500` at the site, in microseconds since 1970."""
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(text), "")
    try:
        if not (text.isascii() and text.isdigit()):
            raise ValueError
        return _to_microseconds(datetime.strptime(text, form), zone)
    except (ValueError, OverflowError, OSError):
        raise typer.BadParameter(f"{text!r} is no date or moment, like 20260314 or 202603141015") from None


def to_moments(dates: tuple[str, str], zone: tzinfo) -> tuple[int, int]:
    """From the beginning of the first day to the end of the last, as `parse_moment`; 0 for no bound."""
    first, last = dates
    end = datetime.strptime(last, "%Y%m%d") + timedelta(days=1) if last else None
    return parse_moment(first, zone) if first else 0, _to_microseconds(end, zone) if end else 0


def _to_microseconds(moment: datetime, zone: tzinfo) -> int:
    return int(moment.replace(tzinfo=zone).timestamp()) * 1_000_000


def parse_sender(text: str) -> tuple[str | None, str | None]:
    """Sending application and facility of `APP|FAC`; None for one that may be any."""
    application, bar, facility = text.partition("|")
    return application or None, facility if bar else None


def find_actor() -> str:
    """Who is named as the one who made a change: `cli:` and the user of this machine."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):  # a container may run us as a number without a name
        return f"cli:{os.getuid() if hasattr(os, 'getuid') else ''}"
