"""`openworklist explain`: what a mapping profile makes of messages, and where each value comes from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, takes_settings
from openworklist.cli.mapping import read_document

if TYPE_CHECKING:
    from openworklist.domain.charset import Charset
    from openworklist.hl7.explain import Explained, ExplainedOrder, Explanation, Look, Notice
    from openworklist.services.configuration import Configuration
    from openworklist.services.explanation import Choose, ExplainedMessage
    from openworklist.settings import Loaded
else:
    Loaded = Any

_LONGEST = 60  # letters of a value in a table


@takes_settings("data", "database", "default_charset", "time_zone")
def explain(
    loaded: Loaded,
    file: Annotated[Path | None, typer.Argument(help="File with HL7 messages; - is stdin.")] = None,
    number: Annotated[int, typer.Option("--message", min=0, help="A message of the journal instead.")] = 0,
    profile: Annotated[
        str, typer.Option(metavar="NAME|FILE.json", help="A mapping or a file; else that of the sender.")
    ] = "",
    letters: Annotated[
        str, typer.Option(metavar="SET", help="Tell letters that this set lacks, like 'ISO_IR 100'.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Every rule, also of what the message lacks.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a mapping makes of the orders in a file, where each value is from, and what was odd.

    Nothing is stored. Exit 1 if a message cannot be read.
    """
    from openworklist.services.explanation import explain_messages

    if (file is None) == (number == 0):
        raise typer.BadParameter("name a file, or a message of the journal by --message")
    found = explain_messages(
        _read_journal(loaded, number) if file is None else _read(file),
        _find_choice(loaded, profile),
        default_charset=loaded.settings.default_charset,
        zone=loaded.settings.zone(),
        charset=_find_charset(letters),
    )
    if as_json:
        print_json([to_json(each) for each in found])
    else:
        for each in found:
            print_explanation(each, every=every)
    if any(each.error for each in found):
        raise typer.Exit(1)


def _find_choice(loaded: Loaded, text: str) -> Choose:
    """The profile of that name or file for every message; of "" that of each message's sender."""
    from openworklist.hl7.profile_json import from_json
    from openworklist.services.explanation import choose_as_served

    if text.endswith(".json"):
        given = from_json(read_document(Path(text)))
        return lambda message: given
    configuration = _find_configuration(loaded)
    if not text:
        return choose_as_served(configuration)
    named = configuration.get_profile(text)
    return lambda message: named


def _find_configuration(loaded: Loaded) -> Configuration:
    """What is set up in the database of these settings; the defaults if there is none yet."""
    from openworklist.app.doors import open_store
    from openworklist.services.configuration import Configuration
    from openworklist.services.configurations import Configurations

    if not loaded.settings.database and not Path(loaded.settings.data).exists():
        return Configuration()
    with open_store(loaded.settings) as database:
        return Configurations(database).current()


def _read_journal(loaded: Loaded, number: int) -> bytes:
    from openworklist.app.doors import open_store
    from openworklist.services.journal import Journal

    with open_store(loaded.settings) as database:
        return Journal(database).get(number).message.raw


