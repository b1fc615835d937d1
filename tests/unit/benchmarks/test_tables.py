from typing import Any

import pytest
from benchmarks.page.tables import detail, format_times, format_value, list_troubles, tabulate


@pytest.mark.parametrize(
    ("value", "text"), [(12_345.6, "12,346"), (99.96, "100.0"), (12.34, "12.3"), (1.234, "1.23")]
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert format_value(value) == text


def test_ratios_have_decimals_where_they_are_small() -> None:
    assert (format_times(0.02), format_times(7.5), format_times(775.4)) == ("0.02 ×", "7.50 ×", "775 ×")


def test_a_rate_is_shown_with_how_many_times_more_ours_is(make_result: Any, make_run: Any) -> None:
    results = [make_result(server="Orthanc", value=4), make_result(value=3000), make_result(stored=10)]

    assert tabulate(make_run(*results), results, "stored", is_rate=True).splitlines() == [
        "|  | 10 | 1,000 |",
        "|---|---:|---:|",
        "| OpenWorklist | 100 | 3,000 |",
        "| Orthanc |  | 4.00 (750 ×) |",
    ]


def test_a_time_says_who_did_not_answer_and_who_did_not_hold_all(make_result: Any, make_run: Any) -> None:
    silent = make_result("idle", "wlmscpfs", 20_000, load=100, is_answered=False)
    partial = make_result("idle", "pynetdicom", 50, load=100)
    run = make_run(
        *(make_result("idle", value=0.5, load=100), silent, partial),
        make_result("idle-held", "pynetdicom", 99, load=100),
    )

    table = tabulate(run, run.get_all("idle"), "load", is_rate=False)

    assert "| wlmscpfs | none in 20 s |" in table
    assert "| pynetdicom | 50.0 † (100 ×) |" in table


def test_details_show_our_shares_and_the_largest_of_the_client_elsewhere(make_result: Any) -> None:
    results = [
        make_result(p50_ms=0.25, p99_ms=1.5, client_cpu=0.4, server_cpu=0.66),
        make_result(server="OpenWorklist, PostgreSQL", client_cpu=0.2, server_cpu=0.9),
        make_result(server="Orthanc", client_cpu=0.05),
        make_result(server="wlmscpfs", client_cpu=0.02),
    ]

    text = "\n".join(detail(results, lambda one: f"{one.stored:,} stored"))

    assert "| 1,000 stored | 0.25 | 1.50 | 66% | 40% |" in text
    assert "| OpenWorklist, PostgreSQL, 1,000 stored | 0.00 | 0.00 | 90% | 20% |" in text
    assert "every other server the client used 5% of a core at most" in text


def test_what_went_wrong_is_said(make_result: Any) -> None:
    results = [make_result(), make_result(server="wlmscpfs", load=128, failures=544, wrong=2)]

    assert list_troubles(results[:1]) == []
    assert list_troubles(results)[1:3] == [
        "- wlmscpfs, 1,000 stored, load 128: 544 times turned away or cut off, and tried again",
        "- wlmscpfs, 1,000 stored, load 128: 2 answers were not complete",
    ]
