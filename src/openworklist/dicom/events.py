"""What an association tells its owner."""

from __future__ import annotations

from dataclasses import dataclass

from openworklist.dicom.dimse import Command
from openworklist.dicom.negotiation import AcceptedContext, Decision
from openworklist.domain.errors import PeerError


@dataclass(frozen=True, slots=True)
class AssociationRequested:
    """`accept` or `reject` it; nothing more is read before. `decision` is what the policy says."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class CommandReceived:
    context: AcceptedContext
    command: Command
    dataset: bytes | None


@dataclass(frozen=True, slots=True)
class StoreBegun:
    """A C-STORE whose dataset follows as `PartReceived`, up to the last one."""

    context: AcceptedContext
    command: Command


@dataclass(frozen=True, slots=True)
class PartReceived:
    data: bytes
    is_last: bool


@dataclass(frozen=True, slots=True)
class CancelReceived:
    """The peer wants no more answers to the question `message_id` (PS3.7 9.3.2.3)."""

    context: AcceptedContext
    message_id: int


@dataclass(frozen=True, slots=True)
class ReleaseRequested:
    """The peer is done: `answer_release`; nothing more is read before."""


@dataclass(frozen=True, slots=True)
class Released:
    """The peer agreed to the release that we asked for."""


@dataclass(frozen=True, slots=True)
class Aborted:
    """It is over: by the peer, or by us because of `error`."""

    source: int
    reason: int
    error: PeerError | None = None


Event = (
    AssociationRequested
    | CommandReceived
    | StoreBegun
    | PartReceived
    | CancelReceived
    | ReleaseRequested
    | Released
    | Aborted
)
