"""A system that wants to hear what became of its orders: where to, as which message, of whose orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal, get_args

from openworklist.domain.destination import Destination, Tls
from openworklist.domain.documents import check_keys, read_texts, wrong

Message = Literal["ORM", "OMG"]
_MESSAGES: Final[tuple[str, ...]] = get_args(Message)
_KEYS: Final = ("host", "port", "tls", "message", "profile", "senders")
_TLS_KEYS: Final = ("ca", "certificate", "key", "server_name")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """MSH-5 and MSH-6 of its messages. `profile` places the values, "" is the site's default.

    `senders` are the systems of whose orders it hears, APPLICATION|FACILITY with `*` for any letters; without
    any it hears of all.
    """

    application: str
    facility: str
    destination: Destination
    message: Message = "ORM"
    profile: str = ""
    senders: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.application}|{self.facility}"

    def hears_of(self, senders: Iterable[str]) -> bool:
        """Whether it wants to hear of a record by these senders."""
        patterns = [each.replace("[", "[[]").replace("?", "[?]") for each in self.senders]
        return not patterns or any(fnmatchcase(each, pattern) for each in senders for pattern in patterns)


def to_document(subscriber: Subscriber) -> dict[str, object]:
    """All of it but its name, as plain JSON."""
    destination = subscriber.destination
    document: dict[str, object] = {
        "host": destination.host,
        "port": destination.port,
        "message": subscriber.message,
        "profile": subscriber.profile,
        "senders": list(subscriber.senders),
    }
    return document | ({"tls": asdict(destination.tls)} if destination.tls else {})


def from_document(name: str, document: object) -> Subscriber:
    """SettingsError, with the place, if it is none."""
    where = f"notify '{name}'"
    found = check_keys(document, _KEYS, where)
    application, bar, facility = name.partition("|")
    if not bar or not application or not name.isprintable():
        raise wrong(where, "is no receiver", "write it APPLICATION|FACILITY")
    host, port, message = found.get("host"), found.get("port"), found.get("message", "ORM")
    if not isinstance(host, str) or not host:
        raise wrong(f"{where}.host", "is no host")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:
        raise wrong(f"{where}.port", "is no port")
    if message not in _MESSAGES:
        raise wrong(f"{where}.message", f"is none of {', '.join(_MESSAGES)}")
    return Subscriber(
        application,
        facility,
        Destination(host, port, _to_tls(found.get("tls"), f"{where}.tls")),
        "OMG" if message == "OMG" else "ORM",
        _read_text(found.get("profile", ""), f"{where}.profile"),
        read_texts(found["senders"], f"{where}.senders") if found.get("senders") else (),
    )


def _to_tls(document: object, where: str) -> Tls | None:
    if document is None:
        return None
    found = check_keys(document, _TLS_KEYS, where)
    return Tls(**{name: _read_text(text, f"{where}.{name}") for name, text in found.items()})


def _read_text(found: object, where: str) -> str:
    if not isinstance(found, str):
        raise wrong(where, "is no text")
    return found
