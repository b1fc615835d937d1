import os
import socket
import sys
from pathlib import Path

import pytest

from openworklist.services.doctor.holders import Holder, command_for, find_holders

needs_proc = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux has /proc")


@needs_proc
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1", "::"])
def test_who_listens_is_found_with_the_address(address: str) -> None:
    try:
        listening = socket.create_server(
            (address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET
        )
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with listening:
        (holder,) = find_holders(listening.getsockname()[1]) or ()

    assert (holder.address, holder.pid) == (address, os.getpid())
    assert holder.describe().endswith(f"(process {os.getpid()})")
    assert holder.arguments


@needs_proc
def test_a_socket_that_does_not_listen_holds_nothing() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))

        assert find_holders(bound.getsockname()[1]) == ()


@pytest.mark.parametrize(
    ("arguments", "is_ours"),
    [
        (("/opt/venv/bin/python", "/opt/venv/bin/openworklist", "serve", "--data", "d"), True),
        (("python", "-m", "openworklist", "serve"), True),
        (("C:\\x", "openworklist.exe", "serve"), True),
        (("/home/me/openworklist/.venv/bin/python", "other.py", "serve"), False),
        (("openworklist", "doctor", "listen", "3001"), False),
        ((), False),
    ],
)
def test_a_server_is_known_by_what_it_was_called_with(arguments: tuple[str, ...], is_ours: bool) -> None:
    assert Holder("::", 1, "x", arguments).is_openworklist is is_ours


@pytest.mark.skipif(sys.platform != "linux", reason="each system has its own")
def test_the_command_for_a_person_has_the_port() -> None:
    assert command_for(3001) == "sudo ss -ltnp 'sport = :3001'"