def _read(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _find_charset(name: str) -> Charset | None:
    from openworklist.domain.charset import from_dicom, from_hl7

    if not name:
        return None
    found = from_dicom(name) or from_hl7(name)
    if found is None:
        raise typer.BadParameter(f"{name!r} is no character set, like 'ISO_IR 100' or 8859/1")
    return found


def print_explanation(message: ExplainedMessage, *, every: bool = False) -> None:
    """Tell it to a person; `every` shows the rules too that found nothing."""
    print(" ".join(filter(None, (f"message {message.number}:", message.type, message.control_id))))
    for warning in message.warnings:
        print(f"warning: {warning}")
    if message.error is not None:
        print(f"error: {message.error}\n")
    elif message.explanation is not None:
        _print_orders(message.explanation, every)


def _print_orders(explanation: Explanation, every: bool) -> None:
    chosen = f"profile {explanation.profile}"
    if explanation.variant:
        chosen += f", {explanation.variant} because of {' and '.join(explanation.reason)}"
    print(chosen)
    if not explanation.orders:
        print("There is no order in it.")
    for number, order in enumerate(explanation.orders, 1):
        codes = " ".join(filter(None, (order.order.control, order.order.status_code)))
        print(f"\norder {number} of {len(explanation.orders)} {codes}".rstrip())
        rows = [_to_row(each) for each in order.attributes if every or _is_told(each)]
        print_table(("attribute", "value", "from", "passed over"), rows)
        _print_notices(order)
    print()


def _is_told(explained: Explained) -> bool:
    return bool(explained.origin) or any(look.held for look in explained.looks)


def _to_row(explained: Explained) -> tuple[str, ...]:
    value = '""' if explained.is_deleted else _show(explained.value)
    return explained.attribute.label, value, explained.origin, "; ".join(_pass_over(explained.looks))


def _pass_over(looks: Iterable[Look]) -> Iterator[str]:
    """The places that were looked at before the value was found, or in vain."""
    for look in looks:
        if look.outcome == "refused" or look.outcome == "empty":
            held = f" {_cut(look.held)!r}" if look.held else ""
            yield f"{look.place}{held} {look.reason}"


def _print_notices(order: ExplainedOrder) -> None:
    for notice in order.notices:
        if notice.is_serious:
            print(f"warning: {_tell(notice)}")
    quiet = [notice for notice in order.notices if not notice.is_serious]
    for kind in dict.fromkeys(notice.kind for notice in quiet):
        labels = ", ".join(_label(notice) for notice in quiet if notice.kind == kind)
        print(f"{kind}: {labels}")


def _tell(notice: Notice) -> str:
    place = f" [{notice.where}]" if notice.where else ""
    label = _label(notice)
    if label and notice.sentence[0].isupper():
        label += ":"
    return f"{label} {notice.sentence}{place}".lstrip()


def _label(notice: Notice) -> str:
    from openworklist.domain.extra import find_attribute

    attribute = find_attribute(notice.name) if notice.name else None
    return attribute.label if attribute else notice.name


def _show(value: Any) -> str:
    if isinstance(value, str):
        return _cut(value)
    return "; ".join(", ".join(f"{name}={_show(part)}" for name, part in item.items()) for item in value)


def _cut(text: str) -> str:
    from openworklist.services.shown_text import show, to_plain

    return to_plain(show(text, _LONGEST))


def to_json(message: ExplainedMessage) -> dict[str, Any]:
    """What a script wants to know of it: everything."""
    told: dict[str, Any] = {
        "number": message.number,
        "type": message.type,
        "control_id": message.control_id,
        "warnings": list(message.warnings),
        "error": str(message.error) if message.error else "",
    }
    explanation = message.explanation
    if explanation is not None:
        told |= {
            "profile": explanation.profile,
            "variant": explanation.variant,
            "reason": list(explanation.reason),
            "orders": [_order_to_json(each) for each in explanation.orders],
        }
    return told


def _order_to_json(explained: ExplainedOrder) -> dict[str, Any]:
    return {
        "control": explained.order.control,
        "status_code": explained.order.status_code,
        "attributes": {
            each.attribute.name: {
                "value": each.value,
                "from": each.origin,
                "is_deleted": each.is_deleted,
                "looks": [_look_to_json(look) for look in each.looks],
            }
            for each in explained.attributes
        },
        "warnings": [
            {
                "kind": notice.kind,
                "attribute": notice.name,
                "where": notice.where,
                "sentence": notice.sentence,
                "is_serious": notice.is_serious,
            }
            for notice in explained.notices
        ],
    }


def _look_to_json(look: Look) -> dict[str, Any]:
    return {
        "source": str(look.source),
        "place": look.place,
        "held": look.held,
        "outcome": look.outcome.value,
        "reason": look.reason,
    }
