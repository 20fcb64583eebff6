# SPDX-License-Identifier: Apache-2.0
import csv
import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from callbox.analysis import sffd_codes
from callbox.analysis.sffd import INVERTED, MILESTONES, NO_CLEAR, UNREADABLE, ZONE, Calls, read_calls
from callbox.analysis.sffd_events import events_of, overlaps_in
from callbox.kernel.tables import read_table


def test_every_row_is_either_usable_or_listed(fortnight: Calls) -> None:
    usable = [row for call in fortnight.calls for row in call.units]
    assert (len(fortnight.calls), fortnight.rows) == (5292, 10410)
    assert len(usable) + len(fortnight.unusable) == 10410
    assert len({row.unit for row in usable}) == 199


def test_what_cannot_be_used_is_listed_with_its_reason(fortnight: Calls) -> None:
    reasons = Counter(each.reason for each in fortnight.unusable)
    # 15 have neighbouring stamps inverted, two more have an empty one between: on scene or transport after
    # clear.
    assert reasons == {INVERTED: 17, NO_CLEAR: 2}
    details = {each.row_id: each.detail for each in fortnight.unusable}
    assert details["201013090-60"] == "hospital is 1 s before transport"
    assert details["201011416-87"] == "clear is 1574 s before hospital"
    assert details["201022508-EMS6B"] == "clear is 98 s before on_scene"
    words = {row["code"] for row in read_table("callbox.analysis", "sffd_problems.tsv")}
    assert set(reasons) | {UNREADABLE} == words


def test_a_line_number_leads_to_the_row(fortnight: Calls, fortnight_file: Path) -> None:
    with gzip.open(fortnight_file, "rt", encoding="utf-8") as text:
        lines = text.readlines()
    for each in fortnight.unusable:
        assert lines[each.line - 1].rstrip().endswith(each.row_id)


def test_never_on_scene_is_normal(fortnight: Calls) -> None:
    assert sum(row.on_scene is None for call in fortnight.calls for row in call.units) == 1716


def test_a_unit_with_two_assignments_at_once_is_found(fortnight: Calls) -> None:
    found = overlaps_in(fortnight.calls)
    # 16 with the assignment just before; truck 9 was given a third while still at its first.
    assert len(found) == 17
    assert [each.second for each in found if each.unit == "T09"] == ["201053596", "201053542"]
    assert {each.first for each in found if each.unit == "T09"} == {"201053540"}
    assert all(each.assigned < each.first_clear for each in found)


def test_stamps_are_local_to_san_francisco(fortnight: Calls, fortnight_file: Path) -> None:
    """The watch date turns at 08:00 of the stamps, so they are the clock the crews work by."""
    with gzip.open(fortnight_file, "rt", encoding="utf-8") as text:
        for cells in csv.DictReader(text):
            same_day = cells["Call Date"] == cells["Watch Date"]
            stamp = datetime.strptime(cells["Received DtTm"], "%m/%d/%Y %I:%M:%S %p")  # noqa: DTZ007
            assert same_day == (stamp.hour >= 8)
    first = fortnight.calls[0]
    assert first.received == datetime(2020, 4, 7, 7, 1, 25, tzinfo=UTC)
    assert first.hour == 0
    assert first.received.astimezone(ZONE).utcoffset() == timedelta(hours=-7)


def test_what_happened_comes_in_order(fortnight: Calls) -> None:
    for call in fortnight.calls:
        events = events_of(call)
        assert [events[0].kind, events[-1].kind] == ["received", "closed"]
        assert all(earlier.at <= later.at for earlier, later in pairwise(events))
        by_unit = sorted((event for event in events if event.unit), key=lambda event: event.unit)
        for _unit, steps in groupby(by_unit, key=lambda event: event.unit):
            places = [MILESTONES.index(event.kind) for event in steps]
            assert places == sorted(set(places))
            assert {0, 5} <= set(places)


