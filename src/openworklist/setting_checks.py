"""What a setting may be: each check says what is wrong with a value, "" if nothing is."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from openworklist.domain.errors import SettingsError
from openworklist.domain.networks import Network, parse_networks
from openworklist.domain.token_secrets import parse_secrets

_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


def is_port(value: int) -> str:
    return "" if 0 <= value <= 65535 else "is no port: 1 to 65535, or 0 to switch it off"


def is_not_negative(value: float) -> str:
    return "" if value >= 0 else "must not be negative"


def is_positive(value: float) -> str:
    return "" if value > 0 else "must be more than 0"


def is_level(value: str) -> str:
    return "" if value in _LEVELS else f"is no level: {', '.join(_LEVELS)}"


def is_charset(value: str) -> str:
    from openworklist.domain.charset import from_hl7

    return "" if from_hl7(value) else "is no character set of HL7 table 0211, like 8859/1 or UNICODE UTF-8"


def is_zone(value: str) -> str:
    from openworklist.domain.zones import is_zone

    return "" if is_zone(value) else "is no time zone, like Europe/Athens"


def is_networks(value: str) -> str:
    try:
        to_networks(value)
    except SettingsError:
        return "is no list of addresses or networks, like 10.1.0.0/16 2001:db8::/32"
    return ""


def is_token_keys(value: str) -> str:
    try:
        parse_secrets(value)
    except SettingsError:
        return "must be 64 hexadecimal digits for each key: `openssl rand -hex 32` makes one"
    return ""


def to_networks(value: str) -> tuple[Network, ...]:
    return parse_networks(value)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a listener of that address."""
    try:
        return host.strip("[]").lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
