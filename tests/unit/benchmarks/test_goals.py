from typing import Any

import pytest
from benchmarks.goals import Judged, judge_goals
from benchmarks.results import Run


def judge(run: Run, name: str) -> Judged:
    (found,) = [row for row in judge_goals(run) if row.name == name]
    return found


@pytest.mark.parametrize(("rate", "judgement"), [(4000, "reached"), (3999, "not reached")])
def test_a_rate_must_be_as_high_as_its_goal(
    rate: int, judgement: str, make_result: Any, make_run: Any
) -> None:
    name = "durable orders, 32 connections"
    run = make_run(make_result("hl7", load=32, value=rate))

    assert judge(run, name) == Judged(name, "4,000 a second or more", f"{rate:,} a second", judgement)


@pytest.mark.parametrize(("size", "judgement"), [(120, "reached"), (120.1, "not reached")])
def test_memory_is_judged_in_the_unit_of_its_goal(
    size: float, judgement: str, make_result: Any, make_run: Any
) -> None:
    run = make_run(make_result("memory-start", stored=0, load=0, unit="MB", value=size))

    _, wanted, measured, found = judge(run, "resident memory, nothing stored")

    assert (wanted, measured, found) == ("120 MB or less", "120 MB", judgement)


def test_a_slow_order_in_a_hundred_is_judged_while_scanners_poll(make_result: Any, make_run: Any) -> None:
    run = make_run(make_result("hl7-polled", load=32, value=9000, p99_ms=101.0))

    row = judge(run, "durable orders, 32 connections, 50 scanners polling: p99")

    assert (row.measured, row.judgement) == ("101 ms", "not reached")


def test_what_was_not_measured_says_so(make_run: Any) -> None:
    rows = judge_goals(make_run())

    assert {row[2:] for row in rows} == {("not measured", "")}
    assert {"5,000 idle associations", "5,000 idle HL7 connections"} <= {row.name for row in rows}


def test_a_server_that_never_answered_was_not_measured(make_result: Any, make_run: Any) -> None:
    run = make_run(make_result("thousand", unit="ms", value=20_000, is_answered=False))

    assert judge(run, "one question, 1,000 answers").measured == "not measured"


@pytest.mark.parametrize(
    ("tuned", "judgement"), [(40.0, "reached"), (100.0, "reached as it comes"), (None, "")]
)
def test_a_ratio_is_judged_against_both_variants(
    tuned: float | None, judgement: str, make_result: Any, make_run: Any
) -> None:
    run = make_run(make_result(value=4000), make_result(server="Orthanc", value=16))
    if tuned:
        run.results.append(make_result(server="Orthanc, no delay", value=tuned))

    assert judge(run, "full cycle, 1,000 stored, against Orthanc").judgement == judgement


@pytest.mark.parametrize(("most", "judgement"), [(3000, "reached"), (1000, "not reached")])
def test_the_rate_is_flat_from_end_to_end(
    most: float, judgement: str, make_result: Any, make_run: Any
) -> None:
    name = "full cycle, slowest against fastest from 10 to 1,000,000 stored"
    few = make_result(stored=10, value=3500)
    run = make_run(few, make_result(stored=1_000_000, value=most))

    assert judge(run, name).judgement == judgement
    assert judge(make_run(few), name).judgement == ""


@pytest.mark.parametrize("measure", ["idle", "connections"])
@pytest.mark.parametrize(
    ("held", "answering", "is_answered", "judgement"),
    [
        (5000, 5000, True, "reached"),
        (4999, 4999, True, "not reached"),
        (5000, 4000, True, "not reached"),
        (5000, 5000, False, "not reached"),
    ],
)
def test_idle_ones_must_stand_and_be_answered_as_others_are(
    measure: str,
    held: int,
    answering: int,
    is_answered: bool,
    judgement: str,
    make_result: Any,
    make_run: Any,
) -> None:
    run = make_run(
        make_result(measure, load=5000, value=0.3, is_answered=is_answered),
        make_result(f"{measure}-held", load=5000, value=held),
        make_result(f"{measure}-answering", load=5000, value=answering),
    )
    name = {"idle": "5,000 idle associations", "connections": "5,000 idle HL7 connections"}[measure]

    row = judge(run, name)

    assert row.judgement == judgement
    assert row.measured.startswith(f"{held:,} held, {answering:,} answered")
