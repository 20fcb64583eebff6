# SPDX-License-Identifier: Apache-2.0
"""Files of events: CSV (also .gz) and Parquet, row by row with the number of each line. An edge: reads files.

The mappings that come with Callbox stand in `mappings/`; one is a file that registers itself.
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NoReturn, TextIO

import duckdb
import yaml

from callbox.kernel.tables import TableError
from callbox.oversight.domain.events import Event
from callbox.oversight.mapping import Aside, Mapped, Row, events_of, parse_mapping
from callbox.oversight.ocel import OcelMapped, Read, parse_ocel_mapping, read_log
from callbox.oversight.xes import COLUMNS, is_xes, rows_of

MAPPINGS = Path(__file__).with_name("mappings")
AT_ONCE = 10_000  # rows
OCEL = (".json", ".jsonocel")
BROKEN = (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error, duckdb.Error)


def read_mapping(path: Path) -> Mapped:
    """The mapping of a file. Raises TableError."""
    try:
        return parse_mapping(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise TableError(f"{path.name}: {problem}") from problem


def mapping_for(path: Path) -> Mapped:
    """The shipped one that reads this file, by its columns. Raises TableError where none does, or several."""
    there = frozenset(header(path))
    fits = [each for each in map(read_mapping, sorted(MAPPINGS.glob("*.yaml"))) if each.columns() <= there]
    if len(fits) != 1:
        found = ", ".join(each.name for each in fits) or "none"
        raise TableError(
            f"{path.name}: one mapping must fit its columns, {found} does; give one with --mapping"
        )
    return fits[0]


def read_events(path: Path, mapped: Mapped) -> Iterator[Event | Aside]:
    """The events of a file, and the rows kept aside. Raises TableError where it is no such file."""
    if not is_xes(path) and (missing := mapped.columns() - set(header(path))):
        raise TableError(f"{path.name}: it has no column {', '.join(sorted(missing))}")
    return events_of(_rows(path, mapped), mapped)


def read_lines(path: Path, mapped: Mapped, lines: Collection[int]) -> Iterator[Event | Aside]:
    """The events of some rows of a file alone, by their lines."""
    return events_of(((line, row) for line, row in _rows(path, mapped) if line in lines), mapped)


def is_ocel(path: Path) -> bool:
    """Whether the file's name says that it is an OCEL log in JSON."""
    return path.suffix in OCEL


def read_ocel_mapping(path: Path) -> OcelMapped:
    """The mapping of an OCEL log. Raises TableError."""
    try:
        return parse_ocel_mapping(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise TableError(f"{path.name}: {problem}") from problem


def read_ocel(path: Path, mapped: OcelMapped) -> Iterator[Read]:
    """All that an OCEL log says, and what was kept aside. Raises TableError where it is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
        said = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except (OSError, ValueError, ArithmeticError, RecursionError) as problem:
        raise TableError(f"{path.name}: it cannot be read: {problem}") from problem
    return read_log(said, mapped)


def _no_number(said: str) -> NoReturn:
    raise ValueError(f"{said} is no number")


def header(path: Path) -> list[str]:
    """The columns of a file. Raises TableError."""
    try:
        if is_xes(path):
            return COLUMNS
        if is_parquet(path):
            return list(types_of(path))
        with _text(path) as lines:
            return next(csv.reader(lines), [])
    except BROKEN as problem:
        raise TableError(f"{path.name}: it cannot be read: {problem}") from problem


def types_of(path: Path) -> dict[str, str]:
    """The columns of a Parquet file with DuckDB's types. Raises duckdb.Error."""
    with duckdb.connect() as link:
        described = link.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    return {row[0]: row[1] for row in described}


def _rows(path: Path, mapped: Mapped) -> Iterator[tuple[int, Row]]:
    if is_xes(path):
        yield from rows_of(path)
        return
    try:
        yield from _parquet(path, sorted(mapped.columns())) if is_parquet(path) else _csv(path)
    except BROKEN as problem:
        raise TableError(f"{path.name}: it cannot be read: {problem}") from problem


def _parquet(path: Path, columns: list[str]) -> Iterator[tuple[int, Row]]:
    listed = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    with duckdb.connect() as link:
        found = link.execute(f"SELECT {listed} FROM read_parquet(?)", [str(path)])
        line = 0
        while rows := found.fetchmany(AT_ONCE):
            for row in rows:
                line += 1
                yield line, dict(zip(columns, row, strict=True))


def _csv(path: Path) -> Iterator[tuple[int, Row]]:
    with _text(path) as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            yield reader.line_num, row


def is_parquet(path: Path) -> bool:
    """Whether its name says so."""
    return path.suffix == ".parquet"


def _text(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
