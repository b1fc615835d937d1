"""What the process needs to start, and where each value came from. The only place that reads the environment.

Defaults < TOML file < environment OPENWORKLIST_* (OPENWORKLIST_*_FILE for secrets) < flags.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openworklist.domain.ae_title import is_ae_title
from openworklist.domain.errors import SettingsError
from openworklist.machine_zone import find_machine_zone
from openworklist.setting_checks import (
    is_charset,
    is_level,
    is_loopback,
    is_networks,
    is_not_negative,
    is_port,
    is_positive,
    is_token_keys,
    is_zone,
    to_networks,
)

PREFIX = "OPENWORKLIST_"
DEFAULT = "default"
_CONFIG = PREFIX + "CONFIG"
_PASSWORD = re.compile(r"(://[^:/@]*):.*@")
# libpq's password, sslpassword, scram_client_key and their like; its names may be percent-encoded.
_OPTION = "; the option of this name goes before it"
_DEMO_DATA = "data-demo"
_SECRET_PARAMETER = re.compile(r"([?&][^=&]*(?:password|secret|scram|%)[^=&]*=)[^&]*", re.IGNORECASE)


def _say(
    default: Any,
    help: str,
    check: Callable[[Any], str] | None = None,
    *,
    secret: bool = False,
    flag: bool = True,
) -> Any:
    """`flag` is False for what everybody on the machine could read in the list of processes."""
    metadata = {"help": help, "check": check, "secret": secret, "flag": flag}
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """Bytes, counts and seconds; a time-out of 0 is none, a port of 0 switches its listener off."""

    data: str = _say("data", "data folder: database, backups, lock")
    database: str = _say("", "database URL; empty: SQLite in the data folder", secret=True)
    host: str = _say("", "address of every listener; empty: all addresses of this machine, IPv4 and IPv6")
    hl7_host: str = _say("", "address of the HL7 listener; empty: as host")
    dicom_host: str = _say("", "address of the DICOM listener; empty: as host")
    web_host: str = _say("", "address of the web listener; empty: as host")
    hl7_port: int = _say(3001, "HL7 port" + _OPTION, is_port)
    dicom_port: int = _say(11112, "DICOM port", is_port)
    web_port: int = _say(3000, "web port", is_port)
    hl7_tls_port: int = _say(0, "HL7 port with TLS beside it, often 6661", is_port)
    dicom_tls_port: int = _say(0, "DICOM port with TLS beside it, by the standard 2762", is_port)
    web_tls: bool = _say(False, "web port with TLS alone: https instead of http")
    tls_certificate: str = _say("", "file of the certificate for TLS, PEM, with those that lead to its CA")
    tls_key: str = _say("", "file of its key, PEM, not encrypted; empty: in the certificate's file")
    hl7_tls_client_ca: str = _say("", "file of the CA of senders' certificates; empty: none is asked for")
    dicom_tls_client_ca: str = _say("", "file of the CA of scanners' certificates; empty: none is asked for")
    tls_handshake_timeout: float = _say(10.0, "seconds that agreeing upon TLS may take", is_not_negative)
    ae_title: str = _say("OPENWORKLIST", "AE title of the worklist", is_ae_title)
    ae_title_required: bool = _say(False, "turn away associations that call another AE title")
    time_zone: str = _say("", "time zone of the site; empty: this machine's", is_zone)
    default_charset: str = _say(
        "8859/1", "character set of messages that name none (HL7 table 0211)" + _OPTION, is_charset
    )
    hl7_allowed: str = _say("", "addresses that may connect to the HL7 port; empty: all", is_networks)
    hl7_max_message: int = _say(8 * 1024 * 1024, "largest HL7 message in bytes", is_positive)
    hl7_max_connections: int = _say(10_000, "HL7 connections at once", is_positive)
    hl7_max_per_address: int = _say(
        2_000, "HL7 connections of one address at once; 0: any number", is_not_negative
    )
    hl7_idle_timeout: float = _say(0.0, "seconds of silence that close an HL7 connection", is_not_negative)
    hl7_frame_timeout: float = _say(60.0, "seconds that an HL7 message may take to arrive", is_not_negative)
    hl7_write_timeout: float = _say(30.0, "seconds to wait for a sender to read", is_not_negative)
    folder: str = _say("", "folder that is watched for files of HL7 messages; empty: none" + _OPTION)
    folder_erase: bool = _say(
        False, "delete files whose messages were all taken, instead of renaming them" + _OPTION
    )
    folder_interval: float = _say(2.0, "seconds between two looks at the watched folder", is_positive)
    dicom_allowed: str = _say("", "addresses that may connect to the DICOM port; empty: all", is_networks)
    dicom_max_pdu: int = _say(65_536, "largest PDU taken, in bytes; 0: any", is_not_negative)
    dicom_max_associations: int = _say(10_000, "associations at once", is_positive)
    dicom_max_per_title: int = _say(
        0, "associations of one calling AE title at once; 0: any number", is_not_negative
    )
    dicom_max_per_address: int = _say(
        2_000, "associations of one address at once; 0: any number", is_not_negative
    )
    dicom_max_pending: int = _say(
        2_048, "connections without an association at once; of more the oldest is closed", is_positive
    )
    dicom_max_identifier: int = _say(1024 * 1024, "largest question of a scanner, in bytes", is_positive)
    dicom_artim_timeout: float = _say(30.0, "seconds to wait for an association request", is_not_negative)
    dicom_idle_timeout: float = _say(600.0, "seconds of silence that end an association", is_not_negative)
    dicom_pdu_timeout: float = _say(30.0, "seconds that a PDU may take to arrive", is_not_negative)
    dicom_write_timeout: float = _say(30.0, "seconds to wait for a scanner to read", is_not_negative)
    web_max_connections: int = _say(
        2_000, "web connections at once; of more the oldest that asks nothing is closed", is_positive
    )
    web_request_timeout: float = _say(120.0, "seconds that a web request may take to arrive", is_not_negative)
    web_write_timeout: float = _say(30.0, "seconds to wait for a browser to read", is_not_negative)
    web_proxies: str = _say(
        "", "addresses of proxies that may say for whom they ask the web port; empty: none", is_networks
    )
    web_hsts_days: int = _say(
        0,
        "days that browsers are to insist upon https for this host, on all of its ports; 0: not told",
        is_not_negative,
    )
    archive_user: str = _say("", "name by which the archive knows us; empty: none")
    archive_password: str = _say("", "its password", secret=True, flag=False)
    archive_token: str = _say(
        "", "bearer token for the archive, in place of name and password", secret=True, flag=False
    )
    archive_ca: str = _say("", "file of the CA of the archive's certificate; empty: those of this machine")
    archive_certificate: str = _say("", "file of our certificate, if the archive wants one, PEM")
    archive_key: str = _say("", "file of its key, PEM, not encrypted; empty: in the certificate's file")
    commit_group: int = _say(512, "orders that share a commit at most", is_positive)
    drain_seconds: float = _say(5.0, "seconds that a stopping server goes on answering", is_not_negative)
    journal_days: int = _say(0, "days that messages stay in the journal; 0: for ever", is_not_negative)
    outbound_timeout: float = _say(30.0, "seconds to wait for a receiver's acknowledgement", is_positive)
    outbound_pause: float = _say(300.0, "longest pause between two attempts to send, in seconds", is_positive)
    outbound_days: float = _say(
        3.0, "days after which a message that cannot be sent is given up", is_positive
    )
    outbound_attempts: int = _say(
        0, "attempts after which a message that cannot be sent is given up; 0: any number", is_not_negative
    )
    admin_password: str = _say(
        "", "password of the first administrator, admin, where there is no user yet", secret=True, flag=False
    )
    study_token_key: str = _say(
        "",
        "secret key of study tokens, 64 hexadecimal digits; empty: that of the data folder",
        is_token_keys,
        secret=True,
        flag=False,
    )
    demo: bool = _say(False, "a made-up hospital to try out, in the data folder data-demo")
    no_login: bool = _say(
        False, "let everybody in as administrator, on a web address of this machine alone (127.0.0.1, ::1)"
    )
    log_questions: bool = _say(False, "log every question of a scanner, not only those that failed" + _OPTION)
    log_level: str = _say("INFO", "DEBUG, INFO, WARNING or ERROR; DEBUG may show patient data", is_level)

    def zone(self) -> tzinfo:
        """The site's time zone, with its rules for summer time."""
        return ZoneInfo(self.time_zone) if self.time_zone else find_machine_zone(os.environ.get("TZ"))

    def hl7_networks(self) -> tuple[Any, ...]:
        return to_networks(self.hl7_allowed)

    def dicom_networks(self) -> tuple[Any, ...]:
        return to_networks(self.dicom_allowed)


