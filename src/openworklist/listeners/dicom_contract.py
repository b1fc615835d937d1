"""What the DICOM listener asks of those behind it: services, an observer, one who remembers questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from openworklist.domain.instance import Sender


class FindCursor(Protocol):
    """The answers to one question, in batches, so that a C-CANCEL is heard between them."""

    status: int  # 0xFF00, or 0xFF01 if a key that was given is not matched on
    numbers: tuple[int, ...]  # of the records in the last batch, in its order

    def next_batch(self) -> list[bytes] | Awaitable[list[bytes]]:
        """Encoded identifiers, none at the end. A list at once where that is quick, else an awaitable."""


class FindService(Protocol):
    """Answers worklist questions, on the loop's thread."""

    def open(
        self, calling_ae: str, identifier: bytes, transfer_syntax: str, *, adjusts_zone: bool
    ) -> FindCursor:
        """IdentifierError becomes C001, StoreError and TooManyAnswers A700; so too from the cursor.

        `adjusts_zone`: it was agreed that dates and times are those of the question's time zone.
        """


class StepService(Protocol):
    """Keeps performed steps. StepError is answered with the status of its code, StoreError with 0213."""

    async def create(self, calling_ae: str, peer: str, uid: str, dataset: bytes, transfer_syntax: str) -> str:
        """The SOP Instance UID of the step, made here where `uid` is ""."""

    async def change(self, calling_ae: str, uid: str, dataset: bytes, transfer_syntax: str) -> None: ...

    async def get(self, uid: str, tags: Sequence[int], transfer_syntax: str) -> tuple[bytes, tuple[int, ...]]:
        """The attributes that were asked for, all if none was, and those that are not there."""


class IncomingInstance(Protocol):
    """Takes one dataset as it comes."""

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be read for now; `resume` is called when it is."""

    def write(self, data: bytes) -> None: ...

    async def finish(self) -> None:
        """It has come whole: store it. InstanceError if it is none, StoreError if it cannot be stored."""

    def drop(self) -> None:
        """The rest will not come."""


class StoreService(Protocol):
    """Takes instances. InstanceError is answered with the status of its code, StoreError with A700."""

    @property
    def is_on(self) -> bool:
        """Whether associations for storage are accepted just now."""

    def open(
        self, sender: Sender, uid: str, sop_class: str, transfer_syntax: str, resume: Callable[[], None]
    ) -> IncomingInstance: ...


class DicomObserver(Protocol):
    """Told what happens on the port, for counters. The methods here do nothing."""

    def association_opened(self, peer: str, calling: str) -> None:
        return None

    def association_rejected(self, peer: str, calling: str, called: str, reason: str) -> None:
        return None

    def limit_reached(self, setting: str) -> None:
        return None

    def association_aborted(self, peer: str, calling: str, reason: str) -> None:
        return None

    def association_closed(self, peer: str, calling: str) -> None:
        return None

    def connection_refused(self, peer: str, reason: str) -> None:
        return None

    def timed_out(self, peer: str, reason: str) -> None:
        return None

    def secured(self, peer: str, version: str, cipher: str) -> None:
        return None

    def tls_failed(self, peer: str, reason: str) -> None:
        return None

    def misdirected(self, peer: str, reason: str) -> None:
        return None

    def echo(self, calling: str) -> None:
        return None

    def question(self, calling: str, answers: int, seconds: float, status: int) -> None:
        return None

    def step(self, calling: str, operation: str, seconds: float, status: int) -> None:
        return None

    def stored(self, peer: str, calling: str, seconds: float, status: int) -> None:
        return None

    def unfinished(self, peer: str, calling: str) -> None:
        return None

    def failed(self, peer: str, error: BaseException) -> None:
        return None


class QuestionKeeper(Protocol):
    """Remembers what was asked, for people who wonder why a scanner does not show something."""

    def note(
        self,
        calling: str,
        peer: str,
        identifier: bytes,
        transfer_syntax: str,
        adjusts_zone: bool,
        answers: int,
        status: int,
    ) -> None:
        """A question got its final answer."""

    def note_refusal(self, calling: str, peer: str, called: str, reason: str) -> None:
        """An association was turned away."""


class DeliveryKeeper(Protocol):
    """Counts which scanner received which record."""

    def note(self, calling: str, numbers: tuple[int, ...]) -> None:
        """A batch of answers left, with these records."""


class Silent(DicomObserver):
    """Nobody wants to know."""
