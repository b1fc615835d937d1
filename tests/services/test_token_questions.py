"""What a HIS asks, on each database: who may, what it is told, what is noted, who waits for whom."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openworklist.domain.audit import DeedFilter
from openworklist.domain.errors import PeerError
from openworklist.domain.instance import Instance
from openworklist.domain.study import Study, StudyFilter
from openworklist.hl7.framing import MAX_TOKEN, TokenQuery
from openworklist.observe.metrics import Metrics
from openworklist.services.audit import Audit
from openworklist.services.folded_trail import FoldedTrail
from openworklist.services.studies import StoredStudies, Studies
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.token_questions import TokenQuestions
from openworklist.store.database import Database
from openworklist.store.studies import add_instance
from players.people import wait_for_lane

ROOT = "1.2.826.0.1.3680043.8.498.71"
PEER = "192.0.2.7:4711"
AWAY = "9.9.9"


class Archive:
    """Another place with studies: it answers when it is let, and with more than what was asked for."""

    name = "elsewhere"

    def __init__(self, *studies: Study, error: Exception | None = None) -> None:
        self.open = threading.Event()
        self.asked: list[StudyFilter] = []
        self._studies = studies
        self._error = error

    def find_study(self, uid: str) -> Study | None:
        return next((each for each in self.find_studies(StudyFilter(uid=uid)) if each.uid == uid), None)

    def find_studies(self, asked: StudyFilter) -> list[Study]:
        self.asked.append(asked)
        assert self.open.wait(30)
        if self._error:
            raise self._error
        return list(self._studies)

    list_series = list_instances = locate = read = None


class Room:
    def __init__(self, database: Database, folder: Path, archives: tuple[Any, ...]) -> None:
        self.database = database
        self.metrics = Metrics()
        self.addresses = "192.0.2.0/24"
        self.charset = "8859/1"
        self.tokens = StudyTokens(database, folder)
        self.trail = FoldedTrail(Audit(database))
        self.questions = TokenQuestions(
            Studies(StoredStudies(database, folder), archives),
            self.tokens,
            self.trail,
            self.metrics,
            lambda: self.addresses,
            lambda: self.charset,
        )

    def store(self, uid: str, patient_id: str = "P1", **values: str) -> None:
        values = {"patient_id": patient_id, "study_date": "20260314", "study_description": "Head", **values}
        instance = Instance(uid, f"{uid}.1", f"{uid}.1.1", "1.2", "1.2", values, 1, "CT01", PEER, 1)
        self.database.write(lambda it: add_instance(it, instance, "file"))

    def begin(self, query: bytes, peer: str = PEER, *, is_local: bool = False) -> asyncio.Future[bytes]:
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.questions.receive(
            _to_query(query), peer, is_local, lambda *given: answer.set_result(b"".join(given))
        )
        return answer

    def ask(self, query: bytes, peer: str = PEER, *, is_local: bool = False) -> bytes:
        async def run() -> bytes:
            return await self.begin(query, peer, is_local=is_local)

        return asyncio.run(run())

    def deeds(self, action: str) -> list[tuple[str, str, str, str]]:
        wait_for_lane(self.database, "audit")
        found = Audit(self.database).find(DeedFilter(action=action))
        return [(each.peer, each.subject, each.subject_id, each.detail) for each in reversed(found)]


@pytest.fixture
def make(database: Database, tmp_path: Path) -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []

    def make_room(*archives: Any) -> Room:
        rooms.append(Room(database, tmp_path, archives))
        return rooms[-1]

    yield make_room
    for each in rooms:
        each.questions.stop()


def _to_query(content: bytes) -> TokenQuery:
    """As the framing gives it."""
    return TokenQuery(b"", is_too_long=True) if len(content) > MAX_TOKEN else TokenQuery(content)


def make_study(uid: str, patient_id: str, **values: str) -> Study:
    return Study(uid, {"patient_id": patient_id, **values}, ("CT",), 1, 1, source="elsewhere")


def test_studies_come_newest_first_and_those_of_one_moment_by_their_uid(make: Callable[..., Room]) -> None:
    room = make()
    for number, date in ((3, "20260101"), (1, "20260101"), (2, "20260314"), (4, "")):
        room.store(f"{ROOT}.{number}", study_date=date)
    room.store(f"{ROOT}.5", "P2")
    lines = room.ask(b"P1").split(b"\r")
    assert [line.decode() for line in lines[:-1:4]] == [f"{ROOT}.{number}" for number in (2, 1, 3, 4)]
    assert lines[13:15] == [b" ", b"Head"]
    assert lines[-1] == b""


def test_a_patient_with_many_studies_gets_all_of_them(make: Callable[..., Room]) -> None:
    room = make()
    for number in range(230):
        room.store(f"{ROOT}.{number}")
    assert room.ask(b"P1").count(b"\r") == 4 * 230


def test_only_who_is_on_the_list_is_answered(make: Callable[..., Room]) -> None:
    room = make()
    room.store(ROOT)
    room.addresses = "127.0.0.1, ::1"
    assert room.ask(ROOT.encode()) == b""
    assert len(room.ask(ROOT.encode(), "192.0.2.7:1", is_local=True)) == 64
    assert len(room.ask(ROOT.encode(), "127.0.0.1:1")) == 64
    assert len(room.ask(ROOT.encode(), "[::1]:1")) == 64
    room.addresses = "192.0.2.0/24"
    assert len(room.ask(ROOT.encode(), "[::ffff:192.0.2.9]:1")) == 64
    assert room.ask(ROOT.encode(), "127.0.0.1:1", is_local=True) == b""
    room.addresses = ""
    assert room.ask(ROOT.encode(), "127.0.0.1:1", is_local=True) == b""
    assert room.metrics.get("token_questions_refused") == 3
    reason = "the address is not in token_addresses"
    assert room.deeds("study-token.ask-refused") == [
        ("192.0.2.7", "", ROOT, reason),
        ("127.0.0.1", "", ROOT, reason),
    ]


def test_what_was_asked_and_found_is_noted_and_no_token(make: Callable[..., Room]) -> None:
    room = make()
    room.store(ROOT)
    answers = [room.ask(query) for query in (ROOT.encode(), b"P1", b"nobody", b"", b"P1")]
    assert answers[2:4] == [b"", b""]
    assert room.deeds("study-token.ask") == [
        ("192.0.2.7", "study", ROOT, "1 study"),
        ("192.0.2.7", "patient", "P1", "1 study"),
        ("192.0.2.7", "patient", "nobody", "no studies"),
        ("192.0.2.7", "", "", "not answered: empty"),
    ]
    assert room.metrics.get("token_questions") == 5
    assert room.metrics.get("token_questions_unknown") == 2
    everything = str(Audit(room.database).find(DeedFilter()))
    assert answers[0].decode() not in everything


def test_questions_that_say_nothing_are_refused_counted_and_noted_too(make: Callable[..., Room]) -> None:
    room = make()
    assert [room.ask(query) for query in (b"x" * 300, b" ")] == [b"", b""]
    room.addresses = ""
    assert [room.ask(query) for query in (b"x" * 300, b"")] == [b"", b""]
    assert [detail for *_, detail in room.deeds("study-token.ask")] == [
        "not answered: too long",
        "not answered: empty",
    ]
    assert len(room.deeds("study-token.ask-refused")) == 1
    names = ("token_questions", "token_questions_unknown", "token_questions_refused")
    assert [room.metrics.get(name) for name in names] == [4, 2, 2]


def test_a_slow_archive_keeps_nobody_else_waiting(make: Callable[..., Room]) -> None:
    archive = Archive(make_study(AWAY, "P9", study_date="20200101"))
    room = make(archive)
    room.store(ROOT)

    async def run() -> None:
        waiting = [room.begin(b"P9") for _ in range(600)]
        assert len(await room.begin(ROOT.encode())) == 64
        turned_away = [each for each in waiting if each.done()]
        assert len(turned_away) == 600 - 8 - 500
        assert {each.result() for each in turned_away} == {b""}
        archive.open.set()
        answers = await asyncio.gather(*waiting)
        assert sum(bool(each) for each in answers) == 508
        assert len(await room.begin(AWAY.encode())) == 64

    asyncio.run(run())
    assert room.metrics.get("token_questions_failed") == 92


def test_what_an_archive_has_beside_the_patient_is_left_out(make: Callable[..., Room]) -> None:
    archive = Archive(make_study(AWAY, "P9 "), make_study("9.9.8", "P99"), make_study("9.9.7", ""))
    archive.open.set()
    room = make(archive)
    room.store(ROOT, "P9")
    lines = room.ask(b"P9").split(b"\r")
    assert [line.decode() for line in lines[:-1:4]] == [ROOT, AWAY]
    assert room.ask(b"P*") == b""


def test_issuers_of_patient_ids_are_not_told_apart(make: Callable[..., Room]) -> None:
    room = make()
    for number, issuer in enumerate(("NORTH", "SOUTH", "")):
        room.store(f"{ROOT}.{number}", "P-BOTH", issuer_of_patient_id=issuer)
    assert room.ask(b"P-BOTH").count(b"\r") == 4 * 3


def test_half_a_list_is_not_told(make: Callable[..., Room]) -> None:
    archive = Archive(error=PeerError("It does not answer.", code="archive.slow"))
    archive.open.set()
    room = make(archive)
    for number, patient in enumerate(("P1", "4711", "12.5")):
        room.store(f"{ROOT}.{number}", patient)
        assert room.ask(patient.encode()) == b""
        assert len(room.ask(f"{ROOT}.{number}".encode())) == 64
    assert room.metrics.get("token_questions_failed") == 3


def test_no_archive_is_asked_for_a_study_by_a_patient_id_of_digits(make: Callable[..., Room]) -> None:
    archive = Archive(make_study(AWAY, "4711"))
    archive.open.set()
    room = make(archive)
    assert room.ask(b"4711").startswith(AWAY.encode())
    assert archive.asked == [StudyFilter(patient_id="4711")]


def test_what_fails_is_unknown_and_told_elsewhere(
    make: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    archive = Archive(error=PeerError("It says Doe^Jane.", code="peer.unreachable"))
    archive.open.set()
    room = make(archive)
    room.store(ROOT)
    assert room.ask(b"P1") == b""
    assert len(room.ask(ROOT.encode())) == 64
    assert room.metrics.get("token_questions_failed") == 1
    assert ("192.0.2.7", "", "P1", "not answered: peer.unreachable") in room.deeds("study-token.ask")
    (line,) = (each for each in caplog.records if each.message == "a question for a token failed")
    assert line.__dict__["reason"] == "peer.unreachable"
    assert "Doe" not in str(line.__dict__)
