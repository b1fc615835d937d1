"""The tables of docs/conformance.md, written from the code by `make docs`. Its prose is written by hand."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final

from openworklist import __version__
from openworklist.dicom import mpps, negotiation
from openworklist.dicom.dictionary import find_keyword
from openworklist.dicom.negotiation import Rejection
from openworklist.dicom.sop_classes import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION
from openworklist.dicom.status import Status
from openworklist.dicom.storage_classes import STORAGE_CLASSES
from openworklist.dicom.transfer_syntaxes import TRANSFER_SYNTAXES
from openworklist.domain import options
from openworklist.domain.attributes import ATTRIBUTES, Attribute, Level, Match
from openworklist.domain.charset import CHARSETS
from openworklist.domain.limits import LIMITS
from openworklist.domain.scanner import Scanner
from openworklist.domain.study_attributes import STUDY_ATTRIBUTES
from openworklist.listeners import dicom as port
from openworklist.settings import HELP, NAMES, Settings

_TABLE: Final = re.compile(r"(<!-- table: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)
_SERVICES: Final = {**port._SERVICES, **port._STEP_SERVICES}
_SETTINGS: Final = ("ae_title", "dicom_", "tls_", "time_zone", "host")
_LEVELS: Final = {
    Level.PATIENT: "patient, visit",
    Level.REQUEST: "imaging service request",
    Level.PROCEDURE: "requested procedure",
    Level.STEP: "scheduled procedure step",
}
_MEANINGS: Final[Mapping[Status, str]] = {
    Status.SUCCESS: "done; of C-FIND, all answers were sent",
    Status.PENDING: "an answer, others may follow",
    Status.PENDING_WITH_WARNING: "an answer; a key with a value is not matched on",
    Status.CANCEL: "the question was ended by C-CANCEL",
    Status.OUT_OF_RESOURCES: "the database cannot be read, there are too many answers for this scanner; "
    "C-STORE: the instance cannot be stored just now, as the disk is full or the database fails",
    Status.IDENTIFIER_MISMATCH: "C-FIND names another SOP class than its presentation context; "
    "C-STORE: SOP class or instance of the dataset are not those of the command",
    Status.CANNOT_UNDERSTAND: "C-STORE: the dataset cannot be read, lacks a UID, or is too large",
    Status.UNABLE_TO_PROCESS: "the identifier cannot be read: Offending Element and Error Comment say why",
    Status.INTERNAL_ERROR: "a fault of the server, which its log tells",
    Status.SOP_CLASS_NOT_SUPPORTED: "a command other than C-FIND names another SOP class than its context",
    Status.UNRECOGNIZED_OPERATION: "the SOP class has no such operation",
    Status.NO_SUCH_ATTRIBUTE: "N-SET changes what only N-CREATE says",
    Status.INVALID_ATTRIBUTE_VALUE: "a value that the attribute cannot have",
    Status.ATTRIBUTE_LIST_ERROR: "warning: N-GET asked for attributes that the step does not have",
    Status.PROCESSING_FAILURE: "the dataset cannot be read; with Error ID A501 the step has ended",
    Status.DUPLICATE_INSTANCE: "N-CREATE of a UID that is there",
    Status.NO_SUCH_INSTANCE: "N-SET or N-GET of a UID that is not there",
    Status.INVALID_INSTANCE: "the SOP Instance UID is no UID",
    Status.NO_SUCH_SOP_CLASS: "the SOP class is none that is known",
    Status.CLASS_INSTANCE_CONFLICT: "the instance is of another SOP class",
    Status.MISSING_ATTRIBUTE: "an attribute is not there: Attribute Identifier List names it",
    Status.MISSING_ATTRIBUTE_VALUE: "an attribute has no value: Attribute Identifier List names it",
    Status.RESOURCE_LIMITATION: "the step could not be stored; the scanner may try again",
}
Row = Iterable[str]


def fill(page: str) -> str:
    """The page with its tables as the code has them; KeyError if it wants one that there is not."""
    return _TABLE.sub(lambda found: f"{found[1]}{_TABLES[found[2]]()}{found[3]}", page)


def write(path: Path) -> None:
    path.write_text(fill(path.read_text("utf-8")), "utf-8")


def _make(*columns: str) -> Callable[[Callable[[], Iterator[Row]]], Callable[[], str]]:
    """A table from the rows that a function yields."""

    def decorate(rows: Callable[[], Iterator[Row]]) -> Callable[[], str]:
        def render() -> str:
            return "".join(map(_line, (columns, ("---",) * len(columns), *rows())))

        return render

    return decorate


def _line(cells: Row) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _name(uid: str) -> str:
    from pydicom.uid import UID

    return str(UID(uid).name)


def _syntaxes(uids: Iterable[str]) -> str:
    return ", ".join(f"{_name(uid)} `{uid}`" for uid in sorted(uids))


@_make("SOP class", "UID", "user (SCU)", "provider (SCP)")
def _services() -> Iterator[Row]:
    from openworklist.clients.dicom import _SERVICES as asked

    for uid in sorted({*_SERVICES, *asked}):
        yield _name(uid), f"`{uid}`", _yes(uid in asked), _yes(uid in _SERVICES)


@_make("abstract syntax", "UID", "transfer syntaxes", "role", "extended negotiation")
def _contexts() -> Iterator[Row]:
    for uid, service in _SERVICES.items():
        extended = f"`{service.extended.hex(' ')}`" if service.extended else "none"
        yield _name(uid), f"`{uid}`", _syntaxes(service.transfer_syntaxes), "SCP", extended


@_make("what", "value")
def _identity() -> Iterator[Row]:
    yield "product", f"OpenWorklist {__version__}"
    yield "Implementation Class UID", f"`{IMPLEMENTATION_CLASS_UID}`"
    yield "Implementation Version Name", f"`{IMPLEMENTATION_VERSION}`"


@_make("result", "source", "reason", "when")
def _rejections() -> Iterator[Row]:
    known = (*vars(negotiation).values(), *vars(port).values())
    found = {each for each in known if isinstance(each, Rejection)}
    for each in sorted(
        found, key=lambda each: (each.pdu.result, each.pdu.source, each.pdu.reason, each.reason)
    ):
        yield str(each.pdu.result), str(each.pdu.source), str(each.pdu.reason), each.reason


@_make("status", "meaning")
def _statuses() -> Iterator[Row]:
    for status in sorted(Status):
        yield f"{status:04X}", _MEANINGS.get(status, status.name.lower().replace("_", " "))


@_make("attribute", "tag", "VR", "matching", "return type", "level")
def _keys() -> Iterator[Row]:
    for attribute in ATTRIBUTES:
        if attribute.tag and attribute.match is not Match.NONE:
            yield from _rows(attribute, "")


def _rows(attribute: Attribute, prefix: str) -> Iterator[Row]:
    match = f"**{attribute.match}**" if attribute.required else str(attribute.match)
    level = "" if prefix else _LEVELS[attribute.level]
    yield prefix + attribute.keyword, attribute.tag_text, attribute.vr, match, attribute.type, level
    for item in attribute.items:
        yield from _rows(item, f"{prefix}> ")


@_make("attribute", "tag", "VR", "N-CREATE", "N-SET")
def _performed() -> Iterator[Row]:
    for rule in mpps.RULES:
        yield from _performed_rows(rule, "", is_fixed=rule.is_fixed)


def _performed_rows(rule: mpps.Rule, prefix: str, *, is_fixed: bool) -> Iterator[Row]:
    tag = f"({rule.tag >> 16:04X},{rule.tag & 0xFFFF:04X})"
    # What an item must say does not depend on who brings it.
    changed = str(rule.create) if prefix else "3"
    yield f"{prefix}{_keyword(rule.tag)}", tag, rule.vr, str(rule.create), "-" if is_fixed else changed
    for item in rule.items:
        yield from _performed_rows(item, f"{prefix}> ", is_fixed=is_fixed)


def _keyword(tag: int) -> str:
    from pydicom.datadict import keyword_for_tag

    return str(keyword_for_tag(tag))


@_make("SOP class", "UID")
def _storage() -> Iterator[Row]:
    for uid, name in STORAGE_CLASSES.items():
        yield name, f"`{uid}`"


@_make("transfer syntax", "UID")
def _stored_syntaxes() -> Iterator[Row]:
    for uid, name in TRANSFER_SYNTAXES.items():
        yield name, f"`{uid}`"


@_make("set", "alone", "with code extensions")
def _charsets() -> Iterator[Row]:
    for each in CHARSETS:
        if each.dicom or each.dicom_extension:
            yield each.name, *(f"`{term}`" if term else "" for term in (each.dicom, each.dicom_extension))


@_make("setting", "default", "what it is")
def _settings() -> Iterator[Row]:
    defaults = Settings()
    for name in NAMES:
        if name.startswith(_SETTINGS):
            yield f"`{name}`", _show(getattr(defaults, name)), HELP[name]


@_make("option", "default", "what it is")
def _options() -> Iterator[Row]:
    own = {each.name for each in fields(Scanner)} | {"unknown_scanners"}
    defaults = options.Options()
    for name in options.NAMES:
        if name in own or name.startswith(("storage", "viewer")):
            yield f"`{name}`", _show(getattr(defaults, name)), options.HELP[name]


@_make("VR", "most characters")
def _limits() -> Iterator[Row]:
    for vr, limit in LIMITS.items():
        yield vr, f"{limit} in each component group" if vr == "PN" else str(limit)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _show(value: object) -> str:
    if isinstance(value, bool):
        return _yes(value)
    return "" if value == "" else f"`{value}`"


@_make("attribute", "tag", "VR", "level")
def _index() -> Iterator[Row]:
    for each in STUDY_ATTRIBUTES:
        yield (
            find_keyword(each.tag),
            f"({each.tag >> 16:04X},{each.tag & 0xFFFF:04X})",
            each.vr,
            each.level.name.lower(),
        )


_TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "identity": _identity,
    "services": _services,
    "presentation contexts": _contexts,
    "rejections": _rejections,
    "status codes": _statuses,
    "keys": _keys,
    "performed steps": _performed,
    "storage": _storage,
    "stored transfer syntaxes": _stored_syntaxes,
    "character sets": _charsets,
    "settings": _settings,
    "options": _options,
    "value lengths": _limits,
    "index": _index,
}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
