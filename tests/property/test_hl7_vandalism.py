"""Messages with every kind of defect, through every mapping preset: orders, or an error of ours."""

import gc

import pytest

from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.charset import decode
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import PRESETS, preset
from openworklist.services.configuration import using
from openworklist.services.reading import Reader, Source
from players.damage import MUTATIONS
from players.vandal import FRAMINGS, Vandal

SEED = 4711


@pytest.mark.parametrize("count", [1_500, pytest.param(100_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", PRESETS)
def test_reading_a_broken_message_ends_with_orders_or_an_error_of_ours(name: str, count: int) -> None:
    vandal = Vandal(SEED)
    chosen = preset(name)
    read = 0
    for number in range(count):
        how, content = vandal.content(number)
        try:
            decoded = decode(content)
            read += bool(apply(parse(decoded.text), chosen, codec=decoded.codec))
        except OpenWorklistError:
            continue
        except Exception as error:
            error.add_note(f"message {number} of seed {SEED}: {', '.join(how)}")
            raise
    assert read > count // 4


@pytest.mark.usefixtures("no_collector")
def test_a_message_that_was_read_leaves_nothing_that_only_the_collector_can_free() -> None:
    """An error that its own frame holds keeps the message in memory while thousands more come."""
    vandal = Vandal(SEED)
    reader = Reader(using(preset("classic")), default_charset="CNS 11643-1992")
    refused = 0
    for number in range(1_000):
        how, content = vandal.content(number)
        arrival = reader.read(content, Source("mllp", "192.0.2.1:4711"), number)
        refused += arrival.error is not None
        del arrival
        assert gc.collect() == 0, f"message {number} of seed {SEED}: {', '.join(how)}"
    assert refused > 100


def test_the_vandal_knows_every_trade_and_does_the_same_again() -> None:
    first = [Vandal(SEED).message(number) for number in range(2_000)]
    assert {name for broken in first for name in broken.how} == {*MUTATIONS, *FRAMINGS}
    assert first[1_000] == Vandal(SEED).message(1_000)
