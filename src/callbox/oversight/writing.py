# SPDX-License-Identifier: Apache-2.0
"""Events into a file that `callbox oversight import` reads: CSV, Parquet or OCEL 2.0. An edge: writes files."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import duckdb

from callbox.kernel.tables import TableError
from callbox.oversight.domain.events import Event, Value
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
        case ".json" | ".jsonocel":
            return _ocel(path, events)
    raise TableError(f"{path.name}: write .csv, .csv.gz, .parquet or .json")


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


def _ocel(path: Path, events: Iterable[Event]) -> int:
    """One log in OCEL 2.0's JSON. The minutes until an event was recorded are an attribute of it."""
    told: list[dict[str, object]] = []
    objects: dict[str, str] = {}
    kinds: dict[str, dict[str, str]] = {}
    for event in events:
        objects |= {key: kind for kind, key in event.objects}
        types = kinds.setdefault(event.activity, {})
        types |= {name: _type(value) for name, value in event.values.items()}
        told.append(_event(event))
    log = {
        "objectTypes": [{"name": kind, "attributes": []} for kind in sorted(set(objects.values()))],
        "eventTypes": [
            {"name": name, "attributes": [{"name": of, "type": kind} for of, kind in sorted(types.items())]}
            for name, types in sorted(kinds.items())
        ],
        "objects": [{"id": key, "type": kind} for key, kind in sorted(objects.items())],
        "events": told,
    }
    path.write_text(json.dumps(log, ensure_ascii=False), encoding="utf-8")
    return len(told)


def _event(event: Event) -> dict[str, object]:
    return {
        "id": event.id,
        "type": event.activity,
        "time": event.happened.isoformat() if event.happened else "",
        "attributes": [{"name": name, "value": _plain(value)} for name, value in event.values.items()],
        "relationships": [{"objectId": key, "qualifier": word} for _kind, key, word in event.linked()],
    }


def _plain(value: Value) -> object:
    match value:
        case Decimal():
            return float(value)
        case datetime():
            return value.isoformat()
        case tuple():
            return list(value)
    return value


def _type(value: Value) -> str:
    return "float" if isinstance(value, Decimal) else "time" if isinstance(value, datetime) else "string"
