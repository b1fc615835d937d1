"""docs/pages.md has every page of the rail, and no other than there are."""

import re
from pathlib import Path

from openworklist.ui.frame import RAIL
from players.site import Site

PAGE = Path(__file__).parents[2] / "docs" / "pages.md"


def test_the_pages_that_are_told_of_are_there(site: Site) -> None:
    client = site.client("administrator")
    told = re.findall(r"^\| \w+ `(/[a-z/]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)

    assert {place.path for place in RAIL} <= set(told)
    assert {path: client.get(path).status_code for path in told} == dict.fromkeys(told, 200)
