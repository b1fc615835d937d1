"""Whether the server lives and is ready, as named checks that each give a reason or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Check = Callable[[], str]


@dataclass(slots=True)
class Health:
    """Ready when every check is silent; a check returns what is wrong, in a sentence, or ""."""

    checks: dict[str, Check] = field(default_factory=dict)

    def add(self, name: str, check: Check) -> None:
        self.checks[name] = check

    def problems(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, check in self.checks.items():
            try:
                problem = check()
            except Exception as error:  # noqa: BLE001 - the edge: a check that fails is an answer
                problem = f"{type(error).__name__}"
            if problem:
                found[name] = problem
        return found