def test_a_call_without_usable_units_is_still_a_call(fortnight: Calls) -> None:
    alone = [call for call in fortnight.calls if not call.units]
    assert len(alone) == 5
    assert [event.kind for event in events_of(alone[0])] == ["received", "entered", "closed"]


def test_every_code_of_the_file_has_ours(fortnight: Calls) -> None:
    types = {row["code"] for row in read_table("callbox.incidents", "types.tsv")}
    ends = {row["code"] for row in read_table("callbox.incidents", "dispositions.tsv")}
    abilities = {row["code"] for row in read_table("callbox.dispatch", "capabilities.tsv")}
    for call in fortnight.calls:
        assert sffd_codes.type_of(call.call_type) in types
        assert sffd_codes.disposition_of(call.disposition) in ends
        assert sffd_codes.priority_of(call.priority) in {1, 2, 3}
        for row in call.units:
            assert sffd_codes.kind_of(row.unit, row.unit_type).capabilities <= abilities


@pytest.mark.parametrize(
    ("unit", "unit_type", "can", "agency"),
    [
        ("E01", "ENGINE", {"engine", "first_response"}, "fire"),
        ("T01", "TRUCK", {"ladder"}, "fire"),
        ("85", "MEDIC", {"als", "bls", "first_response"}, "ems"),
        ("B01", "CHIEF", {"command"}, "fire"),
        ("EMS6A", "CHIEF", {"ems_command"}, "ems"),
        ("BLS839", "CHIEF", {"bls"}, "ems"),
        ("KM14", "PRIVATE", {"bls", "first_response"}, "ems"),
        ("RWC1", "SUPPORT", {"boat"}, "fire"),
        ("SO1", "SUPPORT", {"support"}, "fire"),
    ],
)
def test_what_a_unit_can_do(unit: str, unit_type: str, can: set[str], agency: str) -> None:
    kind = sffd_codes.kind_of(unit, unit_type)
    assert (set(kind.capabilities), kind.agency) == (can, agency)


def test_engines_and_trucks_are_named_after_their_station() -> None:
    assert [sffd_codes.home_station_of(unit) for unit in ("E01", "T19", "85", "EMS6A")] == [
        "01",
        "19",
        None,
        None,
    ]


def test_a_code_that_is_new_is_named() -> None:
    with pytest.raises(LookupError, match="Flood"):
        sffd_codes.type_of("Flood")
    with pytest.raises(LookupError, match="ROBOT"):
        sffd_codes.kind_of("X1", "ROBOT")


def rewritten(source: Path, target: Path, column: str, text: str) -> Path:
    """The first rows of the real file with one cell of the first changed."""
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        rows = [next(reader) for _ in range(3)]
    rows[0][column] = text
    with target.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return target


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("Received DtTm", "yesterday", UNREADABLE),
        ("Received DtTm", "", UNREADABLE),
        ("Dispatch DtTm", "", UNREADABLE),
        ("Dispatch DtTm", "13/45/2020 11:53:08 PM", UNREADABLE),
        ("Location", "", UNREADABLE),
        ("Available DtTm", "", NO_CLEAR),
        ("Available DtTm", "04/07/2020 11:00:00 PM", INVERTED),
        ("Entry DtTm", "04/07/2020 11:59:59 PM", INVERTED),
    ],
)
def test_a_spoilt_row_is_listed_and_the_others_stay(
    fortnight_file: Path, tmp_path: Path, column: str, text: str, reason: str
) -> None:
    found = read_calls(rewritten(fortnight_file, tmp_path / "calls.csv", column, text))
    assert [(each.line, each.row_id, each.reason) for each in found.unusable] == [
        (2, "200983546-E32", reason)
    ]
    assert sum(len(call.units) for call in found.calls) == 2


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"other\.csv: not a file of SFFD calls, it lacks Available DtTm"):
        read_calls(other)
