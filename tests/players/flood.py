"""A hospital in a hurry: many senders at once, until enough is acknowledged and the server is killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from openworklist.clients.mllp import MllpClient
from openworklist.domain.errors import PeerError

SENDERS = 8
ENOUGH = 400  # acknowledged orders after which the server is killed


def flood_and_kill(server: Any, make_order: Callable[[str], bytes]) -> tuple[set[str], set[str]]:
    """The numbers of the orders that were acknowledged, and of all that were sent."""
    acknowledged: set[str] = set()
    sent: set[str] = set()
    is_enough = threading.Event()

    def flood(sender: int) -> None:
        try:
            with MllpClient("127.0.0.1", server.hl7, timeout=10) as client:
                for turn in range(100_000):
                    number = f"{sender}X{turn}"
                    sent.add(number)
                    if b"MSA|AA|" in client.send(make_order(number)):
                        acknowledged.add(number)
                    if len(acknowledged) >= ENOUGH:
                        is_enough.set()
        except PeerError:
            is_enough.set()

    threads = [threading.Thread(target=flood, args=(sender,)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    assert is_enough.wait(60)
    server.kill()
    for thread in threads:
        thread.join(30)
    assert len(acknowledged) >= ENOUGH
    return acknowledged, sent
