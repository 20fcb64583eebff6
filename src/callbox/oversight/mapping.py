# SPDX-License-Identifier: Apache-2.0
"""From the rows of somebody's file to events: a mapping says which column means what. Part of the domain: pure.

A row that cannot be read is told by line and reason and kept aside; the rest goes on. If it at least says what
happened in which case, an event without a moment stands for it: a bad date must not look like something not done.
A reason names the column and never what stands in it: that may be somebody's name.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from callbox.kernel.tables import TableError
from callbox.oversight.domain.clocks import ZONE, calendar_named
from callbox.oversight.domain.events import OBJECTS, Event, Value, recorded_after
from callbox.oversight.domain.telling import read_value

type Row = Mapping[str, Any]
AS = NUMBER, TEXT, MOMENT = "number", "text", "moment"
FINEST = Decimal("0.0001")
MOST = Decimal(10) ** 13
SEEN = 100_000  # days and amounts come again and again: read once


@dataclass(frozen=True, slots=True)
class Aside:
    """A row kept aside. line: in the file, the heading counts as line 1 where there is one."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A value and the column that holds it."""

    name: str
    column: str
    kind: str


@dataclass(frozen=True, slots=True)
class OfCase:
    """An event that the columns of the case tell of, the same in each of its rows."""

    activity: str
    happened: str
    values: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which column means what. id: empty where key and seq name an event; seq: empty where the line gives the order.

    kind: which column says what kind of object it is; else it is `over`. recorded: when
    it was written down; the event then says `recorded_after`. spelt: a column that holds values as one JSON object.
    """

    name: str
    over: str
    zone: ZoneInfo
    key: str
    activity: str
    happened: str
    id: str = ""
    recorded: str = ""
    seq: str = ""
    kind: str = ""
    spelt: str = ""
    activities: Mapping[str, str] = field(default_factory=dict)
    values: tuple[Told, ...] = ()
    of_case: tuple[OfCase, ...] = ()

    def columns(self) -> frozenset[str]:
        """The columns without which it cannot read a file."""
        named = {
            self.key,
            self.activity,
            self.happened,
            self.id,
            self.recorded,
            self.seq,
            self.kind,
            self.spelt,
        }
        of_case = {each.happened for each in self.of_case}
        told = [*self.values, *(told for each in self.of_case for told in each.values)]
        return frozenset((named | of_case | {each.column for each in told}) - {""})


def parse_mapping(name: str, said: object) -> Mapped:
    """A mapping from what its file says. Raises TableError."""
    known = {
        "over",
        "zone",
        "key",
        "activity",
        "happened",
        "id",
        "recorded",
        "seq",
        "kind",
        "spelt",
        "activities",
        "values",
        "of_case",
    }
    if not isinstance(said, dict) or said.keys() - known:
        raise TableError(f"{name}: a mapping has the keys {', '.join(sorted(known))}")
    if said.get("over") not in OBJECTS:
        raise TableError(f"{name}: over is one of {', '.join(OBJECTS)}")
    plain = {key: value for key, value in said.items() if key not in ("zone", "values", "of_case")}
    if absent := {"key", "activity", "happened", "zone"} - said.keys():
        raise TableError(f"{name}: {', '.join(sorted(absent))} is missing")
    return Mapped(
        name=name,
        zone=_zone(name, said["zone"]),
        values=_told(name, said.get("values", {})),
        of_case=tuple(
            OfCase(each["activity"], each["happened"], _told(name, each.get("values", {})))
            for each in said.get("of_case", [])
        ),
        **plain,
    )


def events_of(rows: Iterable[tuple[int, Row]], mapped: Mapped) -> Iterator[Event | Aside]:
    """The events of numbered rows. An event stands for a row kept aside where its case and activity are known."""
    told: set[tuple[str, str]] = set()
    for line, row in rows:
        yield from _of_row(line, row, mapped)
        key = _text(row.get(mapped.key))
        for each in mapped.of_case if key else ():
            if (key, each.activity) not in told and row.get(each.happened):
                told.add((key, each.activity))
                yield from _of_case(line, row, mapped, each, key)


def _of_row(line: int, row: Row, mapped: Mapped) -> Iterator[Event | Aside]:
    key, activity = _text(row.get(mapped.key)), _text(row.get(mapped.activity))
    if not key or not activity:
        yield Aside(line, f"{mapped.activity if key else mapped.key} is empty")
        return
    happened, recorded, values, problem = None, None, {}, ""
    seq, kind = line, (_text(row.get(mapped.kind)) if mapped.kind else "") or mapped.over
    if kind not in OBJECTS:
        yield Aside(line, f"{mapped.kind} is no kind of object")
        return
    try:
        seq = _whole(row, mapped.seq) if mapped.seq else line
        happened = moment(row.get(mapped.happened), mapped.zone, mapped.happened)
        recorded = moment(row.get(mapped.recorded), mapped.zone, mapped.recorded) if mapped.recorded else None
        values = {
            **dict(_values(row, mapped.values, mapped.zone)),
            **_spelt(row, mapped.spelt),
            **recorded_after(happened, recorded),
        }
    except ValueError as bad:
        problem = str(bad)
    if problem:
        yield Aside(line, problem)
    own = _text(row.get(mapped.id)) if mapped.id else ""
    yield Event(
        id=own or f"{key}/{seq if mapped.seq else line}",
        activity=mapped.activities.get(activity, activity),
        happened=None if problem else happened,
        recorded=None if problem else recorded,
        seq=seq,
        objects=((kind, key),),
        values={} if problem else values,
    )


def _of_case(line: int, row: Row, mapped: Mapped, each: OfCase, key: str) -> Iterator[Event | Aside]:
    happened, values = None, {}
    try:
        happened = moment(row[each.happened], mapped.zone, each.happened)
        values = dict(_values(row, each.values, mapped.zone))
    except ValueError as bad:
        yield Aside(line, str(bad))
    yield Event(f"{key}/{each.activity}", each.activity, happened, None, 0, ((mapped.over, key),), values)


def _values(row: Row, told: Iterable[Told], zone: ZoneInfo) -> Iterator[tuple[str, Value]]:
    for each in told:
        said = row.get(each.column)
        if said is None or said == "":
            continue
        if each.kind == NUMBER:
            yield each.name, number(str(said), each.column)
        elif each.kind == MOMENT:
            if (at := moment(said, zone, each.column)) is not None:
                yield each.name, at
        else:
            yield each.name, str(said)


def _spelt(row: Row, column: str) -> dict[str, Value]:
    """Values in the spelling of the push API."""
    text = _text(row.get(column)) if column else ""
    if not text:
        return {}
    try:
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        return {str(name): read_value(value) for name, value in found.items()}
    except (ValueError, AttributeError, RecursionError):
        raise ValueError(f"{column} holds no values as JSON") from None


@lru_cache(SEEN)
def number(said: str, column: str) -> Decimal:
    """A number, exact to the ten-thousandth. Raises ValueError for what is none, or is finer or larger."""
    try:
        found = Decimal(said)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > MOST:
        raise ValueError(f"{column} is no number")
    if found != found.quantize(FINEST):
        raise ValueError(f"{column} has more than four decimals")
    return found


@lru_cache(SEEN)
def moment(said: object, zone: ZoneInfo, column: str) -> datetime | None:
    """A moment in UTC; a date is its beginning, one without a zone is local. None where nothing is said.

    Raises ValueError.
    """
    if said is None or said == "":
        return None
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            raise ValueError(f"{column} is no moment") from None
    if not isinstance(said, date):
        raise ValueError(f"{column} is no moment")
    if not isinstance(said, datetime):
        said = datetime.combine(said, time())
    return (said if said.tzinfo else said.replace(tzinfo=zone)).astimezone(UTC)


def _whole(row: Row, column: str) -> int:
    said = row.get(column)
    try:
        return int(str(said))
    except ValueError:
        raise ValueError(f"{column} is no whole number") from None


def _text(said: object) -> str:
    return "" if said is None else str(said).strip()


def _zone(name: str, said: object) -> ZoneInfo:
    try:
        return calendar_named(ZONE + str(said)).zone
    except TableError as problem:
        raise TableError(f"{name}: {problem}") from problem


def _told(name: str, said: object) -> tuple[Told, ...]:
    if not isinstance(said, dict):
        raise TableError(f"{name}: values are names with `column` and `as`")
    for each in said.values():
        if not isinstance(each, dict) or each.keys() != {"column", "as"} or each["as"] not in AS:
            raise TableError(f"{name}: a value has `column`, and `as` one of {', '.join(AS)}")
    return tuple(Told(key, each["column"], each["as"]) for key, each in said.items())
