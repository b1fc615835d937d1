"""The answer to an association request: accepted with what, or rejected and why. Pure, and remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from openworklist.dicom.items import ContextResult, ProposedContext
from openworklist.dicom.pdu import (
    HEADER,
    PDV_OVERHEAD,
    AssociateAccept,
    AssociateReject,
    AssociateRequest,
    decode_request,
    encode,
)
from openworklist.dicom.sop_classes import (
    APPLICATION_CONTEXT,
    EXPLICIT_LITTLE_ENDIAN,
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
    IMPLICIT_LITTLE_ENDIAN,
)
from openworklist.dicom.user_information import ExtendedNegotiation, RoleSelection, UserInformation

DEFAULT_MAX_PDU: Final = 65_536

# PS3.8 table 9-18
_ACCEPTED: Final = 0
_NO_SUCH_ABSTRACT_SYNTAX: Final = 3
_NO_SUCH_TRANSFER_SYNTAX: Final = 4

_REMEMBERED: Final = 256  # requests, as many as there are scanners of different make
_REMEMBERED_SIZE: Final = 8_192

_TITLES: Final = slice(10, 74)  # of A-ASSOCIATE-RQ and -AC: both titles and the reserved field behind them
_SMALLEST_MAX_PDU: Final = PDV_OVERHEAD + 2


@dataclass(frozen=True, slots=True)
class Rejection:
    """An A-ASSOCIATE-RJ with the sentence for our own log."""

    pdu: AssociateReject
    reason: str


# PS3.8 table 9-21: result (1 permanent, 2 transient), source (1 user, 2 ACSE, 3 presentation), reason
NO_REASON: Final = Rejection(AssociateReject(1, 1, 1), "it takes no PDU that could hold an answer")
APPLICATION_CONTEXT_UNKNOWN: Final = Rejection(
    AssociateReject(1, 1, 2), "its application context is not DICOM"
)
CALLING_UNKNOWN: Final = Rejection(AssociateReject(1, 1, 3), "its own AE title is not among those allowed")
CALLED_UNKNOWN: Final = Rejection(AssociateReject(1, 1, 7), "it calls an AE title that is not ours")
VERSION_UNKNOWN: Final = Rejection(AssociateReject(1, 2, 2), "it does not speak version 1 of the protocol")
CONGESTION: Final = Rejection(AssociateReject(2, 3, 1), "there is no room for one more association")


@dataclass(frozen=True, slots=True)
class Service:
    """How a SOP class is accepted; `extended` is the whole truth about its options (PS3.7 D.3.3.5).

    `streams`: the datasets of its C-STORE are handed on piece by piece.
    """

    transfer_syntaxes: frozenset[str] = frozenset({IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN})
    extended: bytes = b""
    streams: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom and what to accept. `called` and `calling` are the AE titles allowed, empty for any.

    `max_pdu` is the longest P-DATA-TF we take, in bytes behind its header; 0 for any.
    """

    services: Mapping[str, Service]
    called: frozenset[str] = field(default=frozenset())
    calling: frozenset[str] = field(default=frozenset())
    max_pdu: int = DEFAULT_MAX_PDU


