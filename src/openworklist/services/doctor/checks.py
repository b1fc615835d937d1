"""Every quick check, as a table, and how they are run: none keeps the next from running."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from openworklist.domain.errors import OpenWorklistError
from openworklist.services.doctor.case import Case
from openworklist.services.doctor.certificate import check_certificate
from openworklist.services.doctor.clock import check_clock
from openworklist.services.doctor.database import check_database
from openworklist.services.doctor.disk import check_disk
from openworklist.services.doctor.finding import Finding, Level
from openworklist.services.doctor.limits import check_limits
from openworklist.services.doctor.network import check_network
from openworklist.services.doctor.ports import check_ports
from openworklist.services.doctor.study_tokens import check_study_tokens

Check = Callable[[Case], Iterable[Finding]]

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("program", check_limits),
    ("ports", check_ports),
    ("certificate", check_certificate),
    ("network", check_network),
    ("disk", check_disk),
    ("database", check_database),
    ("study tokens", check_study_tokens),
    ("clock", check_clock),
)


def examine(case: Case) -> Iterator[Finding]:
    """What every check finds, as it finds it. Changes nothing."""
    for name, check in CHECKS:
        yield from run_check(name, check, case)


def run_check(name: str, check: Check, case: Case) -> Iterator[Finding]:
    """The findings of one check; what it raises is one too."""
    try:
        yield from check(case)
    except OpenWorklistError as error:
        yield Finding(name, Level.PROBLEM, error.sentence, error.hint, (("code", error.code),))
    except Exception as error:  # noqa: BLE001 - the edge: what cannot be looked at is told, the rest goes on
        reason = getattr(error, "strerror", None) or type(error).__name__
        yield Finding(name, Level.WARNING, f"This could not be looked at: {reason}.")
