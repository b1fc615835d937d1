from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from openworklist.services.doctor.clock import find_delay
from openworklist.store.condition import Arrived

ATHENS = ZoneInfo("Europe/Athens")
CAME = datetime(2026, 3, 14, 9, 0, tzinfo=ATHENS)


@pytest.mark.parametrize(
    ("stamp", "minutes"),
    [
        ("20260314090000", 0),
        ("202603140855", 5),
        ("20260314091000.123", -10),
        ("20260314070000+0000", 0),
        ("20260314", None),
        ("", None),
        ("yesterday", None),
    ],
)
def test_the_delay_is_from_the_message_to_its_arrival(stamp: str, minutes: int | None) -> None:
    arrived = Arrived(
        round(CAME.timestamp() * 1_000_000), "RIS", "H", f"MSH|^~\\&|RIS|H|||{stamp}||ORM".encode()
    )

    assert find_delay(arrived, ATHENS) == (None if minutes is None else timedelta(minutes=minutes))
