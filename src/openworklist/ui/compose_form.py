"""The form of a message to be sent: what was typed, what is wrong with it, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final

from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.options import Options
from openworklist.services.composition import Addresses, Remark, address, check, encode_as_is
from openworklist.services.sending import Known, Letter
from openworklist.ui.hl7_view import View, make_view

_HIGHEST_PORT: Final = 65_535
_NAMES: Final = ("host", "port", "application", "facility", "text", "ca", "server_name", "profile")
_TICKS: Final = ("as_is", "tls")


@dataclass(frozen=True, slots=True)
class ComposeForm:
    """`application` and `facility` are MSH-5 and MSH-6; `errors` are sentences by field."""

    host: str = ""
    port: str = ""
    application: str = ""
    facility: str = ""
    text: str = ""
    ca: str = ""
    server_name: str = ""
    profile: str = ""
    as_is: bool = False
    tls: bool = False
    records: tuple[int, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # of the file that was loaded

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is odd about the text; nothing of one that is not there yet."""
        return check(self.text) if self.text.strip() else ()

    @property
    def view(self) -> View | None:
        """The text as its receiver reads it."""
        return make_view(self.text.replace("\r\n", "\r").replace("\n", "\r")) if self.text.strip() else None

    @property
    def destination(self) -> Destination:
        """Where it goes; only to be asked of a form without errors."""
        tls = Tls(ca=self.ca, server_name=self.server_name) if self.tls else None
        return Destination(self.host, int(self.port), tls)

    def to_letter(self, options: Options, *, control_id: str, now: int, zone: tzinfo | None) -> Letter:
        """The message as it goes out; MessageError or CharsetError if it cannot."""
        record = self.records[0] if self.records else None
        if self.as_is:
            return Letter(encode_as_is(self.text), record, is_as_it_is=True)
        addresses = Addresses(
            options.sending_application, options.sending_facility, self.application, self.facility
        )
        return Letter(address(self.text, addresses, control_id=control_id, now=now, zone=zone), record)

    def fill(self, known: Known) -> ComposeForm:
        """The same message, to somebody who got one before."""
        tls = known.destination.tls
        return replace(
            self,
            host=known.destination.host,
            port=str(known.destination.port),
            application=known.application,
            facility=known.facility,
            tls=tls is not None,
            ca=tls.ca if tls else "",
            server_name=tls.server_name if tls else "",
            errors={},
        )

    def refuse(self, where: str, sentence: str) -> ComposeForm:
        """The form with one error more."""
        return replace(self, errors={**self.errors, where: sentence})


def read_compose_form(given: Mapping[str, str], records: tuple[int, ...] = ()) -> ComposeForm:
    """What was typed, unchanged but for blanks around it."""
    texts = {name: given.get(name, "").strip() for name in _NAMES if name != "text"}
    ticks = {name: bool(given.get(name)) for name in _TICKS}
    return ComposeForm(**texts, text=given.get("text", ""), **ticks, records=records)  # type: ignore[arg-type]


def check_destination(form: ComposeForm) -> ComposeForm:
    """The form with what is wrong with its destination."""
    if not form.host:
        form = form.refuse("host", "Name the host that gets the message.")
    elif any(letter.isspace() or letter in "/\\@" for letter in form.host):
        form = form.refuse("host", "A host is a name or an address, without blanks and slashes.")
    if not (form.port.isascii() and form.port.isdecimal() and 0 < int(form.port[:6]) <= _HIGHEST_PORT):
        form = form.refuse("port", "A port is a number from 1 to 65535.")
    return form


def tell_error(error: OpenWorklistError) -> str:
    """An error in one sentence, with its place and the way out."""
    place = f" [{error.where}]" if error.where else ""
    return f"{error.sentence}{place}{f' — {error.hint}' if error.hint else ''}"
