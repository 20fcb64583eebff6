# SPDX-License-Identifier: Apache-2.0
"""Real calls played again through the actions: the report agrees with the file, the journal verifies."""

import csv
import gzip
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callbox.access.domain import CALL_TAKER, SUPERVISOR, actor
from callbox.analysis.comparison import compare
from callbox.analysis.queries import Report, report_for
from callbox.analysis.reference import reference_figures
from callbox.analysis.replay import ending_of, steps_of
from callbox.analysis.replay_player import Player
from callbox.analysis.replay_run import Outcome, replay_file
from callbox.analysis.replay_world import define_world
from callbox.analysis.sffd import ZONE, Calls, read_calls
from callbox.analysis.sffd_events import overlaps_in
from callbox.dispatch.models import Assignment
from callbox.journal.models import Entry
from callbox.kernel.errors import NotFound
from callbox.matters.models import Clock, Matter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AROUND = 12  # calls before and after what is looked for


@pytest.fixture(scope="session")
def slice_file(fortnight: Calls, fortnight_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first calls, those of an overlap of one unit, and those with rows that cannot be used."""
    wanted = {call.number for call in fortnight.calls[:25]}
    overlap = next(each for each in overlaps_in(fortnight.calls) if each.unit == "T09")
    wanted |= {overlap.first, "201053596", "201053542"}
    rows_of = {each.row_id.partition("-")[0] for each in fortnight.unusable[:3]}
    wanted |= rows_of
    path = tmp_path_factory.mktemp("sffd") / "slice.csv.gz"
    with gzip.open(fortnight_file, "rt", newline="") as source, gzip.open(path, "wt", newline="") as target:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, list(reader.fieldnames or ()))
        writer.writeheader()
        writer.writerows(row for row in reader if row["Call Number"] in wanted)
    return path


def report(**span: datetime) -> Report:
    supervisor = actor("person:supervisor", [SUPERVISOR], ())
    return report_for(supervisor, ZONE, limits=NOW.date(), **span)


def check(path: Path, done: Outcome, calls: int, rows: int, unusable: int) -> None:
    said = done.as_dict()
    assert (said["calls"], said["unit_rows"], said["unusable"]) == (calls, rows, unusable)
    assert said["replayed"] == rows - unusable
    assert said["journal_ok"]
    found = report()
    comparison = compare(found.figures, reference_figures(path))
    assert not comparison.different
    assert comparison.agrees
    assert {figure.count for figure in found.figures if figure.measure == "answer"} == {0}
    assert not Matter.objects.exclude(kind="unit").filter(final=False).exists()


@pytest.mark.usefixtures("committed")
def test_a_slice_played_again_agrees_with_the_file(slice_file: Path) -> None:
    read = read_calls(slice_file)
    done = replay_file(slice_file, read, None, now=NOW)
    assert len(read.unusable) == 3
    check(slice_file, done, len(read.calls), read.rows, 3)
    assert done.stacked == len(overlaps_in(read.calls)) == 2
    endings = Counter(
        Entry.objects.filter(kind="assignment", becomes__in=["clear", "withdrawn"]).values_list(
            "move", flat=True
        )
    )
    assert endings == Counter(ending_of(row) for call in read.calls for row in call.units)
    assert not Clock.objects.exists(), "nothing was promised in 2020"


@pytest.mark.django_db
def test_entries_stand_at_their_recorded_times_with_a_hand_set_priority(slice_file: Path) -> None:
    calls = read_calls(slice_file).calls[:3]
    define_world(calls, None, at=calls[0].received)
    player = Player()
    for step in steps_of(calls):
        player.play(step)
    assert not player.played.refused
    classified = Entry.objects.filter(kind="incident", move="classify").order_by("at")
    assert [entry.at for entry in classified] == sorted(call.entered for call in calls)
    assert {entry.facts["by_hand"] for entry in classified} == {"recorded"}
    gone = set(Entry.objects.filter(kind="assignment", move="go").values_list("at", flat=True))
    assert gone == {row.en_route for call in calls for row in call.units if row.en_route}
    assert set(Assignment.objects.values_list("assigned_at", flat=True)) == {
        row.assigned for call in calls for row in call.units
    }


@pytest.mark.django_db
def test_a_refusal_is_counted_with_its_words_and_ends_its_row(slice_file: Path) -> None:
    calls = read_calls(slice_file).calls[:2]
    define_world(calls, None, at=calls[0].received)
    strange = [replace(row, unit="GHOST") for row in calls[0].units[:1]]
    played = Player()
    for step in steps_of((replace(calls[0], units=(*strange, *calls[0].units[1:])), calls[1])):
        played.play(step)
    ((number, line, why),) = played.played.refused
    assert (number, line) == (calls[0].number, strange[0].line)
    assert why.startswith("assigned: This was not found.")
    sent = sum(len(call.units) for call in calls)
    assert Assignment.objects.filter(matter__final=True).count() == sent - 1


@pytest.mark.django_db
def test_a_call_that_is_refused_takes_its_rows_along(slice_file: Path) -> None:
    call = read_calls(slice_file).calls[0]
    player = Player()
    for step in steps_of([replace(call, lon=999.0)]):
        player.play(step)
    lines = {line for _number, line, _why in player.played.refused}
    assert lines == {0, *(row.line for row in call.units)}


@pytest.mark.django_db
def test_a_span_of_time_counts_what_was_received_in_it(slice_file: Path) -> None:
    calls = read_calls(slice_file).calls[:6]
    define_world(calls, None, at=calls[0].received)
    player = Player()
    for step in steps_of(calls):
        player.play(step)
    assert report().cases == 6
    assert report(since=calls[2].received).cases == 4
    assert report(since=calls[2].received, until=calls[5].received).cases == 3
    assert report(until=calls[0].received).cases == 0
    assert report(since=calls[2].received).figures[1].count == 4


@pytest.mark.django_db
def test_figures_are_for_those_who_may_see_them() -> None:
    with pytest.raises(NotFound):
        report_for(actor("person:call-taker", [CALL_TAKER], ()), ZONE, limits=NOW.date())


def test_steps_come_in_order_and_units_keep_their_turns(fortnight: Calls) -> None:
    steps = steps_of(fortnight.calls)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    turns: Counter[str] = Counter()
    open_rows: dict[tuple[str, str], str] = {}
    for step in steps:
        if step.row is None:
            assert step.kind != "closed" or step.call.number not in {key[0] for key in open_rows}
            continue
        assert step.turn == turns[step.row.unit]
        turns[step.row.unit] += 1
        key = (step.call.number, step.row.unit)
        assert (step.kind == "assigned") == (key not in open_rows)
        open_rows[key] = step.kind
        if step.kind == "clear":
            del open_rows[key]
    assert not open_rows


def test_only_overlapping_units_are_busy_when_they_are_sent(fortnight: Calls) -> None:
    busy: Counter[str] = Counter()
    stacked = 0
    for step in steps_of(fortnight.calls):
        if step.row and step.kind == "assigned":
            stacked += busy[step.row.unit] > 0
            busy[step.row.unit] += 1
        elif step.row and step.kind == "clear":
            busy[step.row.unit] -= 1
    assert stacked == len(overlaps_in(fortnight.calls)) == 17


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
def test_the_whole_fortnight_by_two_processes(fortnight: Calls, fortnight_file: Path) -> None:
    done = replay_file(fortnight_file, fortnight, None, workers=2, now=NOW)
    check(fortnight_file, done, 5292, 10410, 19)
    assert done.stacked == 17


@pytest.mark.usefixtures("committed")
def test_several_processes_keep_each_units_order(slice_file: Path) -> None:
    read = read_calls(slice_file)
    done = replay_file(slice_file, read, None, workers=3, now=NOW)
    check(slice_file, done, len(read.calls), read.rows, 3)
    assert done.stacked == 2
