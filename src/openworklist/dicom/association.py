"""The accepting side of one association: bytes in, typed events out, no socket and no clock (PS3.8 9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from openworklist.dicom.dimse import CommandField, encode_find_response
from openworklist.dicom.events import (
    Aborted,
    AssociationRequested,
    CancelReceived,
    CommandReceived,
    Event,
    PartReceived,
    Released,
    ReleaseRequested,
    StoreBegun,
)
from openworklist.dicom.items import MALFORMED, malformed
from openworklist.dicom.machine import Machine, get_source
from openworklist.dicom.messages import MAX_DATASET, Assembler, Begun, Message, Part
from openworklist.dicom.negotiation import AcceptedContext, Decision, Negotiator, Rejection
from openworklist.dicom.pdu import (
    HEADER,
    RELEASE_REPLY,
    RELEASE_REQUEST,
    AbortReason,
    Bytes,
    PduType,
    decode_abort,
    decode_pdvs,
    encode,
    encode_pieces,
)
from openworklist.dicom.states import (
    AR_2,
    AR_3,
    AR_6,
    AR_8,
    AR_10,
    DT_2,
    TABLE,
    Action,
    State,
    Trigger,
)
from openworklist.dicom.stream import PDU_TOO_LONG, UNKNOWN_PDU, PduStream
from openworklist.domain.errors import PeerError

UNEXPECTED_PDU: Final = "dicom.pdu-unexpected"
_REASONS: Final = {
    UNKNOWN_PDU: AbortReason.UNRECOGNIZED_PDU,
    UNEXPECTED_PDU: AbortReason.UNEXPECTED_PDU,
    MALFORMED: AbortReason.INVALID_PARAMETER,
    PDU_TOO_LONG: AbortReason.INVALID_PARAMETER,
}

_TRIGGERS: Final[Mapping[int, Trigger]] = {
    PduType.ASSOCIATE_REQUEST: Trigger.REQUEST_RECEIVED,
    PduType.ASSOCIATE_ACCEPT: Trigger.ACCEPT_RECEIVED,
    PduType.ASSOCIATE_REJECT: Trigger.REJECT_RECEIVED,
    PduType.DATA: Trigger.DATA_RECEIVED,
    PduType.RELEASE_REQUEST: Trigger.RELEASE_REQUEST_RECEIVED,
    PduType.RELEASE_REPLY: Trigger.RELEASE_REPLY_RECEIVED,
    PduType.ABORT: Trigger.ABORT_RECEIVED,
}


class Association(Machine):
    """Whatever was called, `data_to_send` has the bytes to write afterwards.

    Call `timer_expired` when the timer that `artim` counts ends.
    """

    __slots__ = (
        "_assembler",
        "_contexts",
        "_decision",
        "_is_deaf",
        "_is_waiting",
        "_max_dataset",
        "_max_length",
        "_negotiator",
        "_owes_release",
        "_stream",
        "pdus",
    )

    def __init__(self, negotiator: Negotiator, *, max_dataset: int = MAX_DATASET) -> None:
        super().__init__()
        self.pdus = 0  # received whole
        self._negotiator = negotiator
        self._max_dataset = max_dataset
        self._stream = PduStream(negotiator.policy.max_pdu)
        self._is_waiting = False  # for a decision of ours
        self._is_deaf = False  # where the next PDU begins is lost
        self._owes_release = False
        self._decision: Decision | None = None
        self._contexts: dict[int, AcceptedContext] = {}
        self._max_length = 0
        self._assembler: Assembler | None = None

    @property
    def is_inside(self) -> bool:
        """Whether a PDU has begun and not ended."""
        return self._stream.buffered > 0

    @property
    def buffered(self) -> int:
        """Bytes of the PDU that has begun."""
        return self._stream.buffered

    @property
    def can_send(self) -> bool:
        return (Trigger.DATA_SENT, self.state) in TABLE

    def connection_opened(self) -> None:
        self._do(Trigger.CONNECTION_OPENED)

    def connection_closed(self) -> None:
        if (Trigger.CONNECTION_CLOSED, self.state) in TABLE:
            self._do(Trigger.CONNECTION_CLOSED)
        self._stream.clear()
        self._assembler = None

    def timer_expired(self) -> None:
        if (Trigger.TIMER_EXPIRED, self.state) in TABLE:
            self._do(Trigger.TIMER_EXPIRED)

    def receive(self, data: Bytes) -> list[Event]:
        """Take what arrived. Stops at an event that waits for a decision: call again, with b"", after it.

        Nothing is left that refers to the bytes of a view.
        """
        events: list[Event] = []
        stream = self._stream
        if data and not self._is_over:
            stream.feed(data)
        while not self._is_waiting and not self._is_over:
            try:
                pdu = stream.take()
                if pdu is None:
                    break
                self.pdus += 1
                if pdu[0] == PduType.DATA:
                    self._on_data(pdu[1], events)
                else:
                    self._on_pdu(_TRIGGERS[pdu[0]], bytes(pdu[1]), events)
            except PeerError as error:
                self._refuse(error.to_value(), events)
        stream.keep()
        return events

    def accept(self) -> None:
        """Answer the request as its decision says."""
        decision = self._decision
        if not self._is_possible(Trigger.ACCEPTED) or decision is None:
            return
        if decision.rejection is not None:
            self.reject(decision.rejection)
            return
        self._do(Trigger.ACCEPTED)
        self._contexts = dict(decision.contexts)
        self._max_length = decision.max_length
        self._assembler = Assembler(self._max_dataset)
        self._out.append(decision.answer)
        self._is_waiting = False

    def reject(self, rejection: Rejection) -> None:
        if self._is_possible(Trigger.REJECTED):
            self._do(Trigger.REJECTED)
            self._out.append(encode(rejection.pdu))
            self._is_waiting = False

    def send(self, context_id: int, command: bytes, dataset: bytes | None = None) -> None:
        """Send a message, cut to what the peer takes; nothing if the association can send no more."""
        if not self._is_possible(Trigger.DATA_SENT):
            return
        self._out += encode_pieces(context_id, command, self._max_length, is_command=True)
        if dataset is not None:
            self._out += encode_pieces(context_id, dataset, self._max_length, is_command=False)

    def send_answers(
        self, context: AcceptedContext, message_id: int, status: int, identifiers: Sequence[bytes]
    ) -> None:
        """Send pending C-FIND answers. The command of them all is the same."""
        if not self._is_possible(Trigger.DATA_SENT):
            return
        command = encode_find_response(context.abstract_syntax, message_id, status, True)
        head = encode_pieces(context.id, command, self._max_length, is_command=True)
        out = self._out
        for identifier in identifiers:
            out += head
            out += encode_pieces(context.id, identifier, self._max_length, is_command=False)

    def ask_release(self) -> None:
        if self._is_possible(Trigger.RELEASE_ASKED):
            self._do(Trigger.RELEASE_ASKED)
            self._out.append(RELEASE_REQUEST)

    def answer_release(self) -> None:
        """Agree to the release. In a collision the reply waits until the peer's has come (PS3.8 9.2.3)."""
        self._is_waiting = False
        if self._is_possible(Trigger.RELEASE_ANSWERED):
            self._do(Trigger.RELEASE_ANSWERED)
            self._out.append(RELEASE_REPLY)
        else:
            self._owes_release = self.state is State.COLLISION_AWAITING_REPLY

    def abort(self) -> None:
        """End the association at once, as its user (PS3.8 7.3)."""
        if self._is_possible(Trigger.ABORTED):
            self._do(Trigger.ABORTED)

    def _on_data(self, pdu: Bytes, events: list[Event]) -> None:
        action = TABLE[Trigger.DATA_RECEIVED, self.state]
        if action is not DT_2 and action is not AR_6:
            self._do_or_refuse(Trigger.DATA_RECEIVED, events)
            return
        assembler = self._assembler
        assert assembler is not None
        for pdv in decode_pdvs(pdu, HEADER.size):
            context = self._contexts.get(pdv.context_id)
            if context is None:
                raise malformed(f"Presentation context {pdv.context_id} was not accepted.", "P-DATA-TF")
            message = assembler.take(pdv, streams=context.streams)
            if message is not None:
                events.append(_to_event(context, message))

    def _on_pdu(self, trigger: Trigger, pdu: bytes, events: list[Event]) -> None:
        if trigger is Trigger.REQUEST_RECEIVED and self.state is State.AWAITING_REQUEST:
            self._decision = self._negotiator.decide(pdu)
            self._do(trigger)
            self._is_waiting = True
            events.append(AssociationRequested(self._decision))
            return
        action = self._do_or_refuse(trigger, events)
        if trigger is Trigger.ABORT_RECEIVED:
            abort = decode_abort(pdu[HEADER.size :])
            events.append(Aborted(abort.source, abort.reason))
        elif action is AR_2 or action is AR_8:
            self._is_waiting = True
            events.append(ReleaseRequested())
        elif action is AR_3 or action is AR_10:
            events.append(Released())
            if self._owes_release:
                self.answer_release()

    def _do_or_refuse(self, trigger: Trigger, events: list[Event]) -> Action:
        """Do what the table says; where that is an abort, say why."""
        if TABLE[trigger, self.state].aborts:
            name, state = trigger.name.removesuffix("_RECEIVED"), int(self.state)
            error = PeerError(f"{name} came in state {state}.", where="PDU", code=UNEXPECTED_PDU)
            return self._refuse(error, events, trigger)
        return self._do(trigger)

    def _refuse(
        self, error: PeerError, events: list[Event], trigger: Trigger = Trigger.INVALID_RECEIVED
    ) -> Action:
        reason = _REASONS.get(error.code, AbortReason.NOT_SPECIFIED)
        was_over = self.state is State.AWAITING_CLOSE
        action = self._do(trigger, reason)
        self._assembler = None
        if trigger is Trigger.INVALID_RECEIVED:
            self._is_deaf = True
            self._stream.clear()
        if not was_over:
            events.append(Aborted(get_source(action), reason, error))
        return action

    @property
    def _is_over(self) -> bool:
        """Whether nothing that arrives can mean anything any more."""
        return self._is_deaf or self.state is State.IDLE


def _to_event(context: AcceptedContext, message: Message | Begun | Part) -> Event:
    if type(message) is Part:
        return PartReceived(message.data, message.is_last)
    if type(message) is Begun:
        return StoreBegun(context, message.command)
    assert isinstance(message, Message)
    command = message.command
    if command.field == CommandField.C_CANCEL_RQ:
        return CancelReceived(context, command.message_id)
    return CommandReceived(context, command, message.dataset)
