"""Values that DICOM has no room for, on every way in: kept whole and told, or refused if wanted."""

from itertools import count

import pytest

from openworklist.domain.errors import OrderError
from openworklist.domain.options import Options
from openworklist.domain.scanner import Scanner
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import Configuration, using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.services.records import Records
from openworklist.services.remarks import find_remarks
from openworklist.services.reprocessing import Reprocessing
from openworklist.store.database import Database
from players.auditor import read_journal
from players.hospital import make_order

WAYS = [Source("mllp", "192.0.2.1:4711"), Source("folder", "order.hl7"), Source("import", "order.hl7")]
BEGIN = 1_773_478_800_000_000
LONG = "RADIOLOGY-2026-0001"
SENTENCE = (
    "Accession number has more than 16 letters: it is answered shortened, with a hash, and kept whole here."
)
CUT = "Requested procedure description has more than 64 letters: it is answered cut, and kept whole here."
REFUSING = Configuration(options=Options(long_identifiers="refuse", default_profile="classic"))


def make_long() -> bytes:
    return make_order("1").replace(b"ORC|NW|A1|", f"ORC|NW|{LONG}|".encode())


@pytest.fixture
def refusing(database: Database) -> Intake:
    return Intake(database, Reader(lambda: REFUSING), Metrics(), clock=count(BEGIN, 1_000_000).__next__)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.channel)
def test_an_order_is_taken_whole_and_what_is_cut_is_told(
    database: Database, intake: Intake, way: Source
) -> None:
    raw = make_long().replace(b"CT Head", b"x" * 65)
    assert b"MSA|AA" in intake.receive_message(raw, way)
    record = Records(database).get(1)
    assert record.text("accession_number") == LONG
    assert {SENTENCE, CUT} <= set(find_remarks(record, Configuration()))
    (entry,) = read_journal(database)
    assert {SENTENCE, CUT} <= set(entry.warnings)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.channel)
def test_an_order_is_refused_with_the_place_if_the_site_wants_so(
    database: Database, refusing: Intake, way: Source
) -> None:
    answer = refusing.receive_message(make_long(), way)
    assert b"MSA|AE" in answer
    (entry,) = read_journal(database)
    assert (entry.outcome, entry.place) == ("refused", "ORC-2.1")
    assert Records(database).find_deleted(1) == []
    assert b"MSA|AA" in refusing.receive_message(make_order("2"), way)


def test_an_edit_is_told_or_refused(database: Database, intake: Intake) -> None:
    intake.receive_message(make_order("1"), WAYS[0])
    records = Records(database)
    with pytest.raises(OrderError, match="more than 16") as caught:
        records.edit(1, {"accession_number": LONG}, "cli:mary", refuses_long=True)
    assert caught.value.where == "accession_number"
    assert find_remarks(records.edit(1, {"accession_number": LONG}, "cli:mary"), Configuration()) == (
        SENTENCE,
    )
    assert find_remarks(records.edit(1, {"accession_number": "A1"}, "cli:mary"), Configuration()) == ()


def test_what_is_processed_again_is_told_or_refused(database: Database, intake: Intake) -> None:
    intake.receive_message(make_long(), WAYS[0])
    (result,) = Reprocessing(database, Reader(lambda: REFUSING)).preview([1])
    assert result.problem is not None
    assert "more than 16 letters" in result.problem.sentence
    list(Reprocessing(database, Reader(using(preset("classic")))).run([1], "cli:mary"))
    assert find_remarks(Records(database).get(1), Configuration()) == (SENTENCE,)


def test_a_merge_into_a_long_id_is_told_or_refused(
    database: Database, intake: Intake, refusing: Intake
) -> None:
    intake.receive_message(make_order("1"), WAYS[0])
    merge = (
        "MSH|^~\\&|ADT|HOSPITAL|OW|RAD|20260314110000||ADT^A40|A1|P|2.3.1\r"
        f"PID|||{'P' * 65}^^^HOSP||Doe^Jane\rMRG|1^^^HOSP\r"
    ).encode()
    assert b"MSA|AE" in refusing.receive_message(merge, WAYS[0])
    assert Records(database).get(1).text("patient_id") == "1"
    assert b"MSA|AA" in intake.receive_message(merge.replace(b"|A1|", b"|A2|"), WAYS[0])
    (remark,) = find_remarks(Records(database).get(1), Configuration())
    assert remark.startswith("Patient ID has more than 64 letters")


def test_each_scanner_that_lacks_letters_is_named(database: Database, intake: Intake) -> None:
    intake.receive_message(make_order("1", "Жук^Zoé", charset="UNICODE UTF-8"), WAYS[0])
    record = Records(database).get(1)
    scanners = {
        title: Scanner(title, answer_charset=charset, charset_fallback=fallback, is_confirmed=is_confirmed)
        for title, charset, fallback, is_confirmed in (
            ("CT01", "ISO_IR 100", "", True),
            ("CT02", "ISO_IR 100", "", True),
            ("MR01", "ISO_IR 144", "", True),
            ("US01", "ISO_IR 100", "unicode", True),
            ("NEW", "ISO_IR 6", "", False),
        )
    }
    assert find_remarks(record, Configuration(scanners=scanners)) == (
        "Patient name: CT02, CT01 (ISO_IR 100) shows 'Zhuk^Zoé'.",
        "Patient name: MR01 (ISO_IR 144) shows 'Жук^Zoe'.",
    )
    site = Configuration(options=Options(answer_charset="ISO_IR 6"))
    assert find_remarks(record, site) == ("Patient name: any other scanner (ISO_IR 6) shows 'Zhuk^Zoe'.",)
