import logging

import pytest

from openworklist.observe.metrics import Metrics
from openworklist.observe.port import DicomCounter


@pytest.mark.parametrize("logs", [True, False])
def test_questions_are_logged_only_if_wished_and_without_what_was_asked(
    caplog: pytest.LogCaptureFixture, logs: bool
) -> None:
    metrics = Metrics()
    with caplog.at_level(logging.INFO):
        DicomCounter(metrics, logs_questions=lambda: logs).question("CT01", 3, 0.0123, 0)

    logged = [
        (entry.message, entry.__dict__["calling"], entry.__dict__["answers"]) for entry in caplog.records
    ]
    assert logged == ([("question", "CT01", 3)] if logs else [])
    assert (metrics.get("questions"), metrics.get("answers")) == (1, 3)


def test_instances_that_are_not_stored_are_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    with caplog.at_level(logging.INFO):
        counter = DicomCounter(metrics)
        counter.stored("192.0.2.1:4711", "CT01", 0.1, 0)
        counter.stored("192.0.2.1:4711", "CT01", 0.1, 0xA700)
        counter.unfinished("192.0.2.1:4711", "CT01")

    assert [entry.message for entry in caplog.records] == [
        "instance not stored",
        "association ended within an instance",
    ]
    assert (metrics.get("instances_refused"), metrics.get("instances_unfinished")) == (1, 1)


@pytest.mark.parametrize("logs", [True, False])
def test_a_question_that_failed_is_always_logged_and_once(
    caplog: pytest.LogCaptureFixture, logs: bool
) -> None:
    with caplog.at_level(logging.INFO):
        DicomCounter(Metrics(), logs_questions=lambda: logs).question("CT01", 0, 0.1, 0xA700)

    assert [(entry.levelname, entry.__dict__["status"]) for entry in caplog.records] == [("WARNING", "A700")]
