# SPDX-License-Identifier: Apache-2.0
"""A Parquet file of events into the log by DuckDB alone, where its columns allow it. An edge: reads files.

What a column can say is read once for each different thing it says, by the same functions that read row by row. A row
with anything that these do not take is left to the reader of rows, which tells it and lets an event stand for it.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import numpy as np

from callbox.oversight.columns import UNTIMED, micros, scaled
from callbox.oversight.domain.events import Event, Link
from callbox.oversight.files import is_parquet, read_events, read_lines, read_ocel, types_of
from callbox.oversight.mapping import MOMENT, NUMBER, TEXT, Aside, Mapped, moment, number
from callbox.oversight.ocel import ObjectValue, OcelMapped, Read
from callbox.oversight.store import Added, Store

type Reads = Callable[[object], int | str]

WORDS = "VARCHAR"
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
NUMBERS = (*WHOLE, "DOUBLE")
MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
BY_KIND = {TEXT: (WORDS,), NUMBER: NUMBERS, MOMENT: MOMENTS}
# It begins and ends with printable ASCII or a Chinese character: nothing that the reader of rows would strip.
STRIPPED = """(unicode({0}) BETWEEN 33 AND 126 OR unicode({0}) BETWEEN 13312 AND 40959)
    AND (unicode({0}[-1]) BETWEEN 33 AND 126 OR unicode({0}[-1]) BETWEEN 13312 AND 40959)"""
TEMPORARY = ("told", "staged")


def add_file(store: Store, path: Path, mapped: Mapped) -> tuple[Added, list[Aside]]:
    """Take the events of a file in, all or none, and tell the rows kept aside. Raises TableError."""
    aside: list[Aside] = []
    with store.changing() as link:
        if not (_fits(path, mapped) and _stage(link, path, mapped)):
            return store.take(_events(read_events(path, mapped), aside)), aside
        lines = {line for (line,) in link.execute("SELECT line FROM staged WHERE NOT good").fetchall()}
        made = _insert(link, mapped)
        for table in TEMPORARY:
            link.execute(f"DROP TABLE {table}")
        rest = store.take(_events(read_lines(path, mapped, lines), aside)) if lines else Added(0, 0)
        return Added(made.new + rest.new, made.known + rest.known), aside


def add_log(store: Store, path: Path, mapped: OcelMapped) -> tuple[Added, list[Aside]]:
    """The same for an OCEL log, with what objects are to each other and what was said of them."""
    aside: list[Aside] = []
    links: list[Link] = []
    values: list[ObjectValue] = []
    with store.changing():
        added = store.take(_sorted(read_ocel(path, mapped), aside, links, values))
        store.link(links)
        store.describe(values)
    return added, aside


def _sorted(
    found: Iterable[Read], aside: list[Aside], links: list[Link], values: list[ObjectValue]
) -> Iterator[Event]:
    for each in found:
        match each:
            case Event():
                yield each
            case Link():
                links.append(each)
            case ObjectValue():
                values.append(each)
            case _:
                aside.append(each)


def _fits(path: Path, mapped: Mapped) -> bool:
    """Whether the columns are of types that can be read by what they say."""
    if mapped.of_case or mapped.recorded or mapped.kind or mapped.spelt or not is_parquet(path):
        return False
    types = types_of(path)
    asked = [(mapped.key, (WORDS,)), (mapped.activity, (WORDS,)), (mapped.id, (WORDS,)), (mapped.seq, WHOLE)]
    asked += [(told.column, BY_KIND[told.kind]) for told in mapped.values]
    asked.append((mapped.happened, (WORDS, *MOMENTS)))
    return all(types.get(column) in among for column, among in asked if column)


def _stage(link: duckdb.DuckDBPyConnection, path: Path, mapped: Mapped) -> bool:
    """Read the file into `staged`; not where an event is told twice: which counts, the reader of rows knows."""
    columns = ", ".join(map(_quoted, sorted(mapped.columns())))
    link.execute(
        "CREATE OR REPLACE TEMP TABLE told AS "
        f"SELECT file_row_number + 1 AS line, {columns} FROM read_parquet(?, file_row_number = true)",
        [str(path)],
    )
    chosen, joins, good = _readers(link, mapped)
    key, seq = _quoted(mapped.key), f"t.{_quoted(mapped.seq)}" if mapped.seq else "t.line"
    own = f"nullif(t.{_quoted(mapped.id)}, '')" if mapped.id else "NULL"
    plain = [STRIPPED.format(f"t.{key}"), f"{seq} IS NOT NULL", *good]
    if mapped.id:
        plain.append(f"coalesce({STRIPPED.format(f't.{_quoted(mapped.id)}')}, true)")
    link.execute(
        f"CREATE OR REPLACE TEMP TABLE staged AS SELECT t.line, t.{key} AS key, "
        f"coalesce({own}, t.{key} || '/' || {seq}) AS id, {seq}::BIGINT AS seq, {', '.join(chosen)}, "
        f"coalesce({' AND '.join(plain)}, false) AS good FROM told t {' '.join(joins)}"
    )
    twice = link.execute("SELECT count(*) > count(DISTINCT id) FROM staged WHERE good").fetchone()
    return twice is None or not twice[0]


def _readers(link: duckdb.DuckDBPyConnection, mapped: Mapped) -> tuple[list[str], list[str], list[str]]:
    """What to choose, what to join it from, and what must hold, for each column that is read by what it says."""
    meant: dict[str, tuple[str, Reads]] = {
        "activity": (mapped.activity, partial(_activity, mapped)),
        "happened": (mapped.happened, partial(_micros, mapped, mapped.happened)),
    }
    chosen, joins, good = [], [], ["read_activity.meant IS NOT NULL"]
    for place, told in enumerate(mapped.values):
        if told.kind == TEXT:
            chosen.append(f"nullif(t.{_quoted(told.column)}, '') AS v{place}")
        else:
            number_read, moment_read = partial(_scaled, told.column), partial(_micros, mapped, told.column)
            meant[f"v{place}"] = told.column, number_read if told.kind == NUMBER else moment_read
    for name, (column, reads) in meant.items():
        _table(link, f"read_{name}", column, reads)
        joins.append(f"LEFT JOIN read_{name} ON read_{name}.said = t.{_quoted(column)}")
        good.append(f"(t.{_quoted(column)} IS NULL OR read_{name}.meant IS NOT NULL)")
        chosen.append(f"read_{name}.meant AS {name}")
    return chosen, joins, good


def _table(link: duckdb.DuckDBPyConnection, name: str, column: str, read: Reads) -> None:
    """What each thing said in a column means; what cannot be read is not in it."""
    said = f"SELECT DISTINCT {_quoted(column)} AS said FROM told WHERE {_quoted(column)} IS NOT NULL"
    link.execute(
        f"CREATE OR REPLACE TEMP TABLE words AS SELECT said, row_number() OVER () AS n FROM ({said})"
    )
    numbers, meant = [], []
    for each, n in link.execute("SELECT said, n FROM words").fetchall():
        try:
            meant.append(read(each))
        except ValueError:
            continue
        numbers.append(n)
    kind = object if meant and isinstance(meant[0], str) else np.int64
    read_as = {
        "n": np.array(numbers, np.int64),
        "meant": np.array(meant, kind),
    }  # DuckDB finds it by its name
    link.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT said, meant FROM words JOIN read_as USING (n)"
    )
    del read_as


def _insert(link: duckdb.DuckDBPyConnection, mapped: Mapped) -> Added:
    """What is good and new, into the log."""
    link.execute("DELETE FROM staged WHERE NOT good")
    known = link.execute("DELETE FROM staged WHERE id IN (SELECT id FROM event)").fetchone()
    link.execute(
        f"INSERT INTO event SELECT id, activity, coalesce(happened, {UNTIMED}), {UNTIMED}, seq FROM staged"
    )
    link.execute("INSERT INTO event_object SELECT id, ?, key FROM staged", [mapped.over])
    for place, told in enumerate(mapped.values):
        number, words = ("0", f"v{place}") if told.kind == TEXT else (f"v{place}", "''")
        link.execute(
            f"INSERT INTO event_value SELECT id, ?, ?, {number}, {words} FROM staged WHERE v{place} IS NOT NULL",
            [told.name, told.kind],
        )
    new = link.execute("SELECT count(*) FROM staged").fetchone()
    return Added(new[0] if new else 0, known[0] if known else 0)


def _activity(mapped: Mapped, said: object) -> str:
    """Raises ValueError where it is empty."""
    activity = str(said).strip()
    if not activity:
        raise ValueError
    return mapped.activities.get(activity, activity)


def _micros(mapped: Mapped, column: str, said: object) -> int:
    return micros(moment(said, mapped.zone, column))


def _scaled(column: str, said: object) -> int:
    found = scaled(number(str(said), column))
    if found is None:
        raise ValueError
    return found


def _events(found: Iterable[Event | Aside], aside: list[Aside]) -> Iterator[Event]:
    for each in found:
        if isinstance(each, Aside):
            aside.append(each)
        else:
            yield each


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
