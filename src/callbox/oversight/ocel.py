# SPDX-License-Identifier: Apache-2.0
"""Event logs in OCEL 2.0's JSON: events, the objects they concern, and what objects are to each other. Pure.

Reads the whole of the format: objectTypes, eventTypes, events and objects with attributes and relationships. What
cannot be read is told by its place in its list and the reason, and kept aside; the rest goes on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from callbox.kernel.tables import TableError
from callbox.oversight.domain.events import OBJECTS, Event, Link, Value
from callbox.oversight.domain.telling import problem_of
from callbox.oversight.mapping import FINEST, MOST, Aside, number

KEYS = {"types", "activities", "attributes", "prefix"}
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # how the format says of a value that it was so from the beginning


@dataclass(frozen=True, slots=True)
class OcelMapped:
    """What leads its words to ours. types: of objects, to kinds; activities: of events, to activities.

    attributes: `type.attribute` of objects to an activity: each change of it is then an event too. prefix: stands
    before each id of an event, where ids of two systems could be the same.
    """

    name: str = "ocel"
    types: Mapping[str, str] = field(default_factory=dict)
    activities: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ObjectValue:
    """What an object's attribute said from a moment on."""

    kind: str
    key: str
    name: str
    at: datetime
    value: Value


type Read = Event | Link | ObjectValue | Aside


def parse_ocel_mapping(name: str, said: object) -> OcelMapped:
    """A mapping from what its file says. Raises TableError."""
    if not isinstance(said, dict) or said.keys() - KEYS:
        raise TableError(f"{name}: a mapping of an OCEL log has the keys {', '.join(sorted(KEYS))}")
    found = OcelMapped(name, **said)
    for each in (found.types, found.activities, found.attributes):
        if not isinstance(each, dict) or not all(isinstance(word, str) for word in (*each, *each.values())):
            raise TableError(f"{name}: types, activities and attributes lead one word to another")
    if wrong := set(found.types.values()) - set(OBJECTS):
        raise TableError(f"{name}: {', '.join(sorted(wrong))} is none of {', '.join(OBJECTS)}")
    if not isinstance(found.prefix, str):
        raise TableError(f"{name}: prefix is a text")
    return found


def read_log(said: object, mapped: OcelMapped) -> Iterator[Read]:
    """All that a log says; numbers in it are Decimal. Raises TableError where it is no such log."""
    names = ("objectTypes", "eventTypes", "objects", "events")
    if not isinstance(said, dict) or not all(isinstance(said.get(name), list) for name in names):
        raise TableError("an OCEL 2.0 log has the lists objectTypes, eventTypes, objects and events")
    object_types, event_types, objects, events = (_list(said, name) for name in names)
    kinds: dict[str, str] = {}
    yield from _objects(objects, _declared(object_types), mapped, kinds)
    yield from _links(objects, kinds)
    declared = _declared(event_types)
    for line, each in enumerate(events, 1):
        yield from _event(line, each, declared, mapped, kinds)


def _declared(types: Iterable[Any]) -> dict[tuple[str, str], str]:
    """Of which type each attribute is, by its owner's type and its name."""
    found = {}
    for each in types:
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            for attribute in _dicts(each, "attributes"):
                found[each["name"], str(attribute.get("name"))] = str(attribute.get("type", "")).lower()
    return found


def _objects(
    objects: Iterable[Any], declared: Mapping[tuple[str, str], str], mapped: OcelMapped, kinds: dict[str, str]
) -> Iterator[Read]:
    for line, each in enumerate(objects, 1):
        if not isinstance(each, dict) or not _named(each):
            yield Aside(line, "objects: id and type are texts")
            continue
        kind = mapped.types.get(each["type"], each["type"])
        if kind not in OBJECTS:
            yield Aside(
                line, "objects: its type leads to no kind of object; a mapping says which, under `types`"
            )
            continue
        if each["id"] in kinds:
            yield Aside(line, "objects: this id stood before")
            continue
        kinds[each["id"]] = kind
        for attribute in _dicts(each, "attributes"):
            yield from _object_value(line, each, attribute, declared, mapped, kind)


