"""A mapping profile: a rule for each attribute, and the messages for which other rules hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from openworklist.domain.attributes import ATTRIBUTES, BY_NAME, Attribute
from openworklist.domain.errors import MappingError
from openworklist.domain.extra import is_extra, read_attribute
from openworklist.hl7 import auto
from openworklist.hl7.condition import is_fulfilled
from openworklist.hl7.controls import NONE, Controls
from openworklist.hl7.leaf import Reading
from openworklist.hl7.message import Message
from openworklist.hl7.observed import OBSERVED
from openworklist.hl7.path import parse_path
from openworklist.hl7.rule import Condition, Rule, Source, make_rule, placed, read_condition

__all__ = ["PRESETS", "Condition", "Profile", "Rule", "Source", "Variant", "make_profile", "preset"]


@dataclass(frozen=True, slots=True)
class Variant:
    """Rules for some messages: those in which all conditions of one of the alternatives are fulfilled."""

    when: tuple[tuple[Condition, ...], ...]
    profile: Profile

    def find_reason(
        self, message: Message, reading: Reading, known: dict[int, bool]
    ) -> tuple[Condition, ...] | None:
        """The first alternative that is fulfilled; `known` is what was asked before, by identity."""
        for conditions in self.when:
            for each in conditions:
                answer = known.get(id(each))
                if answer is None:
                    answer = known[id(each)] = is_fulfilled(each, message, reading)
                if not answer:
                    break
            else:
                return conditions
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A named set of rules, in the order of the catalogue. Compared by identity: it is a key of caches.

    The first variant that fits a message takes the place of the profile's own rules, for all its orders.
    `controls` are order control codes that are the sender's own.
    """

    name: str
    rules: tuple[Rule, ...]
    variants: tuple[Variant, ...] = ()
    controls: Controls = field(default_factory=lambda: NONE)

    def with_controls(self, controls: Controls) -> Profile:
        """The profile, and each of its variants, with these order control codes."""
        variants = tuple(
            replace(each, profile=replace(each.profile, controls=controls)) for each in self.variants
        )
        return replace(self, variants=variants, controls=controls)

    def choose(self, message: Message) -> Profile:
        """The plain profile whose rules hold for a message: that of a variant, or this one."""
        variant, _ = self.find_variant(message)
        return variant.profile if variant else self

    @property
    def extras(self) -> tuple[Attribute, ...]:
        """The attributes outside of the catalogue that it or one of its variants fills."""
        plain = [self, *(variant.profile for variant in self.variants)]
        found = [rule.attribute for each in plain for rule in each.rules if is_extra(rule.attribute)]
        return tuple({each.name: each for each in found}.values())

    def find_variant(self, message: Message) -> tuple[Variant | None, tuple[Condition, ...]]:
        """The variant that fits a message, and why it does; None where the profile's own rules hold."""
        if self.variants:
            reading = Reading(message.delimiters, "ascii", None)
            known: dict[int, bool] = {}  # alternatives share conditions
            for variant in self.variants:
                reason = variant.find_reason(message, reading, known)
                if reason is not None:
                    return variant, reason
        return None, ()


def make_profile(name: str, sources: Mapping[str, Iterable[str]]) -> Profile:
    """A profile from attribute names and paths as people write them; one without paths has no rule.

    MappingError, with the place, on a path that is not readable or an attribute that does not exist.
    """
    rules = []
    for attribute, paths in sources.items():
        with placed(f"rules.{attribute}"):
            if texts := tuple(paths):
                rules.append(make_rule(read_attribute(attribute), texts))
    return Profile(name, tuple(rules))


def derive(name: str, base: Profile, rules: Iterable[Rule], dropped: Iterable[Attribute] = ()) -> Profile:
    """The base with these rules in place of its own, and without the dropped; so with its variants."""
    left_out = {attribute.name for attribute in dropped}
    own = {rule.attribute.name: rule for rule in rules}

    def change(found: tuple[Rule, ...]) -> tuple[Rule, ...]:
        merged = {rule.attribute.name: rule for rule in found} | own
        return tuple(rule for attribute, rule in merged.items() if attribute not in left_out)

    variants = tuple(
        Variant(each.when, Profile(each.profile.name, change(each.profile.rules))) for each in base.variants
    )
    return Profile(name, change(base.rules), variants)


