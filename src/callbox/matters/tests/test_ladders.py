# SPDX-License-Identifier: Apache-2.0
"""Ladders: each step once, in its time, also after downtime; the record is never late, people sleep."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.world import journal_size

from callbox.journal import queries as journal
from callbox.journal.actions import Saying, append_many
from callbox.journal.domain import first_misfit
from callbox.kernel.calendars import shipped_calendar
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError, parse_table
from callbox.kernel.terms import parse_term
from callbox.matters import climbing, clocks, ladders, queries, standstill
from callbox.matters.domain import Promised
from callbox.matters.ladders import shipped_ladders, tell_at
from callbox.matters.models import Clock, Matter, Step
from callbox.matters.tests.test_standstill import START, WORKER, at, clock, do, errand, local

CN = shipped_calendar("cn")
LADDERS = shipped_ladders()
rungs = LADDERS.rungs
FIVE = Promised(parse_term("5 working_days next_day"), "r", "request")
DAY = at("11-02 09:00").date()


def climb(when: str) -> int:
    return climbing.climb_ladders(by=WORKER, at=at(when))


def steps(matter: Matter) -> list[str]:
    return [
        entry.move for entry in journal.history(matter.id) if entry.move in ("remind", "supervise", "report")
    ]


def test_the_shipped_ladder() -> None:
    """80 % of 303 hours are 242.4: ten days, two hours and 24 minutes after Monday 28 September, 9:00."""
    started, due = START, at("10-11 00:00")
    times = [local(rung.at(started, due, CN)) for rung in rungs("request", DAY)]
    assert times == ["10-08 11:24", "10-11 00:00", "10-13 00:00", "10-15 00:00"]
    assert [rung.action for rung in rungs("request", DAY)] == ["remind", "remind", "supervise", "report"]


HEAD = "valid_from\tvalid_to\tladder\toffset\tlevel\taction\troles\tsource\n2026-01-01\t\tx\t"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("0%\t1\tremind\towner\ts", "a share from 1% to 100%"),
        ("101%\t1\tremind\towner\ts", "a share from 1% to 100%"),
        ("+1 day\t1\tremind\towner\ts", "a share from 1% to 100%"),
        ("80%\t0\tremind\towner\ts", "level is '0'"),
        ("80%\t1\tshout\towner\ts", "action is 'shout'"),
        ("80%\t1\tremind\t\ts", "roles is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused(line: str, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        ladders._rung(*parse_table(HEAD + line, "ladders.tsv"))


def test_a_ladder_that_is_not_there_is_said() -> None:
    with pytest.raises(TableError, match="no ladder 'jacob'"):
        rungs("jacob", DAY)
    assert rungs("", DAY) == ()


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        ("11-02 21:59", "11-02 21:59"),
        ("11-02 22:00", "11-03 07:00"),
        ("11-03 00:00", "11-03 07:00"),
        ("11-03 06:59", "11-03 07:00"),
        ("11-03 07:00", "11-03 07:00"),
        ("12-31 23:00", "01-01 07:00"),
    ],
)
def test_people_are_told_when_the_quiet_hours_end(taken: str, told: str) -> None:
    assert local(tell_at(at(taken), "owner", CN, LADDERS)) == told


@pytest.mark.django_db
def test_each_step_is_taken_once_and_written_down() -> None:
    matter = errand(FIVE)
    assert climb("10-08 11:23") == 0
    assert climb("10-08 11:24") == 1
    assert climb("10-08 11:25") == 0
    (step,) = Step.objects.filter(matter=matter)
    assert (step.number, step.level, step.action, step.role, local(step.tell_at)) == (
        *(1, 1, "remind", "owner"),
        "10-08 11:24",
    )
    told = journal.history(matter.id)[-1]
    assert (told.move, told.facts["step"], told.facts["clock"], told.at) == (
        *("remind", 1, "resolve"),
        at("10-08 11:24"),
    )
    assert Matter.objects.get(pk=matter.pk).version == 2
    assert first_misfit(journal.history(matter.id)) is None


@pytest.mark.django_db
def test_after_downtime_every_missed_step_is_taken_in_its_order() -> None:
    matter = errand(FIVE)
    assert [climb("12-01 12:00") for _sweep in range(6)] == [1, 1, 1, 1, 0, 0]
    assert steps(matter) == ["remind", "remind", "supervise", "report"]
    assert Step.objects.filter(matter=matter).count() == 1 + 2 + 2 + 1


@pytest.mark.django_db
def test_a_paused_clock_climbs_nothing_and_what_was_taken_is_not_taken_again() -> None:
    matter = errand(FIVE)
    climb("10-08 12:00")
    do(standstill.pause_clock, matter, "r", when="10-09 09:00")
    assert climb("12-01 12:00") == 0
    do(standstill.resume_clock, matter, when="10-12 09:00")
    assert local(clock(matter).due_at) == "10-14 00:00"
    assert climb("10-13 23:59") == 0
    assert climb("10-14 00:00") == 1
    assert steps(matter) == ["remind", "remind"]


@pytest.mark.django_db
def test_an_answered_clock_climbs_no_further() -> None:
    matter = errand(FIVE)
    climb("10-08 12:00")
    Clock.objects.filter(matter=matter).update(stopped_at=at("10-08 13:00"))
    assert climb("12-01 12:00") == 0


@pytest.mark.django_db
def test_who_read_before_the_other_swept_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock on the matter it is the count of steps that decides."""
    matter = errand(FIVE)
    with transaction.atomic():
        stale = queries.clocks_to_climb(queries.known_now(), at("10-08 12:00"), 10)
    assert climb("10-08 12:00") == 1
    monkeypatch.setattr(queries, "clocks_to_climb", lambda *_asked: stale)
    assert climb("10-08 12:00") == 0
    assert (steps(matter), Step.objects.count()) == (["remind"], 1)


