"""What holds whatever a saboteur sends: nothing but the declared errors, bounded work, true answers."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from openworklist.dicom import dimse
from openworklist.dicom.answer import Encoder
from openworklist.dicom.association import Association
from openworklist.dicom.elements import Element, read_elements
from openworklist.dicom.events import AssociationRequested, CommandReceived, Event, ReleaseRequested
from openworklist.dicom.identifier import STEPS, Extras, to_question
from openworklist.dicom.negotiation import Negotiator, Policy, Service
from openworklist.dicom.plan import Plan, count_elements
from openworklist.dicom.sop_classes import MODALITY_WORKLIST, VERIFICATION
from openworklist.dicom.stream import MAX_ASSOCIATE
from openworklist.domain.attributes import SEQUENCE_TAGS
from openworklist.domain.errors import IdentifierError, PeerError
from openworklist.domain.extra import read_attribute
from openworklist.domain.query import WorklistQuery, matches
from openworklist.domain.repertoire import UNICODE, parse_repertoire
from openworklist.domain.serving import Serving, serve
from openworklist.domain.zones import parse_offset
from openworklist.store.connection import Connection
from openworklist.store.search import search
from players.saboteur import Sabotage, Saboteur
from players.scanner import EXPLICIT
from players.scanner_questions import RECORDS, make_record

MAX_PDU: Final = 16_384
MAX_DATASET: Final = 200_000
_RECORDS: Final = tuple(make_record(accession) for accession in RECORDS)
_EXTRAS: Final = Extras(
    (
        read_attribute("(0009,1001)", vr="LO", creator="A SCANNER"),
        read_attribute("PatientAge"),
        read_attribute("step.ProtocolName"),
    )
)
_REPERTOIRES: Final = (
    *map(parse_repertoire, ("", "ISO_IR 6", "ISO_IR 192", "ISO_IR 13", "\\ISO 2022 IR 87\\ISO 2022 IR 144")),
    parse_repertoire("ISO_IR 100", UNICODE),
)
_SERVINGS: Final = (
    Serving("CT01", ("CT",)),
    Serving("US01", ("US", "CT"), without_station="all", window=(1, 7), time_zone="Asia/Kolkata"),
)
_NEGOTIATOR: Final = Negotiator(
    Policy({VERIFICATION: Service(), MODALITY_WORKLIST: Service()}, max_pdu=MAX_PDU)
)
_CHARSET: Final = 0x0008_0005
_CODE_VALUES: Final = frozenset({0x0008_0100, 0x0008_0119, 0x0008_0120})
_SHORTEST: Final = 8  # bytes of an element, an item and a PDU header with what must be in it
_SMALL: Final = 3_000  # bytes of a stream that is worth sending one by one
_ANSWER: Final = 20_000  # bytes of all that is known of a record of ours, with room to spare


def check_identifier(sabotage: Sabotage, connection: Connection | None = None) -> bool:
    """Whether it could be read. If so, every record is answered with what was asked for, and SQL agrees."""
    try:
        question = to_question(sabotage.data, sabotage.syntax, _EXTRAS)
    except IdentifierError:
        return False
    # Work is in proportion to bytes: each element was one of the identifier.
    assert count_elements(question.plan) <= len(sabotage.data) // _SHORTEST
    repertoire = _REPERTOIRES[len(sabotage.data) % len(_REPERTOIRES)]
    encoder = Encoder(question.plan, is_explicit=sabotage.syntax == EXPLICIT, repertoire=repertoire)
    query = WorklistQuery(question.conditions)
    found = [record for record in _RECORDS if matches(record, query)]
    for record in found or _RECORDS[:1]:
        answer = encoder.encode(record)
        assert len(answer) % 2 == 0
        assert len(answer) <= 2 * len(sabotage.data) + _ANSWER
        elements = read_elements(answer, sabotage.syntax, SEQUENCE_TAGS)
        assert all(len(each.items or ()) == 1 for each in elements if each.tag == STEPS)
        _check_tags(elements, question.plan)
    if connection is not None:
        _check_search(connection, query, [record.text("accession_number") for record in found])
        for serving in _SERVINGS:
            served = serve(
                question.conditions,
                serving,
                serving.make_view(UTC, parse_offset(question.zone)),
                has_empty_station=question.has_empty_station,
                find_today=lambda: "20260316",
            )
            search(connection, served.query, None, 100)
    return True


def _check_tags(elements: tuple[Element, ...], plan: Plan) -> None:
    held = [element.tag for element in elements if element.tag != _CHARSET]
    asked = {wanted.tag: wanted for wanted in plan}
    assert held == sorted(set(held))
    assert set(held) <= set(asked)
    assert set(asked) - set(held) <= _CODE_VALUES
    for element in elements:
        inner = asked[element.tag].items if element.tag in asked else None
        if inner is not None:
            for item in element.items or ():
                _check_tags(item, inner)


def _check_search(connection: Connection, query: WorklistQuery, expected: list[str]) -> None:
    found: list[str] = []
    after = None
    while True:
        page = search(connection, query, after, 100)
        found += [row.record().text("accession_number") for row in page.rows]
        after = page.after
        if after is None:
            break
    assert found == expected


def check_command(sabotage: Sabotage) -> bool:
    """Whether it could be read. If so, an answer to it can be written and read again."""
    try:
        command = dimse.decode(sabotage.data)
        for tag in command.elements:
            command.find_text(tag)
    except PeerError:
        return False
    answer = dimse.decode(dimse.encode_response(command, 0xC001, error_comment="no", offending=(STEPS,)))
    assert (answer.message_id, answer.is_response) == (command.message_id, True)
    return True


def check_stream(sabotage: Sabotage, size: int) -> bool:
    """Whether a question came through. What arrives in pieces of `size` ends, and little of it is kept."""
    association = Association(_NEGOTIATOR, max_dataset=MAX_DATASET)
    association.connection_opened()
    events: list[Event] = []
    sent = 0
    for start in range(0, len(sabotage.data), size):
        new = association.receive(sabotage.data[start : start + size])
        while new:
            events += new
            for event in new:
                if isinstance(event, AssociationRequested):
                    association.accept()
                elif isinstance(event, ReleaseRequested):
                    association.answer_release()
            new = association.receive(b"")
        sent += len(association.data_to_send())
        assert association.buffered <= max(MAX_PDU, MAX_ASSOCIATE) + size
    assert len(events) <= len(sabotage.data) // _SHORTEST + 2
    assert sent <= 2 * len(sabotage.data) + 1000
    is_asked = False
    for event in events:
        if isinstance(event, CommandReceived) and event.dataset is not None:
            assert len(event.dataset) <= MAX_DATASET
            check_identifier(Sabotage((), event.dataset, event.context.transfer_syntax))
            is_asked = True
    return is_asked


def check_all(saboteur: Saboteur, numbers: range, connection: Connection | None) -> dict[str, int]:
    """All three kinds by these numbers; what came through of each. A failure says which one it was."""
    read = {"identifiers": 0, "commands": 0, "streams": 0}
    for number in numbers:
        how: tuple[str, ...] = ()
        kind = ""
        try:
            kind, broken = "identifier", saboteur.identifier(number)
            how = broken.how
            read["identifiers"] += check_identifier(broken, connection)
            kind, broken = "command", saboteur.command(number)
            how = broken.how
            read["commands"] += check_command(broken)
            kind, broken = "stream", saboteur.stream(number)
            how = broken.how
            sizes = (1 << 20, 1, 7, 4096, 100) if len(broken.data) < _SMALL else (1 << 20, 4096)
            read["streams"] += check_stream(broken, sizes[number % len(sizes)])
        except Exception as error:
            error.add_note(f"{kind} {number} of seed {saboteur.seed}: {', '.join(how)}")
            raise
    return read
