"""What people set up while the server runs: every change with who and when, seen by every process."""

import asyncio
import threading
from itertools import count
from typing import Any

import pytest

from openworklist.domain.errors import NotFound, SettingsError
from openworklist.domain.system import System, to_document
from openworklist.hl7.profile import preset
from openworklist.hl7.profile_json import to_json
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import MAPPING, OPTION, SYSTEM, Configuration
from openworklist.services.configurations import Configurations
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.store.configuration import insert_version
from openworklist.store.database import Database

BEGIN = 1_773_478_800_000_000


@pytest.fixture
def configurations(database: Database) -> Configurations:
    return Configurations(database, clock=count(BEGIN, 1_000_000).__next__)


def make_order(number: str) -> bytes:
    return (
        f"MSH|^~\\&|RIS|EAST|OW|RAD|20260314080000||ORM^O01|C{number}|P|2.3.1\r"
        f"PID|||{number}||Doe^Jane\rORC|NW|A{number}\rOBR||||RP{number}^CT||||||||||||||CT|||CT01\r"
    ).encode()


def wait_for_notes(database: Database) -> None:
    """What was submitted before in the same lane is done then."""
    done = threading.Event()
    database.submit(lambda connection: None, lambda result: done.set(), lane="configuration")
    assert done.wait(60)


def _mapping(name: str, **rules: Any) -> dict[str, Any]:
    document = to_json(preset("classic"))
    return {**document, "name": name, "rules": {**document["rules"], **rules}}


def test_a_new_site_has_the_defaults(configurations: Configurations) -> None:
    configuration = configurations.current()
    assert configuration.version == 0
    assert configuration.options.acknowledge
    assert configuration.find_sender("RIS", "EAST").find_profile("ORM^O01") is preset("auto")


def test_an_option_counts_once_it_is_set_and_keeps_who_set_it(configurations: Configurations) -> None:
    configurations.set_option("acknowledge", "no", "cli:mary")
    configurations.set_option("acknowledge", "yes", "cli:john")
    configurations.reset_option("acknowledge", "cli:mary")
    assert configurations.current().options.acknowledge
    versions = configurations.find_versions(OPTION, "acknowledge")
    assert [(each.document, each.actor, each.changed_at) for each in versions] == [
        (False, "cli:mary", BEGIN),
        (True, "cli:john", BEGIN + 1_000_000),
        (None, "cli:mary", BEGIN + 2_000_000),
    ]


def test_what_cannot_be_is_not_stored(configurations: Configurations) -> None:
    with pytest.raises(SettingsError):
        configurations.set_option("auto_delete", "tomorrow", "cli:mary")
    with pytest.raises(NotFound):
        configurations.set_option("default_profile", "none such", "cli:mary")
    with pytest.raises(NotFound):
        configurations.save_system(System("RIS", "", profile="none such"), "cli:mary")
    with pytest.raises(SettingsError):
        configurations.save_system(System("RIS", "", charset="KLINGON"), "cli:mary")
    assert configurations.current().version == 0


def test_another_process_sees_the_change(database: Database, configurations: Configurations) -> None:
    other = Configurations(database)
    configurations.set_option("acknowledge", False, "cli:mary")
    assert other.current().options.acknowledge
    assert not other.refresh().options.acknowledge


def test_two_senders_are_mapped_each_by_its_own(configurations: Configurations) -> None:
    configurations.save_mapping(_mapping("east", modality="OBR-21"), "cli:mary")
    configurations.save_system(System("RIS", "EAST", "east", is_confirmed=True), "cli:mary")
    configurations.save_system(System("RIS", "*", "classic", {"OMI": "ihe"}, is_confirmed=True), "cli:mary")
    find = configurations.current().find_sender
    assert find("RIS", "EAST").find_profile("ORM^O01").name == "east"
    assert find("RIS", "WEST").find_profile("ORM^O01").name == "classic"
    assert find("RIS", "WEST").find_profile("OMI^O23^OMI_O23").name == "ihe"
    assert find("LIS", "WEST").find_profile("ORM^O01").name == "auto"