@pytest.mark.django_db
def test_what_fails_half_way_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    matter, size = errand(FIVE), journal_size()

    def crash(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("made up")

    monkeypatch.setattr(clocks, "append_many", crash)
    with pytest.raises(RuntimeError, match="made up"), transaction.atomic():
        climb("10-08 12:00")
    assert (journal_size(), Step.objects.count(), clock(matter).steps) == (size, 0, 0)
    monkeypatch.undo()
    assert climb("10-08 12:00") == 1


@pytest.mark.django_db
def test_a_step_has_one_row_for_each_who_is_told_in_the_database_itself() -> None:
    matter = errand(FIVE)
    climb("10-08 12:00")
    (step,) = Step.objects.filter(matter=matter)
    step.pk = None
    with pytest.raises(Exception, match="matters_step_once"), transaction.atomic():
        Step.objects.bulk_create([step])


@pytest.mark.django_db
def test_who_tells_reads_what_may_be_told_and_tells_it_once() -> None:
    errand(FIVE)
    climb("10-10 23:30")
    assert queries.steps_to_tell(at("10-11 06:59"), 10) == []
    (step,) = queries.steps_to_tell(at("10-11 07:00"), 10)
    assert climbing.note_told([step.id], at=at("10-11 07:00")) == {step.id}
    assert climbing.note_told([step.id], at=at("10-11 07:01")) == set()
    assert queries.steps_to_tell(at("10-11 08:00"), 10) == []


@pytest.mark.django_db
def test_many_entries_at_once_verify_as_those_written_singly() -> None:
    matters = [errand(FIVE) for _number in range(3)]
    said = [
        Saying(m.id, "errand", "late", "new", "new", 1, {"a": [1, "二"], "at": START}, ["agency:a"], "x", "y")
        for m in matters
    ]
    with transaction.atomic():
        append_many(said, at=START + timedelta(hours=1))
    for matter in matters:
        entries = journal.history(matter.id)
        assert [entry.number for entry in entries] == [1, 2]
        assert first_misfit(entries) is None
        assert entries[1].scope == ("agency:a",)
    size = journal_size()
    for wrong in ([said[0], said[0]], [Saying(new_id(), *("errand", "late", "", "", 1, {}, [], "x", "y"))]):
        with pytest.raises(ValueError, match="chain"), transaction.atomic():
            append_many(wrong, at=START)
    assert journal_size() == size


@pytest.mark.django_db
def test_the_sweep_asks_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM matters_clock WHERE step_at <= now() AND stopped_at IS NULL"
            " AND paused_at IS NULL ORDER BY step_at LIMIT 10"
        )
        assert "matters_clock_step" in str(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"stopped_at": START}, {"paused_at": START}, {"steps": 1}])
def test_what_changed_after_the_sweep_read_it_climbs_nothing(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    errand(FIVE)
    with transaction.atomic():
        stale = queries.clocks_to_climb(queries.known_now(), at("10-08 12:00"), 10)
    assert len(stale) == 1
    Clock.objects.update(**changed)
    size = journal_size()
    monkeypatch.setattr(queries, "clocks_to_climb", lambda *_asked: stale)
    assert climb("10-08 12:00") == 0
    assert (journal_size(), Step.objects.count()) == (size, 0)
