import pytest

from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.store.condition import find_damage, find_newest_messages, read_condition
from openworklist.store.database import Database
from openworklist.store.migrate import newest_revision

ORDER = b"MSH|^~\\&|RIS|H|OW|RAD|20260314||ORM^O01|M%d|P|2.5\rPID|1||P1||DOE^JANE\rORC|NW|1\rOBR|1||%d\r"


def fill(database: Database) -> None:
    intake = Intake(database, Reader(using(preset("classic"))), Metrics())
    for number in range(3):
        intake.receive_message(ORDER % (number, number), Source("mllp"))
    intake.receive_message(b"no message", Source("mllp"))


def test_what_is_there_is_counted(database: Database) -> None:
    fill(database)

    condition = database.read(read_condition)

    assert (condition.messages, condition.revision) == (4, newest_revision())
    assert condition.records > 0
    assert condition.size > 0
    assert condition.version


def test_the_newest_messages_come_first_without_those_refused(database: Database) -> None:
    fill(database)

    found = database.read(lambda connection: find_newest_messages(connection, 2))

    assert [each.head.split(b"|")[9] for each in found] == [b"M2", b"M1"]
    assert {(each.application, each.facility) for each in found} == {("RIS", "H")}


@pytest.mark.parametrize("database_url", [""])
def test_a_sound_file_has_no_damage(database: Database) -> None:
    fill(database)

    assert database.read(find_damage) == ""
