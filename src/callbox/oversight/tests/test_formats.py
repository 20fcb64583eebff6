# SPDX-License-Identifier: Apache-2.0
"""OCEL 2.0 and XES: what they say comes in, what cannot be read is told, and rubbish does no harm."""

import gzip
import json
import random
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from callbox.host.config import load
from callbox.kernel.tables import TableError
from callbox.oversight.domain.events import Event, Link
from callbox.oversight.files import (
    MAPPINGS,
    is_ocel,
    mapping_for,
    read_events,
    read_mapping,
    read_ocel,
)
from callbox.oversight.mapping import Aside
from callbox.oversight.ocel import ObjectValue, OcelMapped, parse_ocel_mapping, read_log
from callbox.oversight.quick import add_file, add_log
from callbox.oversight.store import Added, Store

LOG: dict[str, Any] = {
    "objectTypes": [
        {"name": "case", "attributes": [{"name": "state", "type": "string"}]},
        {"name": "Thing", "attributes": [{"name": "worth", "type": "float"}]},
    ],
    "eventTypes": [
        {
            "name": "Seize",
            "attributes": [
                {"name": "amount", "type": "integer"},
                {"name": "until", "type": "time"},
                {"name": "urgent", "type": "boolean"},
                {"name": "by", "type": "string"},
            ],
        }
    ],
    "objects": [
        {
            "id": "C1",
            "type": "case",
            "attributes": [
                {"name": "state", "time": "1970-01-01T00:00:00Z", "value": "open"},
                {"name": "state", "time": "2026-01-03T00:00:00Z", "value": "closed"},
            ],
            "relationships": [{"objectId": "T1", "qualifier": "seized thing"}],
        },
        {
            "id": "T1",
            "type": "Thing",
            "attributes": [{"name": "worth", "time": "2026-01-01T00:00:00Z", "value": 12.345678}],
            "relationships": [],
        },
    ],
    "events": [
        {
            "id": "e1",
            "type": "Seize",
            "time": "2026-01-02T08:00:00+08:00",
            "attributes": [
                {"name": "amount", "value": 3},
                {"name": "until", "value": "2026-02-01T00:00:00Z"},
                {"name": "urgent", "value": True},
                {"name": "by", "value": "r7"},
            ],
            "relationships": [
                {"objectId": "C1", "qualifier": "of"},
                {"objectId": "T1", "qualifier": "takes"},
                {"objectId": "T1", "qualifier": "takes"},
            ],
        }
    ],
}
LEADS = OcelMapped(
    types={"Thing": "item"},
    activities={"Seize": "item.seized"},
    attributes={"case.state": "case.state_changed"},
)
SEIZED = Event(
    "e1",
    "item.seized",
    datetime(2026, 1, 2, tzinfo=UTC),
    None,
    1,
    (("case", "C1"), ("item", "T1")),
    {"amount": Decimal(3), "until": datetime(2026, 2, 1, tzinfo=UTC), "urgent": "true", "by": "r7"},
    ("of", "takes"),
)
XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/" xes.version="2.0">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<global scope="event"><string key="concept:name" value="none"/></global>
<trace><string key="concept:name" value="A1"/>
<event><string key="concept:name" value="Opened"/><date key="time:timestamp" value="2026-01-02T08:00:00+08:00"/>
<list key="x"><values><string key="concept:name" value="nested"/></values></list></event>
<event><string key="concept:name" value="Closed"/><date key="time:timestamp" value="yesterday"/></event>
<event><date key="time:timestamp" value="2026-01-02T08:00:00+08:00"/></event>
</trace>
<event><string key="concept:name" value="of no case"/></event>
</log>
"""


def written(folder: Path, said: object, name: str = "log.json") -> Path:
    path = folder / name
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


def test_an_ocel_log_comes_in_whole(tmp_path: Path) -> None:
    found = list(read_ocel(written(tmp_path, LOG), LEADS))
    assert [each for each in found if isinstance(each, Aside)] == []
    assert SEIZED in found
    assert Link(("case", "C1"), ("item", "T1"), "seized thing") in found
    assert ObjectValue("item", "T1", "worth", datetime(2026, 1, 1, tzinfo=UTC), Decimal("12.3457")) in found
    at = datetime(2026, 1, 3, tzinfo=UTC)
    changed = Event(
        f"C1/state/{at.isoformat()}",
        "case.state_changed",
        at,
        None,
        0,
        (("case", "C1"),),
        {"state": "closed"},
    )
    assert changed in found
    assert len([each for each in found if isinstance(each, Event)]) == 2, "what was so always is no event"


def test_an_ocel_log_twice_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, LOG)
    with closing(Store(tmp_path / "log.duckdb")) as store:
        assert add_log(store, path, LEADS) == (Added(2, 0), [])
        assert add_log(store, path, LEADS) == (Added(0, 2), [])
        assert store.link([Link(("case", "C1"), ("item", "T1"), "seized thing")]) == 0
        assert store.columns("case").history(0).events[0].values == SEIZED.values


WRONG: dict[str, tuple[tuple[Any, ...], Any, str]] = {
    "an event of no type": (("events", 0, "type"), None, "events: id and type are texts"),
    "no moment": (("events", 0, "time"), "soon", "events: time is no moment"),
    "a number that is none": (
        ("events", 0, "attributes", 0, "value"),
        "many",
        "events: an attribute is no number",
    ),
    "a structure": (("events", 0, "attributes", 3, "value"), {}, "events: an attribute is neither"),
    "an object that is not there": (
        ("events", 0, "relationships", 1, "objectId"),
        "T9",
        "events, relationships: no object",
    ),
    "an unknown type": (("objects", 1, "type"), "Officer", "objects: its type leads to no kind"),
    "the same object": (("objects", 1, "id"), "C1", "objects: this id stood before"),
    "half a character": (("events", 0, "attributes", 3, "value"), "\ud800", "events: values"),
    "a time of an object": (
        ("objects", 0, "attributes", 0, "time"),
        7,
        "objects, attributes: time is no moment",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_read_is_told_and_the_rest_goes_on(what: str) -> None:
    path, value, reason = WRONG[what]
    said = json.loads(json.dumps(LOG), parse_float=Decimal, parse_int=Decimal)
    said["events"].append(
        {**said["events"][0], "id": "e2"}
        if path[0] == "objects"
        else json.loads(json.dumps(LOG["events"][0] | {"id": "e2"}), parse_int=Decimal)
    )
    place = said
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    found = list(read_log(said, LEADS))
    aside = [each.reason for each in found if isinstance(each, Aside)]
    assert any(each.startswith(reason) for each in aside), aside
    assert any(isinstance(each, Event) and each.id == "e2" for each in found)
    assert str(value) not in "".join(aside) or value == 7


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"events": []}', "NaN", '{"a": NaN}', "[" * 100_000, "\x00", '"x']
)
def test_what_is_no_ocel_log_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError):
        list(read_ocel(written(tmp_path, text), OcelMapped()))


def test_a_mapping_of_an_ocel_log_leads_to_kinds_of_objects() -> None:
    assert parse_ocel_mapping("x", {"types": {"Thing": "item"}}).types == {"Thing": "item"}
    refused: list[object] = [{"types": {"X": "officer"}}, {"typs": {}}, {"types": [1]}, {"prefix": 7}, []]
    for wrong in refused:
        with pytest.raises(TableError):
            parse_ocel_mapping("x", wrong)


def test_an_xes_log_comes_in_and_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(XES.encode()))
    mapped = mapping_for(path)
    assert mapped.name == "xes"
    found = list(read_events(path, mapped))
    opened, *rest = found
    assert opened == Event("A1/1", "Opened", datetime(2026, 1, 2, tzinfo=UTC), None, 1, (("case", "A1"),), {})
    assert [each.reason for each in rest if isinstance(each, Aside)] == [
        "time:timestamp is no moment", "concept:name is empty", "case:concept:name is empty",
    ]  # fmt: skip
    assert [each.line for each in rest if isinstance(each, Aside)] == [8, 9, 11]
    with closing(Store(tmp_path / "log.duckdb")) as store:
        assert add_file(store, path, mapped)[0] == Added(2, 0)
        assert add_file(store, path, mapped)[0] == Added(0, 2)


BOMB = (
    """<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><log>&b;</log>"""
)
OUTSIDE = """<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log><trace>&x;</trace></log>"""
REFUSED = {
    "entities": BOMB,
    "a file from outside": OUTSIDE,
    "a document type elsewhere": '<!DOCTYPE log SYSTEM "http://127.0.0.1:9/x.dtd"><log/>',
    "an entity that nobody named": "<log>&x;</log>",
    "another document": "<html/>",
    "half a document": XES[:-30],
    "nothing": "",
    "no XML": "case,activity",
    "without end": "<log>" + "<list>" * 100,
    "one long tag": f'<log x="{"y" * (2**24 + 70_000)}',
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_xes_log_is_refused(tmp_path: Path, what: str) -> None:
    path = written(tmp_path, REFUSED[what], "log.xes")
    with pytest.raises(TableError) as told:
        list(read_events(path, mapping_for(path)))
    assert "root:" not in str(told.value)


def test_a_torn_archive_is_refused_and_nothing_of_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(XES.encode())[:-20])
    with closing(Store(tmp_path / "log.duckdb")) as store:
        with pytest.raises(TableError):
            add_file(store, path, mapping_for(path))
        assert len(store.columns("case")) == 0


def test_rubbish_is_refused_or_kept_aside(tmp_path: Path) -> None:
    """Nothing but a TableError leaves the readers, whatever was changed in a file."""
    rng, sources = random.Random(46), {"log.json": json.dumps(LOG).encode(), "log.xes": XES.encode()}
    sources["log.csv"] = (
        b"case_id,activity,date,seq,amount,expense,paymentamount,totalpaymentamount\nA1,x,2010-01-01,0,1,,,\n"
    )
    sources |= {f"{name}.gz": gzip.compress(sources[name]) for name in ("log.xes", "log.csv")}
    refused = read = 0
    for name, text in sources.items():
        for _ in range(150):
            path = tmp_path / name
            path.write_bytes(_changed(text, rng))
            try:
                list(read_ocel(path, LEADS) if is_ocel(path) else read_events(path, mapping_for(path)))
                read += 1
            except TableError:
                refused += 1
    assert min(refused, read) > 20


def _changed(text: bytes, rng: random.Random) -> bytes:
    found = bytearray(text)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(found))
        match rng.randrange(4):
            case 0:
                found[at] = rng.randrange(256)
            case 1:
                del found[at : at + rng.randint(1, 20)]
            case 2:
                found[at:at] = rng.choice(
                    [b"null", b"\x00", b"<", b'"', b"{}", b"[]", b"1e999", b"\xff\xfe", b"-1"]
                )
            case _:
                found[at:at] = found[: rng.randint(1, 60)]
        found = found or bytearray(b" ")
    return bytes(found)


def test_the_real_log_of_fines_in_xes_says_what_the_file_of_columns_says(tmp_path: Path) -> None:
    """Another publication of the same log: what both have in common has the same days in the same order."""
    path = load().data / "cases" / "roadtraffic_one_trace_per_variant.xes.gz"
    if not path.exists():
        pytest.skip(f"{path} is not here: set CALLBOX_DATA")
    fines = read_mapping(MAPPINGS / "road_traffic_fines.yaml")
    mapped = replace(mapping_for(path), zone=fines.zone, activities=fines.activities)
    found = list(read_events(path, mapped))
    events = [each for each in found if isinstance(each, Event)]
    assert len(events) == len(found)
    assert len({each.objects[0] for each in events}) == 231
    with closing(Store(tmp_path / "log.duckdb")) as store:
        add_file(store, path, mapped)
        columns = store.columns("case")
        assert len(columns) == len(events)
        first = columns.history(list(columns.keys).index("A100"))
    assert [each.activity for each in first.events] == [
        "fine.created", "fine.sent", "fine.notified", "penalty.added", "collection.sent",
    ]  # fmt: skip
