"""The systems that send: what came of them today and before, and what is decided about each."""

from collections.abc import Callable
from datetime import UTC

from openworklist.domain.outcome import Outcome
from openworklist.domain.system import System, to_document
from openworklist.services.configurations import Configurations
from openworklist.services.ranks import find_ranked, move_rule
from openworklist.services.senders import confirm_system, find_sending
from openworklist.services.undo import bring_back
from openworklist.store.database import Database
from players.hospital import make_order

DAY = 86_400_000_000
BEGIN = 1_773_478_800_000_000  # when tests/services send first: 2026-03-14 09:00 UTC


def note(configurations: Configurations, system: System) -> None:
    """As its first message does."""
    configurations.change("system", system.name, lambda _: to_document(system), "hl7")


def test_system_is_listed_with_what_it_sent(database: Database, send: Callable[[bytes], str]) -> None:
    assert "|AA|" in send(make_order("1"))
    assert "|AA|" not in send(make_order("").replace(b"PID|||^^^HOSP||Doe^Jane", b"PID|||||"))
    configurations = Configurations(database)
    for application in ("RIS", "SILENT"):
        note(configurations, System(application, "HOSPITAL"))

    def find(now: int) -> dict[str, tuple[object, ...]]:
        found = find_sending(database, configurations.current(), UTC, clock=lambda: now)
        return {
            each.system.name: (each.is_new, each.profile, each.activity and each.activity[2::2])
            for each in found
        }

    today = find(BEGIN + 3_600_000_000)
    assert today["RIS|HOSPITAL"] == (True, "auto", (Outcome.REFUSED, 2))
    assert today["SILENT|HOSPITAL"] == (True, "auto", None)
    tomorrow = find(BEGIN + DAY)
    assert tomorrow["RIS|HOSPITAL"] == (True, "auto", (Outcome.REFUSED, 0))


def test_confirmed_system_keeps_the_mapping_that_counted(database: Database) -> None:
    configurations = Configurations(database)
    confirm_system(configurations, "RIS|NORTH", "", "ann")
    configurations.set_option("default_profile", "classic", "ann")
    found = find_sending(database, configurations.current(), UTC)
    assert [(each.is_new, each.profile, each.governor) for each in found] == [(False, "auto", None)]


def test_system_of_a_pattern_is_governed_by_it(database: Database) -> None:
    configurations = Configurations(database)
    confirm_system(configurations, "RIS*|NORTH", "ihe", "ann")
    note(configurations, System("RIS1", "NORTH"))
    found = find_sending(database, configurations.current(), UTC)
    assert {each.system.name: each.profile for each in found}["RIS1|NORTH"] == "ihe"


def test_rules_change_places_and_only_what_changes_gets_a_version(database: Database) -> None:
    configurations = Configurations(database)
    for name in ("a", "b", "c"):
        configurations.save_rule("filter", name, {"effect": "leave", "when": {"patient_id": [name]}}, "ann")
    move_rule(configurations, "filter", "c", "up", "ann")
    assert [name for name, _ in find_ranked(configurations, "filter")] == ["a", "c", "b"]
    move_rule(configurations, "filter", "a", "up", "ann")  # it is the first
    move_rule(configurations, "filter", "c", "down", "ann")
    assert [each.name for each in configurations.current().filters] == ["a", "b", "c"]
    assert len(configurations.find_versions("filter", "a")) == 2


def test_what_was_deleted_is_brought_back(database: Database) -> None:
    configurations = Configurations(database)
    confirm_system(configurations, "RIS|NORTH", "ihe", "ann")
    configurations.delete_system("RIS|NORTH", "ann")
    bring_back(configurations, "system", "RIS|NORTH", "ann")
    assert configurations.current().systems["RIS|NORTH"].profile == "ihe"
