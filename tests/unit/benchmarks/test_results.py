from pathlib import Path
from typing import Any

import pytest
from benchmarks.results import Gap, OtherFormat, load_run


def test_the_value_is_the_median_of_the_rounds(make_result: Any) -> None:
    assert make_result().value == 100
    assert type(make_result())("cycle", "Orthanc", 10, 1, "/s", (1.0, 30.0, 2.0)).value == 2


def test_a_run_survives_its_file(make_result: Any, make_run: Any, tmp_path: Path) -> None:
    run = make_run(make_result(p99_ms=1.5, wrong=2), gaps=[Gap("Orthanc", "", "apt-get install orthanc")])
    run.save(tmp_path / "page" / "results.json")

    assert load_run(tmp_path / "page" / "results.json") == run


def test_results_of_another_format_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"machine": {}, "command": "", "results": [], "missing": {}}')

    with pytest.raises(OtherFormat):
        load_run(tmp_path / "results.json")


def test_results_come_by_size_and_then_by_load(make_result: Any, make_run: Any) -> None:
    cells = [(10_000, 1), (10, 1), (1000, 32), (1000, 1)]
    run = make_run(*(make_result(stored=stored, load=load) for stored, load in cells))

    assert [(one.stored, one.load) for one in run.get_all("cycle")] == sorted(cells)


def test_a_count_of_idle_connections_is_partial_if_fewer_stood(make_result: Any, make_run: Any) -> None:
    whole, part, unknown = (make_result("idle", load=load) for load in (100, 500, 0))
    run = make_run(
        *(whole, part, unknown),
        *(make_result("idle-held", load=100, value=100), make_result("idle-held", load=500, value=499)),
    )

    assert [run.is_partial(one) for one in (whole, part, unknown)] == [False, True, False]
