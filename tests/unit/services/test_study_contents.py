from typing import Any

from openworklist.domain.study import Study, StudyInstance
from openworklist.services.study_contents import StudyContents


class Source:
    name = ""

    def __init__(self) -> None:
        self.asked = 0

    def list_instances(self, study_uid: str) -> list[StudyInstance]:
        self.asked += 1
        return [StudyInstance(study_uid, "1", f"1.{number}", "", "", {}) for number in range(self.asked)]


def _study(uid: str, instances: int) -> Study:
    return Study(uid, {}, (), 1, instances)


def test_what_a_study_has_is_asked_for_once_in_a_while() -> None:
    now = 100.0
    source: Any = Source()
    contents = StudyContents(lambda: now)

    first = contents.list_instances(source, _study("1", 1))
    now = 104.0
    assert contents.list_instances(source, _study("1", 1)) is first
    now = 106.0
    assert list(contents.list_instances(source, _study("1", 1))) == ["1.0", "1.1"]


def test_what_came_meanwhile_is_there_at_once() -> None:
    source: Any = Source()
    contents = StudyContents(lambda: 0.0)

    assert len(contents.list_instances(source, _study("1", 1))) == 1
    assert len(contents.list_instances(source, _study("1", 2))) == 2


def test_few_studies_are_remembered() -> None:
    source: Any = Source()
    contents = StudyContents(lambda: 0.0)
    for number in range(20):
        contents.list_instances(source, _study(str(number), 1))

    contents.list_instances(source, _study("19", 1))
    assert source.asked == 20
    contents.list_instances(source, _study("0", 1))
    assert source.asked == 21
