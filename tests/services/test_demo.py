"""The demo decides for a site of its own, and for no other."""

from collections.abc import Callable

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.services.configurations import Configurations
from openworklist.services.demo.site import find_receiver, set_up
from openworklist.store.database import Database
from players.hospital import make_order

OURS = ("127.0.0.1", 11112)


def begin(database: Database, port: int = 6000) -> None:
    set_up(database, "the data folder x", OURS, "WORKLIST", ("127.0.0.1", port))


def test_it_decides_once_and_moves_its_receiver(database: Database) -> None:
    assert find_receiver(database) == 0
    begin(database)
    first = Configurations(database).current()
    begin(database)
    assert Configurations(database).current().version == first.version
    begin(database, 6001)
    assert find_receiver(database) == 6001

    assert first.problems == ()
    assert first.get_node("north-clinic").ae_title == "WORKLIST"
    assert first.systems["HIS|CITY"].profile == "City HIS"
    assert first.options.unknown_scanners == "refuse"
    assert {"CT1", "MAMMO1", "OPENWORKLIST"} <= set(first.scanners)
    assert "XA2" not in first.scanners


def test_what_people_changed_stays_when_it_begins_again(database: Database) -> None:
    begin(database)
    Configurations(database).set_option("unknown_scanners", "serve", "somebody")
    begin(database)
    assert Configurations(database).current().options.unknown_scanners == "serve"


def test_it_touches_no_data_that_is_not_its_own(database: Database, send: Callable[[bytes], str]) -> None:
    assert send(make_order("P1")).startswith("MSA|AA")
    before = Configurations(database).current().version
    with pytest.raises(SettingsError) as caught:
        begin(database)
    assert caught.value.code == "settings.demo-data"
    assert Configurations(database).current().version == before


def test_nor_where_something_was_set_up(database: Database) -> None:
    Configurations(database).set_option("auto_delete", "7 days", "somebody")
    with pytest.raises(SettingsError):
        begin(database)
