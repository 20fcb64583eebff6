# SPDX-License-Identifier: Apache-2.0
"""The imported event log of an installation: one DuckDB file, readable by its owner alone. An edge: keeps files.

What came from another system can be imported again; findings and what people do about them are kept in PostgreSQL.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import batched, pairwise
from pathlib import Path

import duckdb
import numpy as np

from callbox.oversight.columns import UNTIMED, Columns, Said, Whole, micros, moment_of, scaled
from callbox.oversight.domain.events import Event, Link, Value
from callbox.oversight.ocel import ObjectValue

BATCH = 50_000  # events
NUMBER, TEXT, MOMENT, LIST = "number", "text", "moment", "list"
BETWEEN = "\x1f"  # the members of a list
TABLES = """
CREATE TABLE IF NOT EXISTS event (
    id VARCHAR PRIMARY KEY, activity VARCHAR NOT NULL, happened BIGINT NOT NULL, recorded BIGINT NOT NULL,
    seq BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS event_object (event VARCHAR NOT NULL, kind VARCHAR NOT NULL, key VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS event_value (
    event VARCHAR NOT NULL, name VARCHAR NOT NULL, type VARCHAR NOT NULL, number BIGINT NOT NULL,
    words VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS event_qualifier (
    event VARCHAR NOT NULL, kind VARCHAR NOT NULL, key VARCHAR NOT NULL, qualifier VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS object_object (
    kind VARCHAR, key VARCHAR, other_kind VARCHAR, other_key VARCHAR, qualifier VARCHAR,
    PRIMARY KEY (kind, key, other_kind, other_key, qualifier));
CREATE TABLE IF NOT EXISTS object_value (
    kind VARCHAR, key VARCHAR, name VARCHAR, since BIGINT, type VARCHAR NOT NULL, number BIGINT NOT NULL,
    words VARCHAR NOT NULL, PRIMARY KEY (kind, key, name, since));
"""
NAMES = "SELECT DISTINCT activity FROM event ORDER BY activity"
# An event without a moment stands last in its history.
ROWS = """
WITH named AS (
    SELECT activity, row_number() OVER (ORDER BY activity) - 1 AS code FROM (SELECT DISTINCT activity FROM event))
SELECT o.key, e.id, n.code, e.happened, e.seq
FROM event e JOIN event_object o ON o.event = e.id JOIN named n USING (activity) WHERE o.kind = $1
ORDER BY o.key, e.happened = $2, e.happened, e.seq, e.id
"""
VALUES = """
WITH placed AS (
    SELECT e.id, row_number() OVER (ORDER BY o.key, e.happened = $2, e.happened, e.seq, e.id) - 1 AS place
    FROM event e JOIN event_object o ON o.event = e.id WHERE o.kind = $1)
SELECT v.name, v.type, p.place, v.number, v.words FROM event_value v JOIN placed p ON p.id = v.event
ORDER BY v.name, p.place
"""


@dataclass(frozen=True, slots=True)
class Added:
    """What an import came to: events that were new, and those that were there already."""

    new: int
    known: int


class Store:
    """The log in one file; made when it is not there. Raises duckdb.Error when another process writes to it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._link = duckdb.connect(str(path))
        path.chmod(0o600)
        self._link.execute(TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._link.close()

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """What is done within is done as a whole, or not at all."""
        self._link.begin()
        try:
            yield self._link
        except BaseException:
            self._link.rollback()
            raise
        self._link.commit()

    def add(self, events: Iterable[Event]) -> Added:
        """Take events in, all or none. One that is there already changes nothing, whatever it says now."""
        with self.changing():
            return self.take(events)

    def take(self, events: Iterable[Event]) -> Added:
        """Take events in, as a part of what is `changing`."""
        counted = [0, 0]
        for batch in batched(events, BATCH, strict=False):
            new = self._new({event.id: event for event in batch})
            counted[0] += len(new)
            counted[1] += len(batch) - len(new)
            self._insert(new)
        return Added(*counted)

    def link(self, links: Iterable[Link]) -> int:
        """Keep that objects have to do with each other, as a part of what is `changing`; how many were new."""
        return self._add("object_object", ((*link.one, *link.other, link.qualifier) for link in links))

    def describe(self, values: Iterable[ObjectValue]) -> int:
        """Keep what attributes of objects said, as `link` does."""
        return self._add(
            "object_value",
            ((each.kind, each.key, each.name, micros(each.at), *_kept(each.value)) for each in values),
        )

    def _add(self, table: str, rows: Iterable[tuple[object, ...]]) -> int:
        before = self._count(table)
        for batch in batched(rows, BATCH, strict=False):
            self._fill(table, batch, " ON CONFLICT DO NOTHING")
        return self._count(table) - before

    def _count(self, table: str) -> int:
        found = self._link.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def columns(self, kind: str) -> Columns:
        """All histories of one kind of object."""
        found = self._link.execute(ROWS, [kind, UNTIMED]).fetchnumpy()
        keys, at = found["key"], _whole(found["happened"])
        differs = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        starts = (
            np.concatenate(([0], differs, [len(keys)])).astype(np.int64)
            if len(keys)
            else np.zeros(1, np.int64)
        )
        return Columns(
            kind,
            [str(key) for key in keys[starts[:-1]]],
            starts,
            found["id"].tolist(),
            at,
            _whole(found["seq"]),
            self._activities(_whole(found["code"])),
            dict(self._said(kind)),
        )

    def _new(self, batch: dict[str, Event]) -> list[Event]:
        ids = {"id": np.array(list(batch), object)}  # DuckDB finds it by its name
        known = self._link.execute("SELECT id FROM event WHERE id IN (SELECT id FROM ids)").fetchall()
        del ids
        there = {row[0] for row in known}
        return [event for event in batch.values() if event.id not in there]

    def _insert(self, new: list[Event]) -> None:
        self._fill(
            "event",
            ((e.id, e.activity, micros(e.happened), micros(e.recorded), e.seq) for e in new),
        )
        self._fill("event_object", ((e.id, *each) for e in new for each in dict.fromkeys(e.objects)))
        self._fill("event_qualifier", ((e.id, *each) for e in new for each in e.linked() if each[2]))
        self._fill(
            "event_value", ((e.id, name, *_kept(value)) for e in new for name, value in e.values.items())
        )

    def _fill(self, table: str, rows: Iterable[tuple[object, ...]], also: str = "") -> None:
        columns = list(zip(*rows, strict=True))
        if columns:
            filled = {f"c{n}": _array(each) for n, each in enumerate(columns)}  # DuckDB finds it by its name
            self._link.execute(f"INSERT INTO {table} SELECT * FROM filled{also}")
            del filled

    def _activities(self, codes: Whole) -> dict[str, Whole]:
        names = [name for (name,) in self._link.execute(NAMES).fetchall()]
        places = np.argsort(codes.astype(np.int32), kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(names)))
        parts = np.split(places, ends[:-1]) if names else []
        return {name: part for name, part in zip(names, parts, strict=True) if len(part)}

    def _said(self, kind: str) -> Iterator[tuple[str, Said]]:
        found = self._link.execute(VALUES, [kind, UNTIMED]).fetchnumpy()
        names = found["name"]
        edges = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist(), len(names)]
        for first, end in pairwise(edges if len(names) else []):
            name = str(names[first])
            where, numbers = _whole(found["place"])[first:end], _whole(found["number"])[first:end]
            types = found["type"][first:end]
            if (types == NUMBER).all():
                yield name, Said(where, numbers)
                continue
            told = zip(types.tolist(), numbers.tolist(), found["words"][first:end].tolist(), strict=True)
            words: dict[Value, int] = {}
            codes = [words.setdefault(_value(*each), len(words)) for each in told]
            yield name, Said(where, np.array(codes, np.int64), list(words))


def _array(column: tuple[object, ...]) -> np.ndarray:
    return np.array(column, np.int64 if isinstance(column[0], int) else object)


def _whole(column: object) -> Whole:
    return np.asarray(column, np.int64)


def _kept(value: Value) -> tuple[str, int, str]:
    if isinstance(value, datetime):
        return MOMENT, micros(value), ""
    if isinstance(value, tuple):
        return LIST, 0, BETWEEN.join(value)
    if isinstance(value, Decimal):
        whole = scaled(value)
        if whole is None:
            raise ValueError(f"more than four decimals: {value}")
        return NUMBER, whole, ""
    return TEXT, 0, value


def _value(kind: str, number: int, words: str) -> Value:
    if kind == MOMENT:
        found = moment_of(number)
        assert found is not None  # noqa: S101 - values have no other moments
        return found
    if kind == LIST:
        return tuple(words.split(BETWEEN))
    return words
