"""Another worklist as a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from openworklist.domain.errors import SettingsError
from openworklist.domain.node import SavedNode, Vanished, from_document
from openworklist.domain.repertoire import TERMS
from openworklist.ui.forms.fields import Field, Group, Kind, all_fields, find_errors, read, write
from openworklist.ui.forms.tls import TLS, check_tls, read_tls, write_tls
from openworklist.ui.language import mark

NAME: Final = Field("name", mark("Name"), hint=mark("as it is called here"), is_required=True)
ADDRESS: Final = (
    Field("ae_title", mark("AE title"), hint=mark("of the worklist"), is_required=True),
    Field("host", mark("Address"), hint=mark("host name or IP address"), is_required=True),
    Field("port", mark("Port"), Kind.NUMBER, is_required=True),
    Field("calling", mark("Our AE title"), hint=mark("under which it knows this server"), is_required=True),
)
_CHARSETS: Final = TERMS
GROUPS: Final = (
    Group(mark("Where it is"), (NAME, *ADDRESS)),
    TLS,
    Group(
        mark("Schedule"),
        (
            Field(
                "interval",
                mark("Seconds between two questions"),
                Kind.NUMBER,
                mark("0: only when asked by hand"),
            ),
            Field("days_before", mark("Days before today"), Kind.NUMBER),
            Field("days_after", mark("Days after today"), Kind.NUMBER),
            Field("station", mark("Only for the station"), term="ScheduledStationAETitle"),
            Field("modality", mark("Only of the modality"), term="Modality"),
            Field("limit", mark("Most answers"), Kind.NUMBER),
            Field(
                "vanished",
                mark("Records whose entries are gone"),
                Kind.CHOICE,
                choices=(
                    (Vanished.KEEP.value, mark("Kept")),
                    (Vanished.CANCEL.value, mark("Cancelled")),
                    (Vanished.DELETE.value, mark("Deleted")),
                ),
            ),
        ),
    ),
    Group(
        mark("How it is asked"),
        (
            Field(
                "charset",
                mark("Character set of questions"),
                hint=mark("empty: the smallest"),
                suggestions=_CHARSETS,
            ),
            Field(
                "assumed_charset",
                mark("Character set of answers that name none"),
                hint=mark("empty: UTF-8, else Latin 1"),
                suggestions=_CHARSETS,
            ),
            Field("connect_timeout", mark("Seconds for a connection"), Kind.NUMBER),
            Field("timeout", mark("Seconds for an answer"), Kind.NUMBER),
            Field("total_timeout", mark("Seconds for a question in all"), Kind.NUMBER),
        ),
    ),
)
FIELDS: Final = {each.name: each for each in all_fields(GROUPS)}
_OWN: Final = [each.name for each in fields(SavedNode) if each.name in FIELDS]
_GOOD: Final[Mapping[str, Any]] = {"host": "localhost", "port": 1}
DEFAULT: Final = SavedNode("", "", 0)


def write_node(node: SavedNode) -> dict[str, str]:
    """What stands in each field."""
    values = {name: write(FIELDS[name], getattr(node, name)) for name in _OWN}
    values["port"] = values["port"] if node.port else ""
    return values | write_tls(node.tls)


def read_node(texts: Mapping[str, str]) -> tuple[SavedNode | None, dict[str, SettingsError]]:
    """The node, or what is wrong with it by field. What is left empty is as by default."""
    values = {name: read(FIELDS[name], texts.get(name, "")) for name in _OWN}
    values = {
        name: value for name, value in values.items() if value not in ("", None) or name in ("name", *_GOOD)
    }
    name = values.pop("name")
    tls = read_tls(texts)
    errors = find_errors(values, lambda key, value: from_document("name", {**_GOOD, key: value}))
    errors |= find_errors({"name": name}, lambda _, value: from_document(value, dict(_GOOD)))
    errors |= check_tls(tls)
    try:
        document = {**values, "tls": write_document(tls)} if tls else values
        return (None if errors else from_document(name, document)), errors
    except SettingsError as error:
        return None, {error.where: error}


def write_document(tls: Any) -> dict[str, str]:
    return {"ca": tls.ca, "certificate": tls.certificate, "key": tls.key, "server_name": tls.server_name}
