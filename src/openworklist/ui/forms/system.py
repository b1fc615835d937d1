"""What counts for a system that sends, and what counts for one that is told, as forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from openworklist.domain.errors import SettingsError
from openworklist.domain.subscriber import Subscriber
from openworklist.domain.subscriber import from_document as to_subscriber
from openworklist.domain.subscriber import to_document as from_subscriber
from openworklist.domain.system import System
from openworklist.domain.system import from_document as to_system
from openworklist.hl7.profile import PRESETS
from openworklist.services.configuration import Configuration
from openworklist.ui.forms.fields import (
    YES_NO,
    Field,
    Group,
    Kind,
    find_errors,
    read,
    write,
)
from openworklist.ui.forms.node import write_document
from openworklist.ui.forms.tls import TLS, check_tls, read_tls, write_tls
from openworklist.ui.language import mark

_APPLICATION: Final = Field(
    "application", mark("Application"), hint=mark("* stands for any letters"), term="MSH-3", is_required=True
)
_FACILITY: Final = Field("facility", mark("Facility"), hint=mark("* stands for any letters"), term="MSH-4")
_BY_TYPE: Final = Field(
    "profiles",
    mark("Mappings by message type"),
    Kind.LINES,
    mark("one on each line, like OMI = ihe; they count before the one above"),
    term="MSH-9",
)
_ACKNOWLEDGE: Final = Field("acknowledge", mark("It gets acknowledgements"), Kind.SWITCH, choices=YES_NO)
_CHARSET: Final = Field(
    "charset", mark("Character set of messages that name none"), hint=mark("like 8859/1"), term="MSH-18"
)
_RECEIVER: Final = (
    Field("application", mark("Application"), term="MSH-5", is_required=True),
    Field("facility", mark("Facility"), term="MSH-6"),
    Field("host", mark("Address"), hint=mark("host name or IP address"), is_required=True),
    Field("port", mark("Port"), Kind.NUMBER, is_required=True),
)
_MESSAGE: Final = Field(
    "message",
    mark("Message"),
    Kind.CHOICE,
    choices=(("ORM", "ORM^O01"), ("OMG", "OMG^O19")),
    term="MSH-9",
)
_SENDERS: Final = Field(
    "senders",
    mark("Only of orders by these systems"),
    Kind.LINES,
    mark("APPLICATION|FACILITY, one on each line, * for any letters; empty: all"),
)


def _choose_profile(configuration: Configuration) -> Field:
    names = sorted({*PRESETS, *configuration.profiles})
    return Field("profile", mark("Mapping"), Kind.CHOICE, choices=tuple((name, name) for name in names))


def make_system_groups(configuration: Configuration) -> tuple[Group, ...]:
    fields = (_choose_profile(configuration), _BY_TYPE, _ACKNOWLEDGE, _CHARSET)
    return (Group(mark("The system"), (_APPLICATION, _FACILITY)), Group(mark("Its messages"), fields))


def find_system_defaults(configuration: Configuration) -> dict[str, str]:
    """What the site has decided, by field; English labels where there are some."""
    options = configuration.options
    return {
        "profile": options.default_profile,
        "acknowledge": mark("Yes") if options.acknowledge else mark("No"),
        "charset": options.default_charset,
    }


def write_system(system: System) -> dict[str, str]:
    """What stands in each field."""
    by_type = "\n".join(f"{kind} = {profile}" for kind, profile in sorted(system.profiles.items()))
    return {
        "application": system.application,
        "facility": system.facility,
        "profile": system.profile,
        "profiles": by_type,
        "acknowledge": write(_ACKNOWLEDGE, system.acknowledge),
        "charset": system.charset,
    }


def read_system(texts: Mapping[str, str]) -> tuple[System, dict[str, SettingsError]]:
    """The system, decided about, and what is wrong with it by field."""
    system = System(
        texts.get("application", "").strip(),
        texts.get("facility", "").strip(),
        profile=texts.get("profile", ""),
        acknowledge=read(_ACKNOWLEDGE, texts.get("acknowledge", "")),
        charset=texts.get("charset", "").strip(),
        is_confirmed=True,
    )
    errors = find_errors({"charset": system.charset}, lambda name, value: to_system("A|B", {name: value}))
    if not system.application and not system.facility:
        errors["application"] = SettingsError(
            "A system has an application or a facility.", where="application"
        )
    by_type = {}
    for line in read(_BY_TYPE, texts.get("profiles", "")):
        kind, equals, profile = (part.strip() for part in line.partition("="))
        if not equals or not kind or not profile:
            errors["profiles"] = SettingsError(
                f"{line!r} is not TYPE = MAPPING, like OMI = ihe.", where="profiles"
            )
        by_type[kind.upper()] = profile
    return replace(system, profiles=by_type), errors


def make_subscriber_groups(configuration: Configuration) -> tuple[Group, ...]:
    fields = (_MESSAGE, _choose_profile(configuration), _SENDERS)
    return (Group(mark("Who is told"), _RECEIVER), Group(mark("What it is told"), fields), TLS)


def write_subscriber(subscriber: Subscriber | None) -> dict[str, str]:
    """What stands in each field; None for one that is to be."""
    if subscriber is None:
        names = ("application", "facility", "host", "port", "profile", "senders")
        return {"message": "ORM", **dict.fromkeys(names, ""), **write_tls(None)}
    document = from_subscriber(subscriber)
    return {
        "application": subscriber.application,
        "facility": subscriber.facility,
        **{name: str(document[name]) for name in ("host", "port", "message", "profile")},
        "senders": write(_SENDERS, subscriber.senders),
        **write_tls(subscriber.destination.tls),
    }


def read_subscriber(texts: Mapping[str, str]) -> tuple[Subscriber | None, dict[str, SettingsError]]:
    """The system that is told, or what is wrong with it by field."""
    name = f"{texts.get('application', '').strip()}|{texts.get('facility', '').strip()}"
    values: dict[str, Any] = {
        "host": texts.get("host", "").strip(),
        "port": read(_RECEIVER[3], texts.get("port", "")),
        "message": texts.get("message", ""),
        "profile": texts.get("profile", ""),
        "senders": list(read(_SENDERS, texts.get("senders", ""))),
    }
    good = {"host": "localhost", "port": 1}
    errors = find_errors(values, lambda key, value: to_subscriber("A|B", {**good, key: value}))
    errors |= find_errors({"application": name}, lambda _, value: to_subscriber(value, good))
    tls = read_tls(texts)
    errors |= check_tls(tls)
    document = values | ({"tls": write_document(tls)} if tls else {})
    return (None if errors else to_subscriber(name, document)), errors


NO_SYSTEM: Final = System("", "")
