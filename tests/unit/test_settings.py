import stat
from pathlib import Path

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.hl7.dates import read_stamp
from openworklist.settings import NAMES, load


def test_a_server_needs_no_settings() -> None:
    loaded = load(environment={})

    assert (loaded.settings.hl7_port, loaded.settings.dicom_port, loaded.settings.web_port) == (
        3001,
        11112,
        3000,
    )
    assert {origin for _, _, origin in loaded.shown()} == {"default"}


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('hl7_port = 1\ndicom_port = 1\nweb_port = 1\nae_title = "FILE"\n')
    environment = {"OPENWORKLIST_HL7_PORT": "2", "OPENWORKLIST_DICOM_PORT": "2"}

    loaded = load({"hl7_port": 3, "web_port": None}, environment, file)

    origins = {name: (value, origin) for name, value, origin in loaded.shown()}
    assert origins["hl7_port"] == ("3", "--hl7-port")
    assert origins["dicom_port"] == ("2", "OPENWORKLIST_DICOM_PORT")
    assert origins["web_port"] == ("1", str(file))
    assert origins["ae_title"] == ("FILE", str(file))
    assert origins["log_level"] == ("INFO", "default")


def test_the_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("hl7_port = 2575\n")

    assert load(environment={"OPENWORKLIST_CONFIG": str(file)}).settings.hl7_port == 2575


def test_a_secret_comes_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://worklist:hunter2@db/worklist\n")
    secret.chmod(stat.S_IRUSR)

    loaded = load(environment={"OPENWORKLIST_DATABASE_FILE": str(secret)})

    assert loaded.settings.database == "postgresql://worklist:hunter2@db/worklist"
    shown = {name: value for name, value, _ in loaded.shown()}
    assert shown["database"] == "postgresql://worklist:***@db/worklist"


