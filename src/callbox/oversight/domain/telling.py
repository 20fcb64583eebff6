# SPDX-License-Identifier: Apache-2.0
"""How an event is spelt as JSON, here and in the push API, and what makes one fit to be taken. Pure.

A value is a text, a list of texts, {"number": "12.50"} or {"moment": "2026-01-31T08:30:00+08:00"}: a number is never a
float, and a moment is never a mere text.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from callbox.kernel.chain import canonical
from callbox.oversight.domain.events import OBJECTS, Event, Link, Value

NUMBER, MOMENT = "number", "moment"
LONGEST = 200  # characters of an id, an activity, a qualifier or the name of a value
LONGEST_TEXT = 2_000  # characters of a value
MOST = 100  # objects, values or members of a list
FINEST, LARGEST = Decimal("0.0001"), Decimal(10) ** 13
SEQ = 2**53
FIRST_YEAR, LAST_YEAR = 1900, 2200


def spelt(value: Value) -> object:
    """A value as JSON."""
    match value:
        case Decimal():
            return {NUMBER: format(value.normalize(), "f")}
        case datetime():
            return {MOMENT: value.astimezone(UTC).isoformat()}
        case tuple():
            return list(value)
    return value


def read_value(said: object) -> Value:
    """A value from JSON. Raises ValueError."""
    match said:
        case str():
            return said
        case list() if all(isinstance(each, str) for each in said):
            return tuple(said)
        case {"number": str(number), **more} if not more:
            return _number(number)
        case {"moment": str(at), **more} if not more:
            return read_moment(at)
    raise ValueError('a value is a text, a list of texts, {"number": "12.50"} or {"moment": "…"}')


def read_moment(said: str) -> datetime:
    """A moment with its zone. Raises ValueError."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError("no moment: write 2026-01-31T08:30:00+08:00") from None
    if at.tzinfo is None or not FIRST_YEAR < at.year < LAST_YEAR:
        raise ValueError("a moment has a zone, and a year from 1901 to 2199")
    return at.astimezone(UTC)


def _number(said: str) -> Decimal:
    try:
        found = Decimal(said)
    except InvalidOperation:
        raise ValueError("no number") from None
    if not found.is_finite() or abs(found) > LARGEST or found != found.quantize(FINEST):
        raise ValueError("a number has at most four decimals and is at most ten million million")
    return found


def told(event: Event) -> dict[str, Any]:
    """All that an event says, as JSON; the order in which it names objects and values says nothing."""
    return {
        "id": event.id,
        "activity": event.activity,
        "happened": _moment(event.happened),
        "recorded": _moment(event.recorded),
        "seq": event.seq,
        "objects": sorted(map(list, event.linked())),
        "values": {name: spelt(value) for name, value in sorted(event.values.items())},
    }


def digest(event: Event) -> bytes:
    """What names all that an event says: two that say the same have the same."""
    return hashlib.sha256(canonical(told(event))).digest()


def read_values(said: Mapping[str, object]) -> dict[str, Value]:
    """The values that `spelt` made. Raises ValueError."""
    return {name: read_value(value) for name, value in said.items()}


def read_told(said: object) -> Event:
    """An event as the push API takes it. Raises ValueError, which names the field and nothing that stands in it.

    `happened` must be there, and is null where nobody knows: what is forgotten must not look like what is unknown.
    """
    found = _fields(
        said, "an event", {"id", "activity", "happened", "objects"}, {"recorded", "seq", "values"}
    )
    objects = found["objects"]
    if not isinstance(objects, list):
        raise ValueError("objects: a list")
    ends = [_fields(each, "objects", {"kind", "id"}, {"qualifier"}) for each in objects]
    values, seq = found.get("values", {}), found.get("seq", 0)
    if not isinstance(values, dict):
        raise ValueError("values: a value for each name")
    if not isinstance(seq, int) or isinstance(seq, bool):
        raise ValueError("seq: a whole number below 2**53")
    return Event(
        id=_word(found, "id"),
        activity=_word(found, "activity"),
        happened=_read_at(found, "happened"),
        recorded=_read_at(found, "recorded"),
        seq=seq,
        objects=tuple((_word(each, "kind"), _word(each, "id")) for each in ends),
        values=_read_each(values),
        qualifiers=tuple(_word(each, "qualifier", "") for each in ends),
    )