def _object_value(
    line: int,
    of: Mapping[str, Any],
    said: Mapping[str, Any],
    declared: Mapping[tuple[str, str], str],
    mapped: OcelMapped,
    kind: str,
) -> Iterator[Read]:
    name = said.get("name")
    try:
        if not isinstance(name, str):
            raise ValueError("name is no text")
        at = _moment(said.get("time"))
        value = _value(said.get("value"), declared.get((of["type"], name), ""))
    except ValueError as bad:
        yield Aside(line, f"objects, attributes: {bad}")
        return
    if value is None:
        return
    yield ObjectValue(kind, of["id"], name, at, value)
    activity = mapped.attributes.get(f"{of['type']}.{name}")
    if activity and at != ALWAYS:
        own = f"{mapped.prefix}{of['id']}/{name}/{at.isoformat()}"
        yield from _if_fit(
            line, "objects, attributes", Event(own, activity, at, None, 0, ((kind, of["id"]),), {name: value})
        )


def _links(objects: Iterable[Any], kinds: Mapping[str, str]) -> Iterator[Read]:
    for line, each in enumerate(objects, 1):
        if isinstance(each, dict) and isinstance(each.get("id"), str) and each["id"] in kinds:
            for other, word in _related(each):
                if other in kinds:
                    yield Link((kinds[each["id"]], each["id"]), (kinds[other], other), word)
                else:
                    yield Aside(line, "objects, relationships: no object that was read has this id")


def _event(
    line: int,
    said: Any,
    declared: Mapping[tuple[str, str], str],
    mapped: OcelMapped,
    kinds: Mapping[str, str],
) -> Iterator[Read]:
    if not isinstance(said, dict) or not _named(said):
        yield Aside(line, "events: id and type are texts")
        return
    related = dict.fromkeys(_related(said))
    known = [(kinds[key], key, word) for key, word in related if key in kinds]
    if len(known) < len(related):
        yield Aside(line, "events, relationships: no object that was read has this id")
    happened, values = None, {}
    try:
        happened = _moment(said.get("time"))
        values = _values(said, declared)
    except ValueError as bad:
        happened = None
        yield Aside(line, f"events: {bad}")
    event = Event(
        mapped.prefix + said["id"],
        mapped.activities.get(said["type"], said["type"]),
        happened,
        None,
        line,
        *_apart(known, values),
    )
    yield from _if_fit(line, "events", event)


def _apart(
    known: list[tuple[str, str, str]], values: dict[str, Value]
) -> tuple[tuple[tuple[str, str], ...], dict[str, Value], tuple[str, ...]]:
    words = tuple(word for _kind, _key, word in known)
    return tuple((kind, key) for kind, key, _word in known), values, words


def _if_fit(line: int, where: str, event: Event) -> Iterator[Read]:
    problem = problem_of(event)
    yield Aside(line, f"{where}: {problem}") if problem else event


def _values(said: Mapping[str, Any], declared: Mapping[tuple[str, str], str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for each in _dicts(said, "attributes"):
        name = each.get("name")
        if not isinstance(name, str):
            raise ValueError("an attribute's name is no text")
        value = _value(each.get("value"), declared.get((said["type"], name), ""))
        if value is not None:
            found[name] = value
    return found


def _value(said: object, kind: str) -> Value | None:
    """A value by what its type was declared to be, else by what it is. A float is kept to four decimals."""
    if said is None or said == "":
        return None
    if isinstance(said, bool):
        return str(said).lower()
    if isinstance(said, list) and all(isinstance(each, str) for each in said):
        return tuple(said)  # not of the format itself, which has no lists: hashes of a text
    if isinstance(said, Decimal) or kind in ("integer", "float"):
        if kind == "float" and isinstance(said, Decimal) and abs(said) <= MOST:
            said = said.quantize(FINEST)
        return number(str(said), "an attribute")
    if not isinstance(said, str):
        raise ValueError("an attribute is neither a text, a number, a truth, a moment nor a list of texts")
    return _moment(said) if kind == "time" else said


def _moment(said: object) -> datetime:
    try:
        at = datetime.fromisoformat(said if isinstance(said, str) else "")
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("time is no moment") from None


def _related(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in _dicts(said, "relationships"):
        key, word = each.get("objectId"), each.get("qualifier")
        yield key if isinstance(key, str) else "", word if isinstance(word, str) else ""


def _named(said: Mapping[str, Any]) -> bool:
    return isinstance(said.get("id"), str) and isinstance(said.get("type"), str)


def _dicts(said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [each for each in _list(said, name) if isinstance(each, dict)]


def _list(said: object, name: str) -> list[Any]:
    found = said.get(name) if isinstance(said, dict) else None
    return found if isinstance(found, list) else []
