"""How a connection of ours is secured, as a part of forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.clients.tls import make_context
from openworklist.domain.destination import Tls
from openworklist.domain.errors import OpenWorklistError, SettingsError
from openworklist.ui.forms.fields import Field, Group, Kind
from openworklist.ui.language import mark

TLS: Final = Group(
    mark("TLS"),
    (
        Field("use_tls", mark("Connect with TLS"), Kind.FLAG, mark("its certificate is always verified")),
        Field(
            "tls_ca",
            mark("Authority of its certificate"),
            hint=mark("a PEM file on this server; empty: as this machine trusts"),
        ),
        Field("tls_certificate", mark("Our certificate"), hint=mark("a PEM file, where it wants one")),
        Field("tls_key", mark("Its key"), hint=mark("a PEM file, where it is not in the same one")),
        Field("tls_server_name", mark("Name in its certificate"), hint=mark("where that is not its address")),
    ),
)
_PREFIX: Final = "tls_"
_NAMES: Final = ("ca", "certificate", "key", "server_name")


def write_tls(tls: Tls | None) -> dict[str, str]:
    """What stands in each field."""
    found = {f"{_PREFIX}{name}": getattr(tls, name) if tls else "" for name in _NAMES}
    return {"use_tls": "yes" if tls else "no", **found}


def read_tls(texts: Mapping[str, str]) -> Tls | None:
    if texts.get("use_tls") != "yes":
        return None
    return Tls(**{name: texts.get(f"{_PREFIX}{name}", "").strip() for name in _NAMES})


def check_tls(tls: Tls | None) -> dict[str, SettingsError]:
    """What is wrong with its files, beside the first field."""
    if tls is None:
        return {}
    try:
        make_context(tls)
    except OpenWorklistError as error:
        return {"tls_ca": SettingsError(error.sentence, where="tls_ca", hint=error.hint)}
    return {}