NAMES = tuple(each.name for each in fields(Settings))
HELP = {each.name: str(each.metadata["help"]) for each in fields(Settings)}
FLAGS = frozenset(each.name for each in fields(Settings) if each.metadata["flag"])
_SECRETS = frozenset(each.name for each in fields(Settings) if each.metadata["secret"])
_CHECKS = {each.name: each.metadata["check"] for each in fields(Settings)}
_DEFAULTS: dict[str, Any] = {each.name: each.default for each in fields(Settings)}


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and for each where its value came from: "default", a file, a variable, a flag."""

    settings: Settings
    origins: Mapping[str, str]

    def shown(self) -> list[tuple[str, str, str]]:
        """Name, value and origin of each, with the password in a database URL hidden."""
        return [(name, self._show(name), self.origins.get(name, DEFAULT)) for name in NAMES]

    def _show(self, name: str) -> str:
        text = str(getattr(self.settings, name))
        if name not in FLAGS:
            return "***" if text else ""
        return _hide_passwords(text) if name in _SECRETS else text


def _hide_passwords(url: str) -> str:
    url = _PASSWORD.sub(r"\1:***@", url)
    return _SECRET_PARAMETER.sub(r"\1***", url)


def load(
    flags: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Loaded:
    """Read and check the settings. Flags that are None were not given.

    SettingsError names the setting, the file or variable it came from, and the way out.
    """
    environment = os.environ if environment is None else environment
    if config is None and environment.get(_CONFIG):
        config = Path(environment[_CONFIG])
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for given, origin in (
        (_from_file(config) if config else {}, lambda _: str(config)),
        (_from_environment(environment), lambda name: PREFIX + name.upper()),
        (
            {name: value for name, value in (flags or {}).items() if value is not None},
            lambda name: "--" + name.replace("_", "-"),
        ),
    ):
        for name, value in given.items():
            values[name] = _convert(name, value, origin(name))
            origins[name] = origin(name)
    if values.get("demo") and "data" not in values:
        values["data"], origins["data"] = _DEMO_DATA, "demo"
    settings = Settings(**values)
    if settings.no_login and settings.web_port and not is_loopback(settings.web_host or settings.host):
        raise SettingsError(
            "Without login the web port must be open to this machine alone.",
            where=origins["no_login"],
            hint="set web_host to 127.0.0.1 or ::1, or have people log in",
        )
    return Loaded(settings, origins)


def _from_file(path: Path) -> dict[str, object]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The settings file {path} cannot be read: {_reason(error)}.", where=str(path)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"The settings file {path} is not TOML: {error}.", where=str(path), hint="mend that line"
        ) from error
    for name in found:
        if name not in _DEFAULTS:
            raise _unknown(name, name, str(path))
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable == _CONFIG:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in _DEFAULTS:
            found[name] = text
        elif name.removesuffix("_file") in _SECRETS:
            found[name.removesuffix("_file")] = _secret(variable, Path(text))
        else:
            raise _unknown(variable, name, "the environment")
    return found


def _secret(variable: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The file that {variable} names cannot be read: {_reason(error)}.", where=str(path)
        ) from error


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8"


def _unknown(shown: str, name: str, origin: str) -> SettingsError:
    near = get_close_matches(name, NAMES, 1)
    hint = f"did you mean {near[0]}?" if near else "`openworklist settings` lists them all"
    return SettingsError(f"There is no setting {shown!r}.", where=origin, hint=hint, code="settings.unknown")


def _convert(name: str, value: object, origin: str) -> object:
    kind: type[Any] = type(_DEFAULTS[name])
    try:
        if kind is bool:
            return _to_bool(value)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise ValueError
        if kind is float and isinstance(value, (int, str)):
            value = float(value)
        elif kind is int and isinstance(value, str):
            value = int(value)
        if not isinstance(value, kind) or "\0" in str(value):
            raise ValueError
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError
    except (ValueError, TypeError, KeyError):
        wanted = {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text")
        raise SettingsError(f"{name} must be {wanted}.", where=origin) from None
    if isinstance(value, str):
        value = value.strip()
    check = _CHECKS[name]
    problem = check(value) if check else ""
    if problem:
        shown = "" if name in _SECRETS else f" {str(value)!r}"
        raise SettingsError(f"{name}{shown} {problem}.", where=origin)
    return value


def _to_bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]
