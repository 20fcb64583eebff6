# SPDX-License-Identifier: Apache-2.0
"""The quick way in takes the same in as the reader of rows, and keeps the same rows aside."""

from pathlib import Path

import duckdb
import pytest

from callbox.oversight import quick
from callbox.oversight.domain.events import Event, History
from callbox.oversight.files import MAPPINGS, read_events, read_mapping
from callbox.oversight.mapping import Aside, parse_mapping
from callbox.oversight.quick import add_file
from callbox.oversight.store import Added, Store

FINES = read_mapping(MAPPINGS / "road_traffic_fines.yaml")
SAID = {
    "over": "case",
    "zone": "Asia/Shanghai",
    "key": "key",
    "activity": "act",
    "happened": "day",
    "id": "id",
    "activities": {"a": "begun"},
    "values": {
        "who": {"column": "who", "as": "text"},
        "due": {"column": "due", "as": "moment"},
        "amount": {"column": "amount", "as": "number"},
    },
}
# A row each: case, activity, date, seq, amount; what is bad stands among what is good.
ODD = """
    ('A1', 'Create Fine', DATE '2010-01-01', 0, 35.5), ('A1', ' Send Fine ', DATE '2010-02-01', 1, NULL),
    (NULL, 'Create Fine', DATE '2010-01-01', 0, 1), ('A2', '', DATE '2010-01-01', 0, 1),
    ('A2', 'Create Fine', NULL, 0, 0.00001), ('A2', 'Payment', DATE '2010-03-01', NULL, 1),
    (' A3', 'Create Fine', DATE '2010-01-01', 7, 'nan'::DOUBLE), ('京A4', 'Odd', NULL, 2, 1e99),
    ('A5', 'Odd', NULL, 3, 0)"""
WORDS = """
    ('1', 'A', 'a', '2026-01-05T09:00', 'x', TIMESTAMP '2026-02-01 08:00', 1.25::DOUBLE),
    ('', 'A', ' b', '2026-01-05', '', NULL, NULL), (NULL, 'B', 'a', '2026-13-01', 'y', NULL, 1),
    ('4', 'B', 'c', '', '张', TIMESTAMP '2026-02-01 08:00', 0), ('　5', 'B', 'c', NULL, NULL, NULL, 2)"""


def written(folder: Path, columns: str, rows: str) -> Path:
    path = folder / "log.parquet"
    with duckdb.connect() as link:
        link.execute(f"COPY (SELECT * FROM (VALUES {rows}) AS t({columns})) TO '{path}' (FORMAT parquet)")
    return path


def fines(folder: Path, rows: str) -> Path:
    path = folder / "log.parquet"
    with duckdb.connect() as link:
        link.execute(f"""COPY (SELECT case_id, activity, date, seq, amount::DOUBLE AS amount,
            NULL::DOUBLE AS expense, NULL::DOUBLE AS paymentamount, 0::DOUBLE AS totalpaymentamount
            FROM (VALUES {rows}) AS t(case_id, activity, date, seq, amount)) TO '{path}' (FORMAT parquet)""")
    return path


def histories(store: Store) -> list[History]:
    columns = store.columns("case")
    return [columns.history(number) for number in range(len(columns.keys))]


def row_by_row(folder: Path, found: list[Event | Aside]) -> tuple[Added, list[Aside], list[History]]:
    store = Store(folder / "rows.duckdb")
    added = store.add(each for each in found if isinstance(each, Event))
    made = histories(store)
    store.close()
    return added, [each for each in found if isinstance(each, Aside)], made


@pytest.mark.parametrize("which", ["dates", "words"])
def test_the_same_as_row_by_row(tmp_path: Path, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mapped = FINES if which == "dates" else parse_mapping("mine", SAID)
    path = (
        fines(tmp_path, ODD)
        if which == "dates"
        else written(tmp_path, "id, key, act, day, who, due, amount", WORDS)
    )
    expected = row_by_row(tmp_path, list(read_events(path, mapped)))
    # Else the reader of rows would be compared with itself.
    monkeypatch.setattr(quick, "read_events", lambda *_: pytest.fail("not the quick way"))
    store = Store(tmp_path / "quick.duckdb")
    added, aside = add_file(store, path, mapped)
    assert (added, sorted(aside, key=str), histories(store)) == (
        expected[0],
        sorted(expected[1], key=str),
        expected[2],
    )
    assert len(aside) >= 1
    again, _aside = add_file(store, path, mapped)
    assert again == Added(0, added.new + added.known)
    store.close()


def test_an_event_told_twice_is_left_to_the_reader_of_rows(tmp_path: Path) -> None:
    path = fines(
        tmp_path, "('A', 'Payment', DATE '2010-01-01', 0, 1), ('A', 'Payment', DATE '2010-01-02', 0, 2)"
    )
    expected = row_by_row(tmp_path, list(read_events(path, FINES)))
    store = Store(tmp_path / "quick.duckdb")
    assert (*add_file(store, path, FINES), histories(store)) == expected
    store.close()
