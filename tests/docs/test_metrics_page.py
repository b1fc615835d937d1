"""Every metric is on its page, and nothing else is; every counter of the code is in the catalogue."""

import re
from pathlib import Path

from openworklist.observe.catalogue import COUNTERS, DURATIONS, GAUGES
from openworklist.observe.exposition import INFO, PREFIX

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/metrics.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", re.MULTILINE)
COUNTED = re.compile(
    r"""count\(\s*"([a-z0-9_]+)"|else "([a-z]+_[a-z_]+)"\)|return "(certificates_[a-z]+)\""""
)
SETTINGS = re.compile(r"\b(?:hl7|dicom)_max_\w+(?=\")")


def test_the_page_lists_every_metric_and_no_other() -> None:
    expected = {(f"{PREFIX}{name}_total", "counter", text) for name, text in COUNTERS.items()}
    expected |= {(PREFIX + name, "histogram", text) for name, text in DURATIONS.items()}
    expected |= {(PREFIX + name, "gauge", text) for name, text in GAUGES.items()}
    expected.add((PREFIX + INFO, "gauge", "1, with the version of the server"))
    assert set(ROW.findall(PAGE)) == expected


def test_what_the_code_counts_is_in_the_catalogue() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")]
    counted = {name for text in sources for match in COUNTED.findall(text) for name in match if name}
    assert len(counted) > 30
    assert counted - set(COUNTERS) == set()


def test_every_limit_that_is_told_has_its_counter() -> None:
    listeners = [path.read_text("utf-8") for path in (ROOT / "src/openworklist/listeners").glob("*.py")]
    told = {f"{name}_reached" for text in listeners for name in SETTINGS.findall(text)}
    assert told == {name for name in COUNTERS if name.endswith("_reached")}