class AcceptedContext(NamedTuple):
    """`options` are those of extended negotiation of both sides (PS3.7 D.3.3.5), `streams` as in Service."""

    id: int
    abstract_syntax: str
    transfer_syntax: str
    options: bytes = b""
    streams: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to answer: either `rejection` says why not, or `answer` is the encoded A-ASSOCIATE-AC.

    `max_length` bounds the P-DATA-TFs that the peer takes, 0 is no bound.
    """

    request: AssociateRequest
    answer: bytes = b""
    contexts: Mapping[int, AcceptedContext] = field(default_factory=dict)
    max_length: int = 0
    rejection: Rejection | None = None


class Negotiator:
    """Decides by the policy. Scanners send the same request for years: the last ones are remembered."""

    __slots__ = ("_remembered", "policy")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._remembered: OrderedDict[bytes, Decision] = OrderedDict()

    def decide(self, request: bytes) -> Decision:
        """The answer to a whole A-ASSOCIATE-RQ with its header. PeerError if it cannot be read."""
        decision = self._remembered.get(request)
        if decision is not None:
            self._remembered.move_to_end(request)
            return decision
        decision = self._decide(request)
        if len(request) <= _REMEMBERED_SIZE:
            self._remembered[request] = decision
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return decision

    def _decide(self, raw: bytes) -> Decision:
        request = decode_request(raw[HEADER.size :])
        rejection = self._find_rejection(request)
        if rejection is not None:
            return Decision(request, rejection=rejection)
        results: list[ContextResult] = []
        accepted: dict[int, AcceptedContext] = {}
        for context in request.contexts:
            result = self._judge(context)
            results.append(result)
            if result.result == _ACCEPTED:
                accepted[context.id] = AcceptedContext(
                    context.id,
                    context.abstract_syntax,
                    result.transfer_syntax,
                    self._find_options(request.user, context.abstract_syntax),
                    self.policy.services[context.abstract_syntax].streams,
                )
        accept = AssociateAccept(
            request.called,
            request.calling,
            APPLICATION_CONTEXT,
            tuple(results),
            self._describe(request.user, {context.abstract_syntax for context in accepted.values()}),
        )
        answer = encode(accept)
        # PS3.8 table 9-17: these fields go back as they came, byte for byte.
        answer = answer[: _TITLES.start] + raw[_TITLES] + answer[_TITLES.stop :]
        return Decision(request, answer, accepted, request.user.max_length)

    def _find_rejection(self, request: AssociateRequest) -> Rejection | None:
        policy = self.policy
        # PS3.8 table 9-11: bit 0 says version 1, and only that bit is looked at.
        if not request.protocol_version & 1:
            return VERSION_UNKNOWN
        if request.application_context != APPLICATION_CONTEXT:
            return APPLICATION_CONTEXT_UNKNOWN
        if policy.called and request.called not in policy.called:
            return CALLED_UNKNOWN
        if policy.calling and request.calling not in policy.calling:
            return CALLING_UNKNOWN
        if 0 < request.user.max_length < _SMALLEST_MAX_PDU:
            return NO_REASON
        return None

    def _judge(self, context: ProposedContext) -> ContextResult:
        service = self.policy.services.get(context.abstract_syntax)
        if service is None:
            return ContextResult(context.id, _NO_SUCH_ABSTRACT_SYNTAX, IMPLICIT_LITTLE_ENDIAN)
        for syntax in context.transfer_syntaxes:
            # The first that we know: the peer lists first what it likes best.
            if syntax in service.transfer_syntaxes:
                return ContextResult(context.id, _ACCEPTED, syntax)
        return ContextResult(context.id, _NO_SUCH_TRANSFER_SYNTAX, IMPLICIT_LITTLE_ENDIAN)

    def _find_options(self, peer: UserInformation, sop_class: str) -> bytes:
        """What both sides have of the options of a SOP class."""
        ours = self.policy.services[sop_class].extended
        theirs = next((each.information for each in peer.extended if each.sop_class == sop_class), b"")
        return bytes(map(min, ours, theirs))

    def _describe(self, peer: UserInformation, accepted: set[str]) -> UserInformation:
        """Our own user information; what the peer did not bring up is left out (PS3.7 D.3.3)."""
        # By SOP class, so that a request that repeats itself gets no long answer.
        extended = {
            proposal.sop_class: self.policy.services[proposal.sop_class].extended[: len(proposal.information)]
            for proposal in peer.extended
            if proposal.sop_class in accepted
        }
        # PS3.7 D.3.3.4: we only ever serve, whatever else the peer would like to be.
        roles = {role.sop_class: role.is_scu for role in peer.roles if role.sop_class in accepted}
        return UserInformation(
            max_length=self.policy.max_pdu,
            implementation_class=IMPLEMENTATION_CLASS_UID,
            implementation_version=IMPLEMENTATION_VERSION,
            async_window=None if peer.async_window is None else (1, 1),
            roles=tuple(RoleSelection(sop_class, is_scu, False) for sop_class, is_scu in roles.items()),
            extended=tuple(ExtendedNegotiation(*item) for item in extended.items() if item[1]),
        )
