"""Another worklist that is asked: where it is, how it is asked, and what becomes of its entries here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from openworklist.domain.ae_title import is_ae_title
from openworklist.domain.charset import from_dicom
from openworklist.domain.destination import Tls
from openworklist.domain.errors import SettingsError
from openworklist.domain.query import START_DATE
from openworklist.domain.repertoire import parse_repertoire

_LONGEST_NAME: Final = 64
_LEAST_INTERVAL: Final = 10  # seconds: a worklist serves scanners first
_MOST_SECONDS: Final = 86_400
_MOST_DAYS: Final = 3_650
_MOST_ANSWERS: Final = 100_000


class Vanished(StrEnum):
    """What becomes of a record whose entry the node does not have any more."""

    KEEP = "keep"
    CANCEL = "cancel"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class SavedNode:
    """A node by its name. Times are in seconds; an `interval` of 0 asks it only when somebody wants to.

    `charset` is the term of the set that questions are written in, "" the smallest that holds the keys;
    `assumed_charset` that of answers that name none. Scheduled questions are for the days from `days_before`
    today to `days_after`, for a `station` and a `modality` if they are named, and take `limit` answers.
    """

    name: str
    host: str
    port: int
    ae_title: str = "OPENWORKLIST"
    calling: str = "OPENWORKLIST"
    timeout: float = 30
    connect_timeout: float = 10
    total_timeout: float = 300
    charset: str = ""
    assumed_charset: str = ""
    tls: Tls | None = None
    interval: float = 0
    days_before: int = 0
    days_after: int = 1
    station: str = ""
    modality: str = ""
    limit: int = 20_000
    vanished: Vanished = Vanished.KEEP

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def make_keys(self, today: date) -> dict[str, str]:
        """What a scheduled question asks for."""
        first, last = self.find_days(today)
        return {
            START_DATE: f"{first}-{last}",
            "scheduled_station_ae_title": self.station,
            "modality": self.modality,
        }

    def find_days(self, today: date) -> tuple[str, str]:
        """The first and the last day of a scheduled question."""
        first, last = today - timedelta(self.days_before), today + timedelta(self.days_after)
        return f"{first:%Y%m%d}", f"{last:%Y%m%d}"


def name_unsaved(ae_title: str, address: str) -> str:
    """What a node is called that is asked once without being saved: a name that no saved one can have."""
    return f"{ae_title}@{address}"


def to_document(node: SavedNode) -> dict[str, Any]:
    document = asdict(node)
    del document["name"]
    if node.tls is None:
        del document["tls"]
    return {**document, "vanished": node.vanished.value}


def from_document(name: str, document: Any) -> SavedNode:
    """SettingsError names what is wrong with it."""
    known = [each.name for each in fields(SavedNode) if each.name != "name"]
    if not isinstance(document, dict):
        raise _wrong(name, "is no object")
    if unknown := sorted(map(str, document.keys() - set(known))):
        raise _wrong(unknown[0], "is not known", f"a node has {', '.join(known)}")
    if missing := {"host", "port"} - document.keys():
        raise _wrong(min(missing), "is missing")
    values = {**document, "vanished": _read_vanished(document.get("vanished", Vanished.KEEP.value))}
    if "tls" in document:
        values["tls"] = _read_tls(document["tls"])
    node = SavedNode(name, **values)
    check(node)
    return node


def check(node: SavedNode) -> None:
    """SettingsError names what no node can be."""
    for name, problem in _CHECKS.items():
        if found := problem(getattr(node, name)):
            raise _wrong(name, found)
    if node.total_timeout and node.total_timeout < node.timeout:
        raise _wrong("total_timeout", "is shorter than timeout")


def _read_vanished(text: object) -> Vanished:
    try:
        return Vanished(str(text))
    except ValueError:
        raise _wrong("vanished", f"is none of: {', '.join(Vanished)}") from None


def _read_tls(found: object) -> Tls | None:
    if found is None:
        return None
    known = {each.name for each in fields(Tls)}
    is_good = isinstance(found, dict) and not found.keys() - known
    if (
        not is_good
        or not isinstance(found, dict)
        or not all(isinstance(each, str) for each in found.values())
    ):
        raise _wrong("tls", "is no object of texts", f"it has {', '.join(sorted(known))}")
    return Tls(**found)


def _wrong(where: str, problem: str, hint: str = "") -> SettingsError:
    return SettingsError(f"{where} {problem}.", where=where, hint=hint, code="node.invalid")


def _check_name(value: object) -> str:
    if value == "":
        return "is missing"
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        return "is no name"
    is_good = len(value) <= _LONGEST_NAME and value.isprintable() and not set(value) & set(":|@/\\")
    return "" if is_good else f"has more than {_LONGEST_NAME} letters, or one of : | @ / \\"


def _check_host(value: object) -> str:
    if value == "":
        return "is missing"
    is_good = isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable() and " " not in value
    return "" if is_good else "is no host"


def _check_title(value: object) -> str:
    return is_ae_title(value) if isinstance(value, str) else "is no AE title"


def _check_repertoire(value: object) -> str:
    if not isinstance(value, str):
        return "is no text"
    try:
        parse_repertoire(value)
    except SettingsError as error:
        return f"is no character set to ask in ({error.sentence.rstrip('.')})"
    return ""


def _check_charset(value: object) -> str:
    is_good = isinstance(value, str) and all(from_dicom(term) is not None for term in value.split("\\"))
    return "" if is_good else "is no defined term of (0008,0005), like ISO_IR 192"


def _between(
    least: float, most: float, *, or_zero: bool = False, whole: bool = False
) -> Callable[[object], str]:
    def check(value: object) -> str:
        is_number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if (
            isinstance(value, int | float)
            and is_number
            and (least <= value <= most or (or_zero and value == 0))
        ):
            return ""
        what = "a whole number" if whole else "a number"
        return f"is not {what} from {least:g} to {most:g}{', or 0' if or_zero else ''}"

    return check


def _key(longest: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        is_good = isinstance(value, str) and len(value) <= longest and value.isascii() and value.isprintable()
        return "" if is_good and isinstance(value, str) and "\\" not in value else "cannot be asked for"

    return check


_CHECKS: Final[dict[str, Callable[[object], str]]] = {
    "name": _check_name,
    "host": _check_host,
    "port": _between(1, 65_535, whole=True),
    "ae_title": _check_title,
    "calling": _check_title,
    "timeout": _between(0.1, _MOST_SECONDS),
    "connect_timeout": _between(0.1, _MOST_SECONDS),
    "total_timeout": _between(1, _MOST_SECONDS),
    "charset": _check_repertoire,
    "assumed_charset": _check_charset,
    "interval": _between(_LEAST_INTERVAL, 31 * 86_400, or_zero=True),
    "days_before": _between(0, _MOST_DAYS, whole=True),
    "days_after": _between(0, _MOST_DAYS, whole=True),
    "station": _key(16),
    "modality": _key(16),
    "limit": _between(1, _MOST_ANSWERS, whole=True),
}