def test_a_version_of_a_mapping_is_brought_back_on_top_of_the_others(configurations: Configurations) -> None:
    first, second = _mapping("own", modality="OBR-21"), _mapping("own", modality="OBR-24")
    configurations.save_mapping(first, "cli:mary", "as the RIS sends it")
    configurations.save_mapping(second, "cli:john")
    configurations.restore_mapping("own", 1, "cli:mary")
    versions = configurations.find_versions(MAPPING, "own")
    assert [(each.document, each.note) for each in versions] == [
        (first, "as the RIS sends it"),
        (second, ""),
        (first, "version 1 brought back"),
    ]
    with pytest.raises(NotFound):
        configurations.restore_mapping("own", 4, "cli:mary")


def test_a_mapping_in_use_is_not_deleted(configurations: Configurations) -> None:
    configurations.save_mapping(_mapping("own"), "cli:mary")
    configurations.save_system(System("RIS", "", "own", is_confirmed=True), "cli:mary")
    with pytest.raises(SettingsError, match=r"RIS\|"):
        configurations.delete_mapping("own", "cli:mary")
    configurations.delete_system("RIS|", "cli:mary")
    configurations.delete_mapping("own", "cli:mary")
    with pytest.raises(NotFound):
        configurations.delete_mapping("own", "cli:mary")
    assert not configurations.current().has_profile("own")


def test_a_preset_that_was_changed_is_as_it_came_once_the_change_is_deleted(
    configurations: Configurations,
) -> None:
    configurations.save_mapping(_mapping("classic", modality="OBR-21"), "cli:mary")
    configurations.set_option("default_profile", "classic", "cli:mary")
    find = configurations.current().find_sender
    assert find("RIS", "").find_profile("ORM^O01") is not preset("classic")
    configurations.delete_mapping("classic", "cli:mary")
    assert configurations.current().find_sender("RIS", "").find_profile("ORM^O01") is preset("classic")


def test_what_cannot_be_read_any_more_has_the_default_and_is_told(
    database: Database, configurations: Configurations
) -> None:
    gone = to_document(System("RIS", "", "gone", is_confirmed=True))
    with_charset = {**to_document(System("LIS", "")), "charset": "KLINGON"}
    for name, document in (("RIS|", gone), ("LIS|", with_charset)):
        database.write(
            lambda connection, name=name, document=document: insert_version(  # type: ignore[misc]
                connection, SYSTEM, name, document, at=1, actor="an older version"
            )
        )
    configuration = configurations.refresh()
    assert [problem.where for problem in configuration.problems] == ["LIS|", "RIS|"]
    assert configuration.find_sender("RIS", "").find_profile("ORM^O01") is preset("auto")
    assert not configuration.find_sender("LIS", "").charset


def test_a_sender_that_was_never_seen_is_noted_once(
    database: Database, configurations: Configurations
) -> None:
    intake = Intake(
        database, Reader(configurations.current), Metrics(), note_sender=configurations.note_sender
    )
    for number in ("1", "2"):
        intake.receive_message(make_order(number), Source("mllp", "192.0.2.1:4711"))
    wait_for_notes(database)
    systems = configurations.refresh().systems
    assert list(systems) == ["RIS|EAST"]
    assert not systems["RIS|EAST"].is_confirmed
    assert len(configurations.find_versions(SYSTEM, "RIS|EAST")) == 1


def test_a_system_that_invents_names_does_not_fill_the_database(
    database: Database, configurations: Configurations
) -> None:
    for number in range(1_100):
        configurations.note_sender("RIS", str(number))
    wait_for_notes(database)
    assert len(configurations.refresh().systems) == 1_000


def test_a_change_made_here_is_told_as_one_of_another_process_is(database: Database) -> None:
    async def play() -> list[int]:
        configurations = Configurations(database, interval=3_600)  # nobody waits for the next look
        told: asyncio.Queue[Configuration] = asyncio.Queue()
        configurations.start(told.put_nowait)
        limits = []
        for number in (7, 8):
            await asyncio.to_thread(configurations.set_option, "answer_limit", number, "test")
            limits.append((await told.get()).options.answer_limit)
        await configurations.stop()
        return limits

    assert asyncio.run(asyncio.wait_for(play(), 20)) == [7, 8]