def read_link(said: object) -> Link:
    """That two objects have to do with each other, as the push API takes it. Raises ValueError."""
    found = _fields(said, "a link", {"one", "other"}, {"qualifier"})
    one, other = (_fields(found[name], name, {"kind", "id"}, set()) for name in ("one", "other"))
    link = Link(
        (_word(one, "kind"), _word(one, "id")),
        (_word(other, "kind"), _word(other, "id")),
        _word(found, "qualifier", ""),
    )
    both = () if link.one == link.other else (link.one, link.other)
    probe = Event("x", "x", None, objects=both, qualifiers=(link.qualifier,) * len(both))
    if problem := problem_of(probe):
        raise ValueError(problem.replace("objects", "a link"))
    return link


def _fields(said: object, what: str, needed: set[str], more: set[str]) -> dict[str, Any]:
    if not isinstance(said, dict) or not needed <= said.keys() <= needed | more:
        also = f" and may have {', '.join(sorted(more))}" if more else ""
        raise ValueError(f"{what} has {', '.join(sorted(needed))}{also}")
    return said


def _word(said: Mapping[str, Any], name: str, absent: str | None = None) -> str:
    found = said.get(name, absent)
    if not isinstance(found, str):
        raise ValueError(f"{name}: a text")
    return found


def _read_at(said: Mapping[str, Any], name: str) -> datetime | None:
    at = said.get(name)
    if at is None:
        return None
    if not isinstance(at, str):
        raise ValueError(f"{name}: a moment such as 2026-01-31T08:30:00+08:00, or null")
    try:
        return read_moment(at)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from None


def _read_each(values: Mapping[str, object]) -> dict[str, Value]:
    try:
        return read_values(values)
    except ValueError as problem:
        raise ValueError(f"values: {problem}") from None


def problem_of(event: Event) -> str:
    """Why an event cannot be taken, naming the field and nothing that stands in it; empty where it can."""
    for name, word in (("id", event.id), ("activity", event.activity)):
        if not _is_name(word):
            return f"{name}: 1 to {LONGEST} characters"
    if not -SEQ < event.seq < SEQ:
        return "seq: a whole number below 2**53"
    return _problem_of_objects(event) or _problem_of_values(event.values) or _problem_of_times(event)


def _problem_of_objects(event: Event) -> str:
    if not 0 < len(event.objects) <= MOST:
        return f"objects: 1 to {MOST}"
    if len(event.qualifiers) not in (0, len(event.objects)):
        return "objects: a qualifier for each, or for none"
    if len(set(event.linked())) < len(event.objects):
        return "objects: one is named twice"
    for kind, key, qualifier in event.linked():
        if kind not in OBJECTS:
            return f"objects: a kind is one of {', '.join(OBJECTS)}"
        if not _is_name(key) or (qualifier and not _is_name(qualifier)):
            return f"objects: an id or qualifier has 1 to {LONGEST} characters"
    return ""


def _problem_of_values(values: Mapping[str, Value]) -> str:
    if len(values) > MOST:
        return f"values: at most {MOST}"
    for name, value in values.items():
        if not _is_name(name):
            return f"values: a name has 1 to {LONGEST} characters"
        words = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        if len(words) > MOST or not all(_is_text(word) for word in words):
            return f"values: at most {LONGEST_TEXT} characters, and {MOST} in a list"
    return ""


def _problem_of_times(event: Event) -> str:
    for name, at in (("happened", event.happened), ("recorded", event.recorded)):
        if at and not FIRST_YEAR <= at.year <= LAST_YEAR:
            return f"{name}: a year from {FIRST_YEAR} to {LAST_YEAR}"
    return ""


def _is_name(word: str) -> bool:
    return 0 < len(word) <= LONGEST and _is_text(word) and word == word.strip()


def _is_text(word: str) -> bool:
    """What PostgreSQL keeps and UTF-8 can say."""
    return (
        len(word) <= LONGEST_TEXT and "\x00" not in word and not any("\ud800" <= c <= "\udfff" for c in word)
    )


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
