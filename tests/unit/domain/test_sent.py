"""Which of two messages is the older, and when nobody can tell."""

from openworklist.domain.sent import NEVER, Sent, find_newer, newest, remember, show

HOUR = 3_600_000_000
DAY = 24 * HOUR
MIDNIGHT = 1_773_446_400_000_000  # 2026-03-14, UTC
NINE, TEN, ELEVEN = (MIDNIGHT + hour * HOUR for hour in (9, 10, 11))
FAR = MIDNIGHT + 70 * 365 * DAY


def at(time: int, sender: str = "RIS|", arrived: int = ELEVEN) -> Sent:
    return Sent(sender, time, time, arrived)


def test_the_clock_of_one_sender_tells_which_of_its_messages_is_older() -> None:
    assert find_newer(at(NINE), {"RIS|": TEN}) == TEN
    assert find_newer(at(TEN), {"RIS|": NINE}) == 0
    assert find_newer(at(TEN), {"RIS|": TEN}) == 0


def test_the_clocks_of_two_senders_need_not_agree() -> None:
    assert find_newer(at(NINE, "HIS|"), {"RIS|": TEN}) == 0


def test_days_are_older_whoever_sent_them() -> None:
    assert find_newer(at(TEN - DAY - 1, "HIS|"), {"RIS|": TEN}) == TEN
    assert find_newer(at(TEN - DAY, "HIS|"), {"RIS|": TEN}) == 0


def test_a_span_is_older_only_if_all_of_it_is() -> None:
    day = Sent("RIS|", MIDNIGHT, MIDNIGHT + DAY - 1, MIDNIGHT + 2 * DAY)
    assert find_newer(day, {"RIS|": TEN}) == 0
    assert find_newer(day, {"RIS|": MIDNIGHT + DAY}) == MIDNIGHT + DAY


def test_a_mark_of_a_time_to_come_was_made_by_a_clock_that_was_wrong() -> None:
    assert find_newer(at(NINE), {"RIS|": FAR}) == 0
    assert remember(at(NINE), {"RIS|": FAR}) == {"RIS|": NINE}


def test_the_newest_time_of_each_sender_is_remembered() -> None:
    marks = remember(at(TEN), remember(at(NINE, "HIS|"), {}))
    assert marks == {"RIS|": TEN, "HIS|": NINE}
    assert remember(at(NINE), marks) == marks
    assert remember(at(ELEVEN), marks) == {"RIS|": ELEVEN, "HIS|": NINE}


def test_a_message_without_time_is_never_older_and_leaves_no_mark() -> None:
    silent = Sent("RIS|", 0, ELEVEN, ELEVEN)
    assert find_newer(silent, {"RIS|": TEN}) == 0
    assert remember(silent, {"RIS|": TEN}) == {"RIS|": TEN}
    assert find_newer(NEVER, {"RIS|": TEN}) == 0


def test_of_many_senders_the_latest_are_remembered() -> None:
    marks: dict[str, int] = {}
    for number in range(30):
        marks = dict(remember(at(NINE + number, f"S{number}|"), marks))
    assert sorted(marks) == [f"S{number}|" for number in range(22, 30)]


def test_times_are_written_to_the_second() -> None:
    time = MIDNIGHT + 9 * HOUR + 5 * 60_000_000 + 7_250_000
    assert show(time) == "2026-03-14 09:05:07 UTC"
    assert newest({"RIS|": time, "HIS|": NINE}) == "20260314090507"
    assert newest({}) == ""
