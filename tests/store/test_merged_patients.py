"""Merged patients on each database."""

from openworklist.domain.merged import Merged
from openworklist.domain.patient import Patient
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.merged_patients import (
    end_merged,
    find_merged,
    find_merged_by_message,
    forget_merged,
    has_merged,
    insert_merged,
)

CODE = ({"code_value": "de", "coding_scheme_designator": "RFC5646", "code_meaning": "Deutsch"},)
ONE = Merged(
    Patient("P9", "HOSP"),
    {"patient_id": "P1", "patient_name": "Müller^Eve=毛", "patient_primary_language_code_sequence": CODE},
    message=7,
    sender="HIS|H",
    sent_at=1_773_478_800_000_000,
)


def test_what_is_kept_is_found_as_it_was(database: Database) -> None:
    assert database.read(has_merged) is False
    database.write(lambda connection: insert_merged(connection, ONE))
    assert database.read(has_merged) is True
    assert database.read(lambda connection: find_merged(connection, "P9")) == [ONE]
    assert database.read(lambda connection: find_merged_by_message(connection, 7)) == [ONE]
    assert database.read(lambda connection: find_merged(connection, "P1")) == []


def test_one_that_ended_is_found_only_by_who_asks_for_all(database: Database) -> None:
    def write(connection: Connection) -> None:
        insert_merged(connection, ONE)
        end_merged(connection, ONE, 9)

    database.write(write)
    assert database.read(lambda connection: find_merged(connection, "P9")) == []
    (found,) = database.read(lambda connection: find_merged(connection, "P9", every=True))
    assert found.until == 9


def test_what_a_message_merged_is_forgotten_with_it(database: Database) -> None:
    def write(connection: Connection) -> None:
        insert_merged(connection, ONE)
        forget_merged(connection, 8)
        assert find_merged(connection, "P9") == [ONE]
        forget_merged(connection, 7)

    database.write(write)
    assert database.read(has_merged) is False
