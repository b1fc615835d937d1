"""A mapping profile as JSON (docs/mapping.md): written as short as it can be, errors have their place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from openworklist.domain.errors import MappingError
from openworklist.domain.extra import has_settled_vr, is_extra, read_attribute, write_attribute
from openworklist.hl7.controls import read_controls, write_controls
from openworklist.hl7.profile import Profile, Variant, derive, preset
from openworklist.hl7.rule import Condition, Rule, Source, placed, read_condition, read_place

FORMAT: Final = "openworklist-mapping"
VERSION: Final = 1
LONGEST_NAME: Final = 64
LONGEST: Final = 1_000_000  # letters of a file
PROFILE: Final = ("$schema", "format", "version", "name", "base", "rules", "variants", "order_control")
VARIANT: Final = ("name", "when", "rules")
RULE: Final = ("sources", "pattern", "table", "default", "constant", "vr", "creator")
SOURCE: Final = ("path", "shape", "where")
CONDITION: Final = ("path", "value", "shape")

Json = Any  # what `json` reads and writes


def to_json(profile: Profile) -> dict[str, Json]:
    """The profile as JSON, for from_json; of a preset its rules, not its name alone."""
    written: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "name": profile.name,
        "rules": _write_rules(profile.rules),
    }
    if profile.variants:
        written["variants"] = [_write_variant(each) for each in profile.variants]
    if profile.controls:
        written["order_control"] = write_controls(profile.controls)
    return written


def write_profile(profile: Profile) -> str:
    """The text of a file with the profile."""
    return json.dumps(to_json(profile), ensure_ascii=False, indent=2) + "\n"


def _write_variant(variant: Variant) -> Json:
    when = [[_write_condition(each) for each in conditions] for conditions in variant.when]
    return {
        "name": variant.profile.name,
        "when": [each[0] if len(each) == 1 else each for each in when],
        "rules": _write_rules(variant.profile.rules),
    }


def _write_rules(rules: Iterable[Rule]) -> Json:
    return {write_attribute(rule.attribute): _write_rule(rule) for rule in rules}


def _write_rule(rule: Rule) -> Json:
    attribute = rule.attribute
    sources = [_write_source(each) for each in rule.sources]
    written: dict[str, Json] = {"sources": sources} if sources else {}
    for name, value in (
        ("pattern", rule.pattern),
        ("table", dict(rule.table)),
        ("default", rule.default),
        ("constant", rule.constant),
        ("vr", attribute.vr if is_extra(attribute) and not has_settled_vr(attribute) else ""),
        ("creator", attribute.creator),
    ):
        if value:
            written[name] = value
    if set(written) != {"sources"}:
        return written
    return sources[0] if len(sources) == 1 and isinstance(sources[0], str) else sources


def _write_source(source: Source) -> Json:
    written: dict[str, Json] = {"path": str(source.path)}
    if source.shape:
        written["shape"] = source.shape
    if source.where:
        written["where"] = _write_condition(source.where)
    return written if len(written) > 1 else written["path"]


def _write_condition(condition: Condition) -> Json:
    path = str(condition.path) if condition.path.field else condition.path.segment
    if condition.value:
        return {"path": path, "value": condition.value}
    return {"path": path, "shape": condition.shape} if condition.shape else path


# Reading ----------------------------------------------------------------------------------------------------


def read_profile(text: str) -> Profile:
    """The profile in the text of a file. MappingError with its line if it is no JSON, else as from_json."""
    if len(text) > LONGEST:
        raise MappingError(f"The file has more than {LONGEST} letters.", code="mapping.unreadable")
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_read_members)
    except json.JSONDecodeError as error:
        raise MappingError(
            f"The file is no JSON: {error.msg}.",
            where=f"line {error.lineno}, column {error.colno}",
            code="mapping.unreadable",
        ) from error
    except RecursionError as error:
        raise MappingError("The file is nested too deep.", code="mapping.unreadable") from error
    return from_json(data)


def _read_members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in members if names.count(name) > 1)
        raise MappingError(f"{twice!r} is there twice.", where=twice)
    return members


def from_json(data: Json) -> Profile:
    """The profile that a JSON value says; MappingError with the place, as `rules.modality.sources[1]`."""
    members = _to_object(data, PROFILE)
    if members.get("format") != FORMAT:
        raise MappingError(f'A mapping has "format": "{FORMAT}".', where="format")
    if members.get("version") != VERSION:
        raise MappingError(
            f"Version {members.get('version')!r} of the format is not known here.",
            where="version",
            hint=f"this program reads version {VERSION}",
            code="mapping.version-unknown",
        )
    profile = _read_profile(members)
    texts = _to_object(members.get("order_control", {}), where="order_control")
    with placed("order_control"):
        controls = read_controls({code: _to_text(word, where=code) for code, word in texts.items()})
    return profile.with_controls(controls) if controls else profile


def _read_profile(members: Mapping[str, Json]) -> Profile:
    name = _read_name(members)
    if "base" in members:
        return _read_derived(name, members)
    rules = _read_rules(members)
    variants = _read_list(members, "variants") if "variants" in members else []
    read = []
    for number, each in enumerate(variants):
        with placed(f"variants[{number}]"):
            read.append(_read_variant(each))
    return Profile(name, rules, tuple(read))


def _read_derived(name: str, members: Mapping[str, Json]) -> Profile:
    if "variants" in members:
        raise MappingError("A profile with a base has its variants.", where="variants")
    with placed("base"):
        base = preset(_to_text(members["base"]))
    rules = _to_object(members.get("rules", {}), where="rules")
    dropped = [text for text, rule in rules.items() if rule is None]
    for text in dropped:
        with placed(f"rules.{text}"):
            read_attribute(text)
    kept = {text: rule for text, rule in rules.items() if rule is not None}
    return derive(name, base, _read_rules({"rules": kept}), [read_attribute(text) for text in dropped])


def _read_name(members: Mapping[str, Json]) -> str:
    with placed("name"):
        name = _to_text(members.get("name"))
        if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            raise MappingError(f"A name has 1 to {LONGEST_NAME} letters.")
    return name


def _read_rules(members: Mapping[str, Json]) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for text, data in _to_object(members.get("rules"), where="rules").items():
        with placed(f"rules.{text}"):
            rule = _read_rule(text, data)
            if rule.attribute.name in found:
                raise MappingError(f"{rule.attribute.label} has two rules.")
            found[rule.attribute.name] = rule
    return tuple(found.values())


def _read_rule(text: str, data: Json) -> Rule:
    members = _to_object(data if isinstance(data, dict) else {"sources": data}, RULE)
    texts = {
        name: _to_text(members.get(name, ""), where=name) for name in RULE if name not in ("sources", "table")
    }
    attribute = read_attribute(text, vr=texts["vr"], creator=texts["creator"])
    table = _to_object(members.get("table", {}), where="table")
    return Rule(
        attribute,
        _read_sources(members.get("sources", [])),
        constant=texts["constant"],
        table={key: _to_text(word, where=f"table.{key}") for key, word in table.items()},
        pattern=texts["pattern"],
        default=texts["default"],
    )


def _read_sources(data: Json) -> tuple[Source, ...]:
    found = []
    for number, each in enumerate(data if isinstance(data, list) else [data]):
        with placed(f"sources[{number}]" if isinstance(data, list) else "sources"):
            found.append(_read_source(each))
    return tuple(found)


def _read_source(data: Json) -> Source:
    members = _to_object({"path": data} if isinstance(data, str) else data, SOURCE)
    with placed("path") if isinstance(data, dict) else placed(""):
        path = read_place(_to_text(members.get("path")))
    where = None
    if "where" in members:
        with placed("where"):
            where = _read_condition(members["where"])
    return Source(path, _to_text(members.get("shape", ""), where="shape"), where)


def _read_condition(data: Json) -> Condition:
    members = _to_object({"path": data} if isinstance(data, str) else data, CONDITION)
    texts = {name: _to_text(members.get(name, ""), where=name) for name in CONDITION}
    return read_condition(texts["path"], texts["value"], texts["shape"])


def _read_variant(data: Json) -> Variant:
    members = _to_object(data, VARIANT)
    name = _read_name(members)
    alternatives = []
    for number, each in enumerate(_read_list(members, "when")):
        conditions = []
        for second, condition in enumerate(each if isinstance(each, list) else [each]):
            with placed(f"when[{number}][{second}]" if isinstance(each, list) else f"when[{number}]"):
                conditions.append(_read_condition(condition))
        if not conditions:
            raise MappingError("There is no condition.", where=f"when[{number}]")
        alternatives.append(tuple(conditions))
    if not alternatives:
        raise MappingError("There is no condition.", where="when")
    return Variant(tuple(alternatives), Profile(name, _read_rules(members)))


def _read_list(members: Mapping[str, Json], name: str) -> list[Json]:
    data = members.get(name)
    if not isinstance(data, list):
        raise MappingError("This is a list.", where=name, hint=f'write "{name}": [...]')
    return data


def _to_object(data: Json, known: Iterable[str] | None = None, *, where: str = "") -> dict[str, Json]:
    if not isinstance(data, dict):
        raise MappingError("This is an object.", where=where, hint='write {"...": ...}')
    unknown = data.keys() - set(known) if known is not None else ()
    if unknown and known is not None:
        name = min(unknown)
        raise MappingError(f"Nobody knows {name!r} here.", where=name, hint=f"known are {', '.join(known)}")
    return data


def _to_text(data: Json, *, where: str = "") -> str:
    if not isinstance(data, str):
        raise MappingError("This is a text.", where=where, hint='write it in quotes, "..."')
    return data
