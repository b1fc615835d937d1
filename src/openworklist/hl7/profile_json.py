"""Stub."""

from typing import Any

from openworklist.hl7.profile import Profile, make_profile


def to_json(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "rules": {r.attribute.name: [str(x.path) for x in r.sources] for r in profile.rules},
    }


def from_json(document: Any) -> Profile:
    return make_profile(
        document["name"], {k: ([v] if isinstance(v, str) else v) for k, v in document["rules"].items()}
    )
