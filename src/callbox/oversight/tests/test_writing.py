# SPDX-License-Identifier: Apache-2.0
"""What the generator writes is read again by the import, and the same is found in it."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from callbox.kernel.tables import TableError
from callbox.oversight.bulk import by_activation, scan
from callbox.oversight.columns import columns_of
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.verdicts import BROKEN
from callbox.oversight.files import mapping_for, read_events, read_ocel
from callbox.oversight.generator import AS_OF, columns_by_kind, events_of
from callbox.oversight.library import shipped_rules
from callbox.oversight.mapping import Aside, Mapped
from callbox.oversight.mapping import events_of as events_of_rows
from callbox.oversight.ocel import OcelMapped
from callbox.oversight.store import Store
from callbox.oversight.writing import write_events

READ = Mapped(
    "a", "case", ZoneInfo("Asia/Shanghai"), "key", "act", "at", recorded="recorded", kind="kind", spelt="told"
)
ROW = {"key": "1", "act": "case.filed", "at": "2026-03-02 09:00", "kind": "item"}


@pytest.mark.parametrize("name", ["made.csv", "made.csv.gz", "made.parquet"])
def test_what_is_planted_is_found_in_the_file(tmp_path: Path, name: str) -> None:
    made = columns_by_kind(120, seed=5, rules=shipped_rules(), share_lawful=0)
    path = tmp_path / name
    write_events(path, [event for each in made.values() for event in events_of(each)])
    read = list(read_events(path, mapping_for(path)))
    events = [each for each in read if isinstance(each, Event)]
    assert len(events) == len(read) == sum(len(each.columns) for each in made.values())
    with closing(Store(tmp_path / "log.duckdb")) as store:
        store.add(events)
        for kind, each in made.items():
            columns = store.columns(kind)
            found = by_activation(columns, scan(columns, shipped_rules().values(), AS_OF))
            assert {of: said for of, said in found.items() if said in BROKEN} == each.planted


def test_what_is_planted_is_found_in_an_ocel_log(tmp_path: Path) -> None:
    made = columns_by_kind(400, seed=5, rules=shipped_rules(), share_lawful=0)
    path = tmp_path / "made.json"
    write_events(path, [event for each in made.values() for event in events_of(each)])
    read = list(read_ocel(path, OcelMapped()))
    events = [each for each in read if isinstance(each, Event)]
    assert len(events) == len(read) == sum(len(each.columns) for each in made.values())
    for kind, each in made.items():
        columns = columns_of(kind, events)
        found = by_activation(columns, scan(columns, shipped_rules().values(), AS_OF))
        assert {of: said for of, said in found.items() if said in BROKEN} == each.planted


def test_the_recorded_moment_is_read_and_the_minutes_between_are_whole() -> None:
    (event,) = events_of_rows([(2, {**ROW, "recorded": "2026-03-03 09:00:01"})], READ)
    assert isinstance(event, Event)
    assert event.recorded == datetime(2026, 3, 3, 1, 0, 1, tzinfo=UTC)
    assert event.values == {"recorded_after": 1441}
    assert event.objects == (("item", "1"),)
    (event,) = events_of_rows([(2, ROW)], READ)
    assert isinstance(event, Event)
    assert event.values == {}


def test_a_kind_that_is_none_and_values_that_are_none_are_kept_aside() -> None:
    assert list(events_of_rows([(2, {**ROW, "kind": "officer"})], READ)) == [
        Aside(2, "kind is no kind of object")
    ]
    aside, event = events_of_rows([(2, {**ROW, "told": "[1]"})], READ)
    assert aside == Aside(2, "told holds no values as JSON")
    assert isinstance(event, Event)
    assert event.happened is None


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"write \.csv"):
        write_events(tmp_path / "made.txt", [])
