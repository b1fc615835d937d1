from typing import Any

from benchmarks.merge import merge_runs
from benchmarks.results import Gap, Run

LATER = "2026-11-26T08:00:00+00:00"


def find_values(run: Run) -> dict[tuple[str, int], float]:
    return {(one.server, one.stored): one.value for one in run.results}


def test_only_the_cells_that_were_taken_again_change(make_result: Any, make_run: Any) -> None:
    older = make_run(
        *(make_result(stored=stored) for stored in (10, 1000)), make_result(server="Orthanc", value=4)
    )
    newer = make_run(make_result(stored=10, value=200, taken=LATER), began=LATER)

    merged = merge_runs(older, newer)

    assert find_values(merged) == {
        ("OpenWorklist", 10): 200,
        ("OpenWorklist", 1000): 100,
        ("Orthanc", 1000): 4,
    }
    assert [session.began for session in merged.sessions] == [older.sessions[0].began, LATER]
    assert {one.taken for one in merged.results if one.stored == 10} == {LATER}


def test_a_run_of_which_nothing_is_left_is_forgotten(make_result: Any, make_run: Any) -> None:
    merged = merge_runs(make_run(make_result()), make_run(make_result(taken=LATER), began=LATER))

    assert [session.began for session in merged.sessions] == [LATER]


def test_what_another_machine_found_is_not_kept(make_result: Any, make_run: Any) -> None:
    older = make_run(make_result(server="Orthanc"), machine={"Processor": "Slide rule, 1 core"})
    newer = make_run(make_result(taken=LATER), began=LATER)

    assert find_values(merge_runs(older, newer)) == {("OpenWorklist", 1000): 100}


def test_a_busier_hour_is_the_same_machine(make_result: Any, make_run: Any) -> None:
    older = make_run(make_result(server="Orthanc"), machine={"Load": "7.00", "Disk": "12 writes"})

    merged = merge_runs(older, make_run(make_result(taken=LATER), began=LATER))

    assert ("Orthanc", 1000) in find_values(merged)


def test_a_server_that_was_measured_is_no_longer_missing(make_result: Any, make_run: Any) -> None:
    missing = Gap("Orthanc", "", "apt-get install orthanc")
    older = make_run(make_result(), gaps=[missing, Gap("wlmscpfs", "", "apt-get install dcmtk")])
    newer = make_run(make_result(server="Orthanc", taken=LATER), began=LATER)

    assert [gap.server for gap in merge_runs(older, newer).gaps] == ["wlmscpfs"]


def test_a_server_that_was_measured_before_is_not_missing(make_result: Any, make_run: Any) -> None:
    older = make_run(make_result(server="Orthanc"))
    missing = Gap("Orthanc", "", "apt-get install orthanc")
    newer = make_run(make_result(taken=LATER), began=LATER, gaps=[missing])

    assert merge_runs(older, newer).gaps == []


def test_what_failed_in_one_part_is_mended_by_that_part_alone(make_result: Any, make_run: Any) -> None:
    failed = Gap("OpenWorklist", "hl7", "3 orders were not accepted")
    older = make_run(make_result(), gaps=[failed])

    still = merge_runs(older, make_run(make_result("idle", taken=LATER), began=LATER))
    mended = merge_runs(still, make_run(make_result("hl7", taken=LATER), began=LATER))

    assert (still.gaps, mended.gaps) == ([failed], [])
