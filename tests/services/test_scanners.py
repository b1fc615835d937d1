"""What is decided about scanners, by people who do not know of each other."""

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.services.configurations import Configurations
from openworklist.services.scanners import change_scanner
from openworklist.store.database import Database


def test_two_who_decide_at_the_same_time_lose_nothing_of_each_other(database: Database) -> None:
    one, other = Configurations(database), Configurations(database)  # each has read what there is
    change_scanner(one, "CT01", {"modalities": ("CT",)}, "ann")
    found = change_scanner(other, " CT01 ", {"day_window": "1,7"}, "bob").scanners["CT01"]
    assert (found.modalities, found.day_window, found.is_confirmed) == (("CT",), "1,7", True)


@pytest.mark.parametrize("title", ["", "CT\\01", "A" * 17])
def test_what_is_no_ae_title_is_no_scanner(database: Database, title: str) -> None:
    with pytest.raises(SettingsError, match="is no AE title"):
        change_scanner(Configurations(database), title, {}, "ann")
