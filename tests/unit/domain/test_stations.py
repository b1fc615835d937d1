"""Which stations an order gets by rule and by group."""

import pytest

from openworklist.domain.conditions import Condition
from openworklist.domain.errors import SettingsError
from openworklist.domain.order import Order
from openworklist.domain.stations import (
    Assigned,
    StationGroup,
    StationRule,
    assign_stations,
    find_problems,
    find_stations,
    make_stations,
)

STATION = "scheduled_station_ae_title"
HEADS = StationRule("heads", ("CT2",), (Condition("requested_procedure_id", ("HEAD*",)),))
CTS = StationRule("all CT", ("scanners",), (Condition("modality", ("CT",)),), rank=1)
SCANNERS = StationGroup("scanners", ("CT1", "CT2", "CT3"))
ROOM = StationRule(
    "room 4", ("XR4",), (Condition("current_patient_location", ("R4",)),), replaces=True, rank=2
)


def assign(*parts: StationRule | StationGroup, **values: str) -> Order:
    order = Order("NW", "", values, warnings=("as it came",))
    return assign_stations(order, "ORM^O01", "RIS|NORTH", make_stations(parts))


def test_an_order_without_a_station_gets_that_of_the_rule_beside_its_values() -> None:
    order = assign(HEADS, requested_procedure_id="HEAD1")
    assert order.stations == "CT2"
    assert STATION not in order.values


def test_the_station_that_was_sent_stays() -> None:
    order = assign(HEADS, requested_procedure_id="HEAD1", **{STATION: "CT9"})
    assert (order.values[STATION], order.stations) == ("CT9", "")


def test_a_rule_that_replaces_is_for_orders_with_a_station_too() -> None:
    order = assign(ROOM, current_patient_location="R4", **{STATION: "CT9"})
    assert (order.values[STATION], order.stations) == ("XR4", "")
    assert assign(ROOM, current_patient_location="R4").values[STATION] == "XR4"


def test_a_rule_that_replaces_counts_more_than_a_station_deleted_by_the_sender() -> None:
    order = Order("XO", "", {"current_patient_location": "R4"}, nullified=frozenset({STATION, "modality"}))
    order = assign_stations(order, "ORM^O01", "RIS|", make_stations([ROOM]))
    assert (order.values[STATION], order.nullified) == ("XR4", {"modality"})


def test_the_first_rule_that_fits_decides() -> None:
    assert assign(CTS, HEADS, modality="CT", requested_procedure_id="HEAD1").stations == "CT2"
    room = assign(ROOM, CTS, modality="CT", current_patient_location="R4", **{STATION: "CT9"})
    assert room.values[STATION] == "XR4"


def test_a_rule_may_name_a_group_or_a_scanner_in_it() -> None:
    assert assign(CTS, SCANNERS, modality="CT").stations == "CT1\\CT2\\CT3"
    assert assign(HEADS, SCANNERS, requested_procedure_id="HEAD1").stations == "CT1\\CT2\\CT3"


@pytest.mark.parametrize("sent", ["scanners", "CT2"])
def test_scanners_of_a_group_show_one_list_whichever_of_them_is_sent(sent: str) -> None:
    assert assign(SCANNERS, **{STATION: sent}).values[STATION] == "CT1\\CT2\\CT3"


def test_a_group_that_does_not_share_is_only_a_name() -> None:
    group = StationGroup("scanners", ("CT1", "CT2"), shares=False)
    assert assign(group, **{STATION: "scanners\\MR1"}).values[STATION] == "CT1\\CT2\\MR1"
    assert assign(group, **{STATION: "CT2"}).values[STATION] == "CT2"


def test_a_scanner_in_two_groups_brings_in_both() -> None:
    night = StationGroup("night", ("CT3", "CT4"))
    assert assign(SCANNERS, night, **{STATION: "CT3"}).values[STATION] == "CT1\\CT2\\CT3\\CT4"
    assert assign(SCANNERS, night, **{STATION: "CT1"}).values[STATION] == "CT1\\CT2\\CT3"


def test_the_name_of_a_group_may_be_the_title_of_a_scanner_in_it() -> None:
    group = StationGroup("CT1", ("CT1", "CT2"))
    assert assign(group, **{STATION: "CT1"}).values[STATION] == "CT1\\CT2"


def test_a_group_changes_the_case_of_no_title() -> None:
    assert assign(SCANNERS, **{STATION: "ct2"}).values[STATION] == "ct2"


def test_a_title_that_is_none_is_left_out_with_a_warning() -> None:
    rule = StationRule("odd", ("a group that was deleted", "CT1"))
    order = assign(rule)
    assert order.stations == "CT1"
    assert order.warnings[0] == "as it came"
    assert "station rule 'odd': 'a group that was deleted' is no AE title" in order.warnings[1]


def test_an_order_keeps_its_station_where_a_rule_has_no_title_at_all() -> None:
    rule = StationRule("odd", ("Röntgen",), replaces=True)
    order = assign(rule, **{STATION: "CT9"})
    assert (order.values[STATION], len(order.warnings)) == ("CT9", 2)


def test_an_order_that_nothing_fits_stays_as_it_is() -> None:
    order = Order("NW", "", {"modality": "MR", STATION: " MR1"})
    for parts in ((), (CTS, SCANNERS, ROOM)):
        assert assign_stations(order, "ORM^O01", "RIS|", make_stations(parts)) is order


def test_people_are_shown_which_rule_gave_what() -> None:
    stations = make_stations([SCANNERS, CTS])
    assert find_stations(Order("NW", "", {"modality": "CT"}), "ORM", "RIS|", stations) == Assigned(
        ("CT1", "CT2", "CT3"), rule="all CT"
    )


def test_people_are_told_of_titles_that_no_order_can_get() -> None:
    (problem,) = find_problems(make_stations([StationRule("odd", ("scanners", "CT1", "Röntgen")), SCANNERS]))
    assert "station rule 'odd': 'Röntgen' is no group and is no AE title" in problem


def test_a_rule_has_one_condition_on_a_name() -> None:
    with pytest.raises(SettingsError, match="station rule 'a' has two conditions on modality"):
        StationRule("a", ("CT1",), (Condition("modality", ("CT",)), Condition("modality", ("MR",))))
