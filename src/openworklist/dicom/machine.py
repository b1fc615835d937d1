"""The state machine of PS3.8 9.2 alone: its state, its timer, and the aborts that its table asks for."""

from __future__ import annotations

from openworklist.dicom.pdu import Abort, AbortReason, AbortSource, encode
from openworklist.dicom.states import AA_1, TABLE, Action, State, Timer, Trigger


class Machine:
    """What is to be written gathers in `_out`.

    `should_close` says to close the transport connection once it is written. `artim` is 0 while the timer of
    PS3.8 9.1.5 is stopped, and another number each time it is started.
    """

    __slots__ = ("_artim_starts", "_out", "artim", "should_close", "state")

    def __init__(self) -> None:
        self.state = State.IDLE
        self.artim = 0
        self.should_close = False
        self._artim_starts = 0
        self._out: list[bytes] = []

    def data_to_send(self) -> bytes:
        """What is to be written now, in one piece; empty if nothing."""
        out = self._out
        if not out:
            return b""
        data = b"".join(out)
        out.clear()
        return data

    def _is_possible(self, trigger: Trigger) -> bool:
        return (trigger, self.state) in TABLE

    def _do(self, trigger: Trigger, reason: AbortReason = AbortReason.NOT_SPECIFIED) -> Action:
        """Carry out the cell of the table: A-ABORT, timer, close, next state."""
        action = TABLE[trigger, self.state]
        if action.aborts:
            source = get_source(action)
            # A reason means something only with the other source (PS3.8 table 9-26).
            self._out.append(encode(Abort(source, 0 if source is AbortSource.USER else reason)))
        if action.timer is Timer.START:
            self._artim_starts += 1
            self.artim = self._artim_starts
        elif action.timer is Timer.STOP:
            self.artim = 0
        self.should_close = self.should_close or action.closes
        self.state = action.state
        return action


def get_source(action: Action) -> AbortSource:
    """PS3.8 table 9-9: AA-1 alone aborts as the user."""
    return AbortSource.USER if action is AA_1 else AbortSource.PROVIDER
