"""What arrived, read as far as it can be: everything about a message that needs no database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from hashlib import blake2b
from pathlib import Path
from traceback import extract_tb
from typing import Final

from openworklist.dicom.entry_document import Document, read_document, to_order
from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.domain.order import Order
from openworklist.domain.patient import PatientChange
from openworklist.domain.shortcoming import find_long_identifiers
from openworklist.hl7.ack import NO_HEADER, Header, header_of, read_header
from openworklist.hl7.charset import decode
from openworklist.hl7.contents import Contents, read_contents
from openworklist.hl7.delimiters import STANDARD
from openworklist.hl7.events import Kind, find_event
from openworklist.hl7.long_identifiers import check_lengths, refuse
from openworklist.hl7.message import check_complete, check_single, parse
from openworklist.hl7.modes import check as check_modes
from openworklist.hl7.processing import check as check_processing
from openworklist.hl7.undecodable import check_identifiers
from openworklist.services.configuration import Configuration

log = logging.getLogger(__name__)

MLLP: Final = "mllp"
WORKLIST: Final = "worklist"  # an entry of another worklist
QUESTION: Final = "C-FIND"  # its message type
_HEAD: Final = 8192
_NOT_REAL: Final = frozenset("TDN")  # of MSH-11, HL7 table 0103
_NONE: Final[frozenset[str]] = frozenset()
_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b"\r\n\t "


@dataclass(frozen=True, slots=True)
class Source:
    """Where a message came from: the way it took, and the peer's address or a file's name."""

    channel: str
    peer: str = ""

    @property
    def is_line(self) -> bool:
        """Whether a peer waits at its other end, and is answered as its message asks."""
        return self.channel == MLLP

    @property
    def is_worklist(self) -> bool:
        """Whether it was answered to a question of ours, so that nobody waits for what we say to it."""
        return self.channel == WORKLIST


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that arrived: `error` says why it cannot be used, `ignored` why it need not be."""

    raw: bytes
    source: Source
    received_at: int  # microseconds since 1970, UTC
    header: Header
    digest: bytes  # of the raw bytes; together with sender and control ID it tells a repetition
    orders: tuple[Order, ...] = ()
    patients: tuple[PatientChange, ...] = ()
    error: OpenWorklistError | None = None
    ignored: str = ""
    warnings: tuple[str, ...] = field(default=())
    is_sender_new: bool = False  # nothing is known of its sender yet
    refuses_unknown: bool = False  # a cancel or change of an order that is not here is an error

    def __post_init__(self) -> None:
        if self.error is not None:
            self.error.to_value()

    @property
    def application(self) -> str:
        return self.header.field(3)

    @property
    def facility(self) -> str:
        return self.header.field(4)

    @property
    def control_id(self) -> str:
        return self.header.control_id

    @property
    def message_type(self) -> str:
        return self.header.field(9)

    @property
    def patient(self) -> str:
        """The Patient ID of its orders: what comes of one patient is applied in the order of arrival."""
        if self.patients:
            return self.patients[0].patient.id
        patient = self.orders[0].values.get("patient_id") if self.orders else None
        return patient if isinstance(patient, str) else ""

    @property
    def actor(self) -> str:
        """Who makes the changes that follow from it: the sending application and facility, or the node."""
        if self.source.is_worklist:
            return f"worklist:{self.application}"
        return f"hl7:{self.application}|{self.facility}"

    @property
    def is_answer(self) -> bool:
        """Whether it is none to answer: two systems that acknowledge each other's would never end."""
        if self.source.is_worklist:
            return True
        return self.message_type[:3].upper() == "ACK"

    def refused(self, error: OpenWorklistError) -> Arrival:
        """The same arrival, found wrong when its orders were applied."""
        return replace(self, orders=(), patients=(), error=error)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages by what is set up at the site at that moment; never raises."""

    configuration: Callable[[], Configuration]
    default_charset: str = "8859/1"
    zone: tzinfo | None = None

    def read_head(self, raw: bytes, source: Source, received_at: int, error: OpenWorklistError) -> Arrival:
        """What can be told of bytes that are no whole message."""
        return Arrival(raw, source, received_at, _read_head(raw), _digest(raw), error=error)

    def read(self, raw: bytes, source: Source, received_at: int) -> Arrival:
        digest = _digest(raw)
        try:
            if source.is_worklist:
                return self._read_entry(raw, source, received_at, digest)
            return self._read(raw, source, received_at, digest)
        except Exception as error:
            # The edge: for a fault of ours no message is lost. Without an answer its sender would send it
            # again for ever, and nobody would see it. The exception may quote the message, and with it a
            # patient: only its type and its place are told.
            fault = extract_tb(error.__traceback__)[-1]
            log.error(
                "a message could not be read",
                extra={"error": type(error).__name__, "at": f"{Path(fault.filename).name}:{fault.lineno}"},
            )
            log.debug("the error", exc_info=error)
            failure = OpenWorklistError(
                "The server failed to read the message: the fault is its own.",
                hint="report it with the message, then process the message again",
                code="message.internal-error",
            )
            return Arrival(raw, source, received_at, _read_head(raw), digest, error=failure)

    def _read_entry(self, raw: bytes, source: Source, received_at: int, digest: bytes) -> Arrival:
        header = NO_HEADER
        try:
            document = read_document(raw)
            header = _entry_header(document)
            orders: tuple[Order, ...] = (to_order(document),)
            configuration = self.configuration()
            if configuration.options.long_identifiers == "refuse":
                for attribute in find_long_identifiers(orders[0].values):
                    raise refuse(attribute, attribute.tag_text)
            if configuration.has_rules:
                orders = configuration.apply_rules(orders, QUESTION, header.sender)
        except OpenWorklistError as error:
            return Arrival(raw, source, received_at, header, digest, error=error)
        return Arrival(raw, source, received_at, header, digest, orders)

    def find_charset(self, raw: bytes) -> str:
        """The character set by which a message is read that names none."""
        return self.find_default(raw, self.configuration())

    def find_default(self, raw: bytes, configuration: Configuration) -> str:
        """The set of a message that names none."""
        default = configuration.options.default_charset or self.default_charset
        if not configuration.has_charsets or raw.isascii():
            return default
        # The names that senders are known by are ASCII: no set is needed to read them.
        header = _read_head(raw)
        return configuration.find_sender(header.field(3), header.field(4)).charset or default

    def _read(self, raw: bytes, source: Source, received_at: int, digest: bytes) -> Arrival:
        header = None
        try:
            configuration = self.configuration()
            default = self.find_default(raw, configuration)
            decoded = decode(raw, default, replaces=configuration.options.undecodable == "replace")
            message = parse(decoded.text)
            header = header_of(message, decoded.codec)
            sender = configuration.find_sender(header.field(3), header.field(4))
            odd = check_processing(header, _NOT_REAL if configuration.options.training == "refuse" else _NONE)
            check_single(message)
            event = find_event(message)
            contents = Contents()
            if event.kind is not Kind.IGNORED:
                check_complete(message)
                contents = read_contents(
                    message,
                    event.kind,
                    sender.find_profile(header.field(9)),
                    zone=self.zone,
                    codec=decoded.codec,
                    received_at=received_at,
                )
                if decoded.loss is not None:
                    check_identifiers((*contents.orders, *contents.patients), decoded.loss)
                if configuration.has_rules:
                    ruled = configuration.apply_rules(contents.orders, header.field(9), header.sender)
                    contents = contents._replace(orders=ruled)
                if configuration.options.long_identifiers == "refuse":
                    profile = sender.find_profile(header.field(9))
                    check_lengths(message, contents, profile, zone=self.zone, codec=decoded.codec)
        except OpenWorklistError as error:
            return Arrival(raw, source, received_at, header or _read_head(raw), digest, error=error)
        warnings = (*decoded.warnings, *odd, *check_modes(header))
        if not header.control_id:
            # HL7 v2.9 2.13.9.10 requires it: without it a sender cannot tell which message was answered.
            warnings = (*warnings, "MSH-10 is empty: the message is told from others by its content alone.")
        return Arrival(
            raw,
            source,
            received_at,
            header,
            digest,
            *contents,
            ignored=event.reason,
            warnings=warnings,
            is_sender_new=not sender.is_known,
            refuses_unknown=configuration.options.unknown_order == "refuse",
        )


def _entry_header(document: Document) -> Header:
    """The node stands where a sender does."""
    fields = ("MSH", "|", "", document.node, "", "", "", "", "", QUESTION, f"{document.asked_at:X}")
    return Header(fields, STANDARD, "utf_8")


def too_large(size: int) -> MessageError:
    """The error of a message of `size` bytes, which is over the limit."""
    return MessageError(
        f"The message has {size} bytes, which is more than this server takes.",
        hint="raise hl7_max_message",
        code="message.too-large",
    )


def _digest(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()


def _read_head(raw: bytes) -> Header:
    # The bytes may be no letters of their set: those that the header needs are ASCII.
    return read_header(raw[:_HEAD].lstrip(_BLANKS).removeprefix(_BOM).decode("latin_1"), "ascii")