_ROUTE: Final = "route_of_admissions"


@cache
def preset(name: str) -> Profile:
    """A profile that comes with the program; MappingError if there is none of that name."""
    make = PRESETS.get(name)
    if make is None:
        raise MappingError(
            f"There is no mapping preset {name!r}.",
            hint=f"use one of {', '.join(sorted(PRESETS))}",
            code="mapping.preset-unknown",
        )
    return make()


def _from_catalogue(name: str, paths: Callable[[Attribute], tuple[str, ...]]) -> Profile:
    return Profile(
        name, tuple(make_rule(attribute, paths(attribute)) for attribute in ATTRIBUTES if paths(attribute))
    )


def _make_ihe() -> Profile:
    """IHE RAD TF-2 appendix B: an order with IPC has its steps there (OMI^O23), any other in OBR and ZDS."""
    return _with_steps(_observe(_from_catalogue("ihe", lambda attribute: attribute.ihe_orm)))


def _observe(profile: Profile) -> Profile:
    """The profile, with what IHE's orders tell in OBX behind its own places."""
    rules = {rule.attribute.name: rule for rule in profile.rules}
    for name, observed in OBSERVED.items():
        known = rules.get(name)
        rules[name] = Rule(BY_NAME[name], (*(known.sources if known else ()), *observed))
    # IHE RAD TF-2 appendix B: a route that is not told is unknown.
    rules[_ROUTE] = replace(rules[_ROUTE], default="U")
    return Profile(profile.name, tuple(rules.values()))


def _with_steps(orders: Profile) -> Profile:
    """A profile that reads steps in IPC where IHE has them: no other place has them."""
    return Profile(orders.name, orders.rules, (Variant(((read_condition("IPC"),),), preset("ihe_omi")),))


# No field of an appointment is for it, but the kind or group of a resource often is the modality. Only those
# of scanners: there is DOC for a doctor, PR for a provider.
_KINDS: Final = ("AIG-4.1", "AIG-5.1")
_SCANNERS: Final = ("CT", "MR", "US", "CR", "DX", "MG", "NM", "PT", "RF", "XA", "ES", "BMD", "IO", "PX")
_STATION: Final = "scheduled_station_ae_title"


def _make_siu() -> Profile:
    """Appointments (domain.appointment). The name of a resource need not be an AE title."""
    profile = _from_catalogue("siu", lambda attribute: attribute.siu)
    rules = {rule.attribute.name: rule for rule in profile.rules}
    titles = tuple(Source(each.path, "ae_title") for each in rules[_STATION].sources)
    rules[_STATION] = replace(rules[_STATION], sources=titles)
    kinds = [parse_path(text) for text in _KINDS]
    named = tuple(Source(path, where=Condition(path, word)) for path in kinds for word in _SCANNERS)
    rules["modality"] = Rule(BY_NAME["modality"], named)
    return Profile("siu", tuple(rules.values()))


def _make_auto() -> Profile:
    """hl7.auto says how it decides."""
    variants = tuple(
        Variant(when, Profile(family, auto.make_rules(family))) for family, when in auto.FAMILIES
    )
    return Profile("auto", auto.make_rules(auto.UNDECIDED), variants)


PRESETS: Final[Mapping[str, Callable[[], Profile]]] = {
    "classic": lambda: _with_steps(_from_catalogue("classic", lambda attribute: attribute.classic)),
    "ihe": _make_ihe,
    "auto": _make_auto,
    "siu": _make_siu,
    "ihe_omi": lambda: _observe(_from_catalogue("ihe_omi", lambda attribute: attribute.ihe_omi)),
}