@pytest.mark.parametrize(
    ("environment", "where", "sentence"),
    [
        ({"OPENWORKLIST_HL7_PROT": "1"}, "the environment", "did you mean hl7_port?"),
        ({"OPENWORKLIST_HL7_PORT": "x"}, "OPENWORKLIST_HL7_PORT", "hl7_port must be a whole number"),
        ({"OPENWORKLIST_HL7_PORT": "65536"}, "OPENWORKLIST_HL7_PORT", "is no port"),
        ({"OPENWORKLIST_AE_TITLE": "A" * 17}, "OPENWORKLIST_AE_TITLE", "is no AE title"),
        ({"OPENWORKLIST_AE_TITLE": "  "}, "OPENWORKLIST_AE_TITLE", "is no AE title"),
        ({"OPENWORKLIST_TIME_ZONE": "Mars/Olympus"}, "OPENWORKLIST_TIME_ZONE", "is no time zone"),
        ({"OPENWORKLIST_DEFAULT_CHARSET": "EBCDIC"}, "OPENWORKLIST_DEFAULT_CHARSET", "is no character set"),
        ({"OPENWORKLIST_HL7_ALLOWED": "10.0.0.0/33"}, "OPENWORKLIST_HL7_ALLOWED", "is no list of addresses"),
        ({"OPENWORKLIST_DRAIN_SECONDS": "-1"}, "OPENWORKLIST_DRAIN_SECONDS", "must not be negative"),
        ({"OPENWORKLIST_DRAIN_SECONDS": "nan"}, "OPENWORKLIST_DRAIN_SECONDS", "must be a number"),
        ({"OPENWORKLIST_DRAIN_SECONDS": "inf"}, "OPENWORKLIST_DRAIN_SECONDS", "must be a number"),
        ({"OPENWORKLIST_FOLDER_INTERVAL": "0"}, "OPENWORKLIST_FOLDER_INTERVAL", "must be more than 0"),
        ({"OPENWORKLIST_LOG_LEVEL": "LOUD"}, "OPENWORKLIST_LOG_LEVEL", "is no level"),
        ({"OPENWORKLIST_DATABASE_FILE": "/nowhere/url"}, "/nowhere/url", "cannot be read"),
        ({"OPENWORKLIST_CONFIG": "/nowhere/site.toml"}, "/nowhere/site.toml", "cannot be read"),
    ],
)
def test_a_wrong_value_names_its_place(environment: dict[str, str], where: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(environment=environment)

    assert caught.value.where == where
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("hl7_prot = 1\n", "There is no setting 'hl7_prot'"),
        ("hl7_port = true\n", "must be a whole number"),
        ("ae_title = 7\n", "must be text"),
        ('data = "a\\u0000b"\n', "must be text"),
        ("hl7_port = \n", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "site.toml"
    file.write_text(content)

    with pytest.raises(SettingsError, match=sentence):
        load(environment={}, config=file)


def test_every_setting_is_said_once_in_the_list() -> None:
    assert len(set(NAMES)) == len(NAMES) == len(load(environment={}).shown())


def test_the_time_zone_is_the_one_named_else_that_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")

    assert str(load(environment={}).settings.zone()) == "America/New_York"
    assert str(load({"time_zone": "Asia/Tokyo"}, {}).settings.zone()) == "Asia/Tokyo"


def test_a_stamp_with_an_offset_is_brought_to_the_machines_summer_or_winter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Europe/Athens")
    zone = load(environment={}).settings.zone()

    assert read_stamp("20260115093000+0000", zone) == ("20260115", "113000", "")
    assert read_stamp("20260715223000+0000", zone) == ("20260716", "013000", "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://w:hunter2@db/w", "postgresql://w:***@db/w"),
        ("postgresql://w:hunter2?@x@db/w", "postgresql://w:***@db/w"),
        ("postgresql://:hunter2@db/w", "postgresql://:***@db/w"),
        ("postgresql://w@db/w?password=hunter2", "postgresql://w@db/w?password=***"),
        (
            "postgresql://db/w?sslmode=require&PASSWORD=hunter2&user=w",
            "postgresql://db/w?sslmode=require&PASSWORD=***&user=w",
        ),
        ("postgresql://db/w?sslpassword=hunter2", "postgresql://db/w?sslpassword=***"),
        ("postgresql://db/w?p%61ssword=hunter2&a=b", "postgresql://db/w?p%61ssword=***&a=b"),
        ("postgresql://w@db:5432/w?application_name=ow", "postgresql://w@db:5432/w?application_name=ow"),
        ("sqlite:///data/w.sqlite3", "sqlite:///data/w.sqlite3"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    loaded = load({"database": url}, {})

    assert loaded.settings.database == url
    assert ("database", shown, "--database") in loaded.shown()


def test_a_secret_that_is_not_utf_8_names_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_bytes("postgresql://w:hünter2@db/w".encode("latin_1"))

    with pytest.raises(
        SettingsError, match="OPENWORKLIST_DATABASE_FILE names cannot be read: it is not UTF-8"
    ):
        load(environment={"OPENWORKLIST_DATABASE_FILE": str(secret)})


def test_a_demo_has_a_data_folder_of_its_own_unless_one_is_named() -> None:
    loaded = load({"demo": True}, {})
    assert ("data", "data-demo", "demo") in loaded.shown()

    loaded = load({"demo": True}, {"OPENWORKLIST_DATA": "mine"})
    assert ("data", "mine", "OPENWORKLIST_DATA") in loaded.shown()

    assert load({"demo": False}, {}).settings.data == "data"


def test_the_first_password_is_shown_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("x://four:words of@mine\n")

    loaded = load(environment={"OPENWORKLIST_ADMIN_PASSWORD_FILE": str(secret)})

    assert loaded.settings.admin_password == "x://four:words of@mine"
    assert "words" not in repr(loaded)
    assert {name: value for name, value, _ in loaded.shown()}["admin_password"] == "***"


@pytest.mark.parametrize(
    ("host", "web_host"),
    [("127.0.0.1", ""), ("", "127.8.0.1"), ("0.0.0.0", "::1"), ("", "localhost"), ("", "[::1]")],
)
def test_without_login_the_web_port_is_for_this_machine(host: str, web_host: str) -> None:
    assert load({"no_login": True, "host": host, "web_host": web_host}, {}).settings.no_login


@pytest.mark.parametrize(
    ("host", "web_host"),
    [("", ""), ("127.0.0.1", "0.0.0.0"), ("::", ""), ("192.0.2.1", ""), ("", "localhost.example")],
)
def test_without_login_no_other_machine_gets_in(host: str, web_host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"no_login": True, "host": host, "web_host": web_host}, {})
    assert caught.value.where == "--no-login"
    assert load({"no_login": True, "host": host, "web_host": web_host, "web_port": 0}, {})
