import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.options import Options, change_option
from openworklist.domain.switches import NAMES, OPTION, SETTING, Switches, find_origins, resolve

SETTINGS = Switches(3001, "/orders", True, False, "8859/1")


def test_without_options_all_is_as_the_settings_say() -> None:
    assert resolve(Options(), SETTINGS) == SETTINGS
    assert set(find_origins(Options()).values()) == {SETTING}


def test_an_option_goes_before_the_setting() -> None:
    options = Options(
        hl7_port="3005", folder="/other", folder_erase="no", log_questions="yes", default_charset="8859/7"
    )
    assert resolve(options, SETTINGS) == Switches(3005, "/other", False, True, "8859/7")
    assert find_origins(options) == dict.fromkeys(NAMES, OPTION)


def test_0_and_a_hyphen_switch_off() -> None:
    found = resolve(Options(hl7_port="0", folder="-"), SETTINGS)
    assert (found.hl7_port, found.folder) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [("hl7_port", "65536"), ("hl7_port", "-1"), ("hl7_port", "x"), ("hl7_port", "²"),
     ("folder_erase", "maybe"), ("log_questions", "true"), ("folder", "a\nb")],
)  # fmt: skip
def test_what_is_none_of_its_values_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        change_option(Options(), name, value)
