import pytest

from openworklist.domain.errors import UnsupportedMessage
from openworklist.hl7.ack import Problem, explain, read_header
from openworklist.hl7.processing import check


def warnings(mode: str, version: str = "2.5.1", *refused: str) -> tuple[str, ...]:
    text = f"MSH|^~\\&|HIS|CLINIC|OWL|RAD|20260314||ORM^O01|M1|{mode}|{version}\r"
    return check(read_header(text, "ascii"), frozenset(refused))


@pytest.mark.parametrize(
    "version", ["2.1", "2.3", "2.5.1", "2.5.1^DEU", "2.9", "2", "", "v2.3", "23", "251", " 2.4 "]
)
def test_every_way_to_write_a_version_2_is_taken(version: str) -> None:
    assert warnings("P", version) == ()


@pytest.mark.parametrize("version", ["3", "3.0", "V3", "1.0", "5.1", "2026"])
def test_another_hl7_is_refused(version: str) -> None:
    with pytest.raises(UnsupportedMessage) as caught:
        warnings("P", version)
    assert caught.value.where == "MSH-12"
    code, problem = explain(caught.value)
    assert (code, problem.condition) == ("AR", 203)


def test_a_version_that_is_none_is_read_as_v2_with_a_warning() -> None:
    (warning,) = warnings("P", "FINAL")
    assert "MSH-12" in warning


@pytest.mark.parametrize("mode", ["T", "D", "N", "t", "T^A", "X"])
def test_what_is_not_for_production_is_taken_with_a_warning(mode: str) -> None:
    (warning,) = warnings(mode)
    assert "MSH-11" in warning
    assert warnings("P") == warnings("") == warnings("P^A") == ()


def test_what_is_not_for_production_may_be_refused() -> None:
    with pytest.raises(UnsupportedMessage) as caught:
        warnings("T", "2.3", "T", "D")
    assert "training" in caught.value.sentence
    assert explain(caught.value) == (
        "AR",
        Problem(202, caught.value.sentence, "MSH-11", "message.not-for-production"),
    )
    assert warnings("P", "2.3", "T", "D") == ()
