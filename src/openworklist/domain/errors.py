"""Every error OpenWorklist raises on purpose. Only the edges translate them for a peer or a person.

OpenWorklistError
├── SettingsError          a setting cannot be used
├── ListenError            a port cannot be opened
├── MessageError           an HL7 message cannot be read (answered AR)
│   └── UnsupportedMessage its type is none that we take (answered AR)
├── OrderError             an order's content is wrong (answered AE)
├── MappingError           a rule of a mapping profile cannot be used
├── CharsetError           bytes or letters do not fit a character set
├── IdentifierError        a DICOM identifier cannot be read (C001) or is no worklist query (A900)
├── StepError              what a scanner says of a performed step cannot be taken (PS3.4 F.7.2)
├── InstanceError          an instance cannot be stored (PS3.4 annex B): A700, A900 or C000 by its code
├── PictureError           a stored instance cannot be shown
├── PeerError              a network peer broke its protocol or did not answer
│   └── Unanswered         a message went out to it, and nothing says whether it was taken
├── SearchError            what is typed to search records cannot be read
│   └── SearchTooSlow      it takes too long to find them
├── ValuesError            values that a person typed cannot be used: one error for each
├── NotFound               no such record or message
├── RecordChanged          somebody else changed the record meanwhile
├── RequestError           a request contradicts one of the same key
├── QueueError             a message of the outbound queue is not what it would have to be
├── UserError              a user or an API key cannot be like that
├── AccessError            who asks may not do this
│   ├── LoginFailed        name or password is wrong, or the user was deactivated
│   ├── Throttled          too many wrong passwords: the next one is heard later
│   ├── TooManyGuesses     too many wrong tokens of one address
│   └── SessionLocked      nobody did anything for long: the session wants the password again
├── BackupError            a backup cannot be made, or what should be one cannot be brought back
├── TooManyAnswers         a question has more answers than its scanner may get (answered A700)
└── StoreError             the database refused
    ├── StoreFull          no room left on the disk
    ├── StoreBusy          locked by somebody else for too long
    ├── StoreSlow          a read took longer than it may
    └── DataFolderInUse    another server works on this data folder
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from openworklist.domain.record import Record

if TYPE_CHECKING:
    from openworklist.domain.visitor import Visitor


class OpenWorklistError(Exception):
    """A sentence for the operator, a stable `code`, `where` it happened and a `hint` to the way out.

    `where` is an HL7 path (`PID-3.1`), a DICOM tag (`(0040,0100)`) or the name of a form field or setting.
    """

    code = "error"

    def __init__(self, sentence: str, *, where: str = "", hint: str = "", code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.where = where
        self.hint = hint
        if code:
            self.code = code

    def __str__(self) -> str:
        place = f" [{self.where}]" if self.where else ""
        way_out = f" — {self.hint}" if self.hint else ""
        return f"{self.sentence}{place}{way_out} ({self.code})"

    def to_value(self) -> Self:
        """The same error, to be kept: without the frames that it passed, which hold whole messages.

        A frame that holds its error is a cycle besides, which stays in memory until the collector comes by.
        """
        self.__traceback__ = self.__context__ = self.__cause__ = None
        return self


class SettingsError(OpenWorklistError):
    code = "settings.invalid"


class ListenError(OpenWorklistError):
    code = "listener.port-taken"


class MessageError(OpenWorklistError):
    code = "message.unreadable"


class UnsupportedMessage(MessageError):
    code = "message.unsupported-type"


class OrderError(OpenWorklistError):
    code = "order.field-missing"


class MappingError(OpenWorklistError):
    """`where` is a place in the profile: `rules.modality.sources[1]`."""

    code = "mapping.invalid"

    def within(self, place: str) -> MappingError:
        """The same error, told from further out."""
        where = ".".join(filter(None, (place, self.where))).replace(".[", "[")
        return MappingError(self.sentence, where=where, hint=self.hint, code=self.code)


class CharsetError(OpenWorklistError):
    """`offset` is that of the first byte that is no letter, -1 if none, `charset` the set that lacks it."""

    code = "charset.undecodable"

    def __init__(
        self,
        sentence: str,
        *,
        where: str = "",
        hint: str = "",
        code: str = "",
        offset: int = -1,
        charset: str = "",
    ) -> None:
        super().__init__(sentence, where=where, hint=hint, code=code)
        self.offset = offset
        self.charset = charset


class IdentifierError(OpenWorklistError):
    """`tag` is the offending element, where one is known."""

    code = "identifier.unreadable"

    def __init__(self, sentence: str, *, tag: int | None = None, code: str = "", hint: str = "") -> None:
        where = f"({tag >> 16:04X},{tag & 0xFFFF:04X})" if tag is not None else ""
        super().__init__(sentence, where=where, hint=hint, code=code)
        self.tag = tag


class StepError(OpenWorklistError):
    """`tags` are the attributes that it is about; the code says which status the scanner gets."""

    code = "step.invalid-value"

    def __init__(self, sentence: str, *, tags: tuple[int, ...] = (), code: str = "", hint: str = "") -> None:
        where = f"({tags[0] >> 16:04X},{tags[0] & 0xFFFF:04X})" if tags else ""
        super().__init__(sentence, where=where, hint=hint, code=code)
        self.tags = tags


class InstanceError(OpenWorklistError):
    """`tag` is the attribute that it is about; the code says which status the sender gets."""

    code = "instance.unreadable"

    def __init__(self, sentence: str, *, tag: int | None = None, code: str = "", hint: str = "") -> None:
        where = "" if tag is None else f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
        super().__init__(sentence, where=where, hint=hint, code=code)
        self.tag = tag


class PictureError(OpenWorklistError):
    """The code says whether it has no picture, or none that can be made here, or is broken."""

    code = "picture.unreadable"


class PeerError(OpenWorklistError):
    code = "peer.protocol"


class Unanswered(PeerError):
    """The message may have arrived. If it is sent again, then the same, under the same control ID."""

    code = "peer.unanswered"


class SearchError(OpenWorklistError):
    """`where` is the field, or the word that should be one."""

    code = "search.value-unfit"


class SearchTooSlow(SearchError):
    code = "search.too-slow"


class ValuesError(OpenWorklistError):
    """`errors` has one for each value, whose `where` is the name of the attribute."""

    code = "record.values-unfit"

    def __init__(self, errors: Sequence[OpenWorklistError]) -> None:
        first = errors[0]
        super().__init__(first.sentence, where=first.where, hint=first.hint)
        self.errors = tuple(errors)


class NotFound(OpenWorklistError):
    code = "record.not-found"


class RecordChanged(OpenWorklistError):
    """`record` is what it is now."""

    code = "record.changed"

    def __init__(self, record: Record) -> None:
        super().__init__(
            f"Record {record.id} was changed by somebody else meanwhile: it is at version {record.version}.",
            hint="look at what it is now, then change it",
        )
        self.record = record


class RequestError(OpenWorklistError):
    code = "request.idempotency-conflict"


class QueueError(OpenWorklistError):
    code = "outbound.ended"


class UserError(OpenWorklistError):
    code = "user.invalid"


class AccessError(OpenWorklistError):
    code = "access.denied"


class LoginFailed(AccessError):
    code = "access.login-failed"


class Throttled(AccessError):
    """`seconds` is how long to wait."""

    code = "access.throttled"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "There were too many wrong passwords.",
            hint=f"try again in {seconds} second{'' if seconds == 1 else 's'}",
        )
        self.seconds = seconds


class TooManyGuesses(AccessError):
    """`seconds` is how long to wait."""

    code = "access.token-throttled"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "There were too many links that open no study.",
            hint=f"try again in {seconds} second{'' if seconds == 1 else 's'}",
        )
        self.seconds = seconds


class SessionLocked(AccessError):
    """`visitor` is whose session it is: for the page that asks for the password, and for nothing else."""

    code = "access.locked"

    def __init__(self, visitor: Visitor) -> None:
        super().__init__("The session is locked.", hint="give the password again")
        self.visitor = visitor


class BackupError(OpenWorklistError):
    code = "backup.damaged"


class TooManyAnswers(OpenWorklistError):
    code = "worklist.too-many-answers"


class StoreError(OpenWorklistError):
    code = "store.failed"


class StoreFull(StoreError):
    code = "store.full"


class StoreBusy(StoreError):
    code = "store.busy"


class StoreSlow(StoreError):
    code = "store.slow"


class DataFolderInUse(StoreError):
    code = "store.data-folder-in-use"
