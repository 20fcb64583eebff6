# SPDX-License-Identifier: Apache-2.0
"""Events into a file that `callbox oversight import` reads: CSV (also .gz) or Parquet. An edge: writes files."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import duckdb

from callbox.kernel.tables import TableError
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.telling import spelt

COLUMNS = ("object_kind", "object", "event", "activity", "happened", "recorded", "seq", "told")


def write_events(path: Path, events: Iterable[Event]) -> int:
    """Write a row for each event and object; returns how many. Raises TableError for a name of no such file."""
    match path.suffix:
        case ".csv":
            with path.open("w", encoding="utf-8", newline="") as lines:
                return _rows(lines, events)
        case ".gz":
            with gzip.open(path, "wt", encoding="utf-8", newline="") as lines:
                return _rows(lines, events)
        case ".parquet":
            return _parquet(path, events)
    raise TableError(f"{path.name}: write .csv, .csv.gz or .parquet")


def _parquet(path: Path, events: Iterable[Event]) -> int:
    with TemporaryDirectory() as folder, duckdb.connect() as link:
        between = Path(folder) / "events.csv"
        count = write_events(between, events)
        link.read_csv(str(between), header=True, columns=_types()).write_parquet(str(path))
    return count


def _types() -> dict[str, str]:
    return {name: "BIGINT" if name == "seq" else "VARCHAR" for name in COLUMNS}


def _rows(lines: TextIO, events: Iterable[Event]) -> int:
    writer, count = csv.writer(lines), 0
    writer.writerow(COLUMNS)
    for row in _told(events):
        writer.writerow(row)
        count += 1
    return count


def _told(events: Iterable[Event]) -> Iterator[tuple[object, ...]]:
    for event in events:
        values = {name: spelt(value) for name, value in event.values.items() if name != "recorded_after"}
        words = json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
        happened, recorded = (at.isoformat() if at else "" for at in (event.happened, event.recorded))
        for kind, key in event.objects:
            yield kind, key, event.id, event.activity, happened, recorded, event.seq, words
