"""Users, keys and the audit trail by commands beside a server that runs; its first administrator."""

import json
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "four words of mine"
LINK = "first administrator: http://127.0.0.1:{}/first-run?token="


@pytest.fixture
def run(openworklist: Any, tmp_path: Path) -> Any:
    """Runs a command on the server's data; what it printed."""

    def run(*arguments: object, input: str = "") -> str:
        ended = openworklist(*arguments, "--data", tmp_path / "data", input=input)
        assert (ended.returncode, ended.stderr) == (0, "")
        return str(ended.stdout)

    return run


def test_commands_look_after_users_beside_a_server(
    start_server: Any, run: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    add = ("user", "add", "Ada", "--role", "administrator")
    assert run(*add, input=f"{PASSWORD}\n") == "ada: added as administrator\n"
    assert run("user", "add", "bob", input=f"{PASSWORD}\n") == "bob: added as viewer\n"
    assert run("user", "role", "bob", "operator") == "bob: operator\n"
    assert run("user", "password", "bob", input="four other words\n") == "bob: has a new password\n"
    assert run("user", "deactivate", "bob") == "bob: deactivated\n"
    listed = json.loads(run("user", "list", "--json"))
    assert [(each["name"], each["role"], each["is_active"]) for each in listed] == [
        ("ada", "administrator", True),
        ("bob", "operator", False),
    ]
    assert run("user", "activate", "bob") == "bob: active\n"
    assert run("user", "end-sessions", "bob") == "bob: 0 sessions ended\n"
    assert json.loads(run("user", "sessions", "bob", "--json")) == []
    assert run("user", "delete", "bob") == "bob: deleted\n"
    for arguments, typed, code in (
        (("user", "delete", "ada"), "", "user.last-administrator"),
        (("user", "add", "eve"), "short\n", "user.password-weak"),
        (("user", "add", "eve"), "", "user.password-weak"),
        (("user", "sessions", "eve"), "", "user.not-found"),
        (("key", "revoke", "robot"), "", "key.not-found"),
    ):
        refused = openworklist(*arguments, "--data", tmp_path / "data", input=typed)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"({code})" in refused.stderr
    key = run("key", "add", "robot", "--role", "operator", "--days", "7").strip()
    assert key[:9] in run("key", "list")
    assert key not in run("key", "list", "--json")
    assert run("key", "revoke", "robot") == "robot: revoked\n"
    (only,) = json.loads(run("key", "list", "--json"))
    assert (only["role"], only["is_valid"]) == ("operator", False)
    deeds = json.loads(run("audit", "--subject", "user", "--id", "bob", "--json"))
    assert [each["action"].removeprefix("user.") for each in reversed(deeds)] == [
        "add",
        "role",
        "password",
        "deactivate",
        "activate",
        "sessions-end",
        "delete",
    ]
    assert {each["actor"].partition(":")[0] for each in deeds} == {"cli"}
    assert "key.revoke" in run("audit", "--action", "key.", "--limit", "1")
    assert server.stop() == 0
    said = server.said + server.log.read_text()
    assert LINK.format(server.web) in said
    for secret in (PASSWORD, "four other words", key):
        assert secret not in said
        assert secret.encode() not in b"".join(each.read_bytes() for each in server.data.iterdir())

    server = start_server(tmp_path / "data")
    assert server.stop() == 0
    assert server.said.count("\n") == 1  # there is an administrator: no link


def test_the_first_password_is_given_to_the_start(
    openworklist: Any, run: Any, tmp_path: Path, free_ports: Any
) -> None:
    ports = dict(zip(("hl7", "dicom", "web"), free_ports(3), strict=True))
    flags = [text for name, port in ports.items() for text in (f"--{name}-port", port)]
    secret = tmp_path / "password"
    secret.write_text("short\n")
    serve = ("serve", "--data", tmp_path / "data", "--host", "127.0.0.1", *flags)

    refused = openworklist(*serve, environment={"OPENWORKLIST_ADMIN_PASSWORD_FILE": str(secret)})

    assert refused.returncode == 1
    assert "[admin_password]" in refused.stderr
    assert "(user.password-weak)" in refused.stderr
    assert "short\n" not in refused.stderr
    assert json.loads(run("user", "list", "--json")) == []


def test_without_login_there_is_no_link_and_no_other_machine(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--no-login")
    assert server.stop() == 0
    assert "first administrator" not in server.said
    refused = openworklist("serve", "--data", tmp_path / "data", "--no-login", "--host", "0.0.0.0")
    assert refused.returncode == 1
    assert "(settings.invalid)" in refused.stderr
