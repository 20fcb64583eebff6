# SPDX-License-Identifier: Apache-2.0
"""The same figures straight from the CSV, by another path that shares no code: to check the report against.

Its own rules, written out again on purpose: a row counts if it has a clear time and its stamps never go back;
median is statistics.median_low (what nearest-rank gives for 50 %), the 90th percentile is counted off a
sorted list. Local times are compared as they stand; the fortnight holds no change of the clock.
"""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median_low

type Key = tuple[str, str, str]
type Row = dict[str, str]

STAMPS = ("Received", "Entry", "Dispatch", "Response", "On Scene", "Transport", "Hospital", "Available")
PRIORITY = {"E": "1", "3": "2", "2": "3"}


def reference_figures(path: Path) -> dict[Key, tuple[int, int, int]]:
    """(by, value, measure) -> (count, median, 90th percentile) in seconds; only measures that have values."""
    values: dict[Key, list[int]] = defaultdict(list)
    for rows in _calls(path).values():
        received = _at(rows[0], "Received")
        groups = [("all", ""), ("priority", PRIORITY[rows[0]["Priority"]]), ("hour", str(received.hour))]
        for measure, seconds in _measured(rows):
            for by, value in groups:
                values[by, value, measure].append(seconds)
    return {key: (len(some), median_low(some), _ninetieth(some)) for key, some in values.items()}


def _calls(path: Path) -> dict[str, list[Row]]:
    calls: dict[str, list[Row]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            stamps = [_at(row, name) for name in STAMPS if row[f"{name} DtTm"]]
            goes_back = any(later < earlier for earlier, later in pairwise(stamps))
            if row["Available DtTm"] and not goes_back:
                calls[row["Call Number"]].append(row)
    return calls


def _measured(rows: list[Row]) -> list[tuple[str, int]]:
    found = []
    for row in rows:
        if row["Response DtTm"]:
            found.append(("turnout", _between(row, "Dispatch", row, "Response")))
            if row["On Scene DtTm"]:
                found.append(("travel", _between(row, "Response", row, "On Scene")))
    earliest = min(rows, key=lambda row: _at(row, "Dispatch"))
    found.append(("processing", _between(earliest, "Received", earliest, "Dispatch")))
    there = sorted(
        (_at(row, "On Scene"), row["Unit ID"], row["RowID"]) for row in rows if row["On Scene DtTm"]
    )
    if there:
        first = next(row for row in rows if row["RowID"] == there[0][2])
        found.append(("response", _between(first, "Received", first, "On Scene")))
        if first["Response DtTm"]:
            found.append(("first_travel", _between(first, "Response", first, "On Scene")))
    last = max(rows, key=lambda row: _at(row, "Available"))
    found.append(("total", _between(last, "Received", last, "Available")))
    return found


def _at(row: Row, name: str) -> datetime:
    return datetime.strptime(row[f"{name} DtTm"], "%m/%d/%Y %I:%M:%S %p")  # noqa: DTZ007 - local, see above


def _between(row: Row, name: str, other: Row, later: str) -> int:
    return round((_at(other, later) - _at(row, name)).total_seconds())


def _ninetieth(some: list[int]) -> int:
    place = 1
    while place * 10 < 9 * len(some):
        place += 1
    return sorted(some)[place - 1]
