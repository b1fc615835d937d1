"""schemathesis asks the application what its own document says, as every role, and finds nothing.

All phases that it has, with right and wrong data and methods that there are not. Left out are events, which
never end, and revoking keys, which would lock it out.
"""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from players.site import ORDERS, Site, run_site

# Beside what it would have: values that only a program can check, versions, systems that are not there.
_TAKEN = ["2xx", "400", "401", "403", "404", "406", "409", "412", "413", "422", "428", "502"]
_REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428"]
_SECONDS = {"administrator": 60, "operator": 15, "viewer": 15}


def _configure(site: Site, role: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": 20260314,
            "max-time": _SECONDS[role],
            "headers": {"Authorization": f"Bearer {site.keys[role]}"},
            "continue-on-failure": True,
            "generation": {"max-examples": 3, "no-shrink": True, "database": "none"},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": _TAKEN},
                "negative_data_rejection": {"expected-statuses": _REFUSED},
                # What was deleted has its versions still, a scanner that was forgotten its questions.
                "use_after_free": {"enabled": False},
            },
            "operations": [
                *(
                    {"include-operation-id": name, "enabled": False}
                    for name in ("follow_events", "revoke_key")
                ),
            ],
        }
    )


def _find_failures(event: Any) -> list[str]:
    if isinstance(event, events.NonFatalError | events.FatalError):
        return [str(event)]
    if not isinstance(event, events.ScenarioFinished):
        return []
    return [
        f"{event.recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("role", _SECONDS)
def test_it_finds_nothing(tmp_path: Path, role: str) -> None:
    with run_site(tmp_path) as site:
        for file in ORDERS[:20]:
            site.receive(file.read_bytes())
        failures, asked = _run(site, role)

    assert failures == []
    assert asked > 100


def _run(site: Site, role: str) -> tuple[list[str], int]:
    """What it finds, and how often it asked."""
    config = _configure(site, role)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", site.application, config=config)
    failures: list[str] = []
    asked = 0
    for event in from_schema(schema).execute():
        failures += _find_failures(event)
        if isinstance(event, events.ScenarioFinished):
            asked += len(event.recorder.interactions)
    return failures, asked
