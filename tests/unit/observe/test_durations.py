from openworklist.observe.durations import BOUNDS, Durations


def test_percentiles_are_those_of_the_last_thousand() -> None:
    durations = Durations()
    for _ in range(500):
        durations.add(9.0)
    for number in range(1, 1001):
        durations.add(number / 1000)
    assert durations.find_percentile(50) == 0.5
    assert durations.find_percentile(95) == 0.95
    assert durations.find_percentile(100) == 1.0
    assert durations.find_percentile(0) == 0.001
    assert durations.count == 1500


def test_without_any_there_is_none() -> None:
    assert Durations().find_percentile(50) is None


def test_one_alone_is_all_percentiles() -> None:
    durations = Durations()
    durations.add(0.25)
    assert durations.find_percentile(50) == durations.find_percentile(95) == 0.25


def test_they_are_counted_by_the_bound_that_they_do_not_exceed() -> None:
    durations = Durations()
    for seconds in (0.0005, 0.001, 0.0011, 99):
        durations.add(seconds)
    assert durations.counts[0] == 2
    assert durations.counts[1] == 1
    assert durations.counts[len(BOUNDS)] == 1
