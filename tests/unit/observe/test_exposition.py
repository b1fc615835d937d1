import re
from typing import NamedTuple

from openworklist.observe.catalogue import COUNTERS, DURATIONS, GAUGES
from openworklist.observe.exposition import PREFIX, format_metrics
from openworklist.observe.metrics import Metrics

# The grammar of the text format 0.0.4.
LINE = re.compile(
    r"# HELP [a-z_:][a-z0-9_:]* .+|# TYPE [a-z_:][a-z0-9_:]* (counter|gauge|histogram)"
    r'|[a-z_:][a-z0-9_:]*(\{[a-z_]+="(?:[^"\\\n]|\\.)*"\})? [0-9.e+-]+'
)


class Status(NamedTuple):
    name: str
    is_up: bool
    problem: str
    connections: int


def test_every_line_is_of_the_format() -> None:
    metrics = Metrics()
    metrics.acknowledgements.add(0.000004)
    text = format_metrics(metrics, [Status('a"b\\', True, "x", 3)], dict.fromkeys(GAUGES, 1.5))
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []


def test_counters_stand_at_0_until_something_happens() -> None:
    metrics = Metrics()
    metrics.count("messages_applied", 3)
    lines = format_metrics(metrics).splitlines()
    assert "openworklist_messages_applied_total 3" in lines
    assert "openworklist_messages_refused_total 0" in lines
    assert "# TYPE openworklist_messages_applied_total counter" in lines


def test_listeners_are_told_apart_by_their_label() -> None:
    statuses = [Status("HL7", True, "", 7), Status("folder", False, "no such folder", 0)]
    lines = format_metrics(Metrics(), statuses).splitlines()
    assert 'openworklist_listener_up{listener="HL7"} 1' in lines
    assert 'openworklist_listener_connections{listener="HL7"} 7' in lines
    assert 'openworklist_listener_up{listener="folder"} 0' in lines
    assert 'openworklist_listener_problem{listener="folder"} 1' in lines


def test_buckets_count_all_that_took_no_longer() -> None:
    metrics = Metrics()
    for seconds in (0.0004, 0.002, 0.3, 60):
        metrics.acknowledgements.add(seconds)
    lines = format_metrics(metrics).splitlines()
    assert 'openworklist_acknowledgement_seconds_bucket{le="0.001"} 1' in lines
    assert 'openworklist_acknowledgement_seconds_bucket{le="0.0025"} 2' in lines
    assert 'openworklist_acknowledgement_seconds_bucket{le="10.0"} 3' in lines
    assert 'openworklist_acknowledgement_seconds_bucket{le="+Inf"} 4' in lines
    assert "openworklist_acknowledgement_seconds_count 4" in lines
    assert "openworklist_question_seconds_count 0" in lines


def test_all_of_the_catalogue_is_there_once() -> None:
    text = format_metrics(Metrics(), [Status("HL7", True, "", 0)], dict.fromkeys(GAUGES, 0.0))
    typed = re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)
    expected = {f"{PREFIX}{name}_total" for name in COUNTERS} | {
        PREFIX + name for name in (*DURATIONS, *GAUGES)
    }
    assert sorted(typed) == sorted(expected | {f"{PREFIX}info"})
