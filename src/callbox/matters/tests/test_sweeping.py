# SPDX-License-Identifier: Apache-2.0
"""Sweeps of many clocks: all at once, each once, and none held up by one that cannot be swept."""

import os
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from tests.world import journal_size, moves_in_between

from callbox.host.provision import with_part
from callbox.journal import queries as journal
from callbox.journal.actions import append_many
from callbox.journal.domain import first_misfit
from callbox.kernel.errors import NotAllowed
from callbox.kernel.tables import TableError
from callbox.matters import actions, climbing, clocks, queries
from callbox.matters.domain import Change
from callbox.matters.models import Clock, Matter, Step
from callbox.matters.sweeping import PutOff
from callbox.matters.tests.test_ladders import FIVE
from callbox.matters.tests.test_standstill import START, WORKER, at, clock, errand

LATE = at("10-08 12:00")


def fire(limit: int = 500, put_off: PutOff | None = None, minutes: int = 5) -> int:
    return actions.fire_due_clocks(
        by=WORKER, at=START + timedelta(minutes=minutes), limit=limit, put_off=put_off
    )


def moves(matter: Matter) -> list[str]:
    return [entry.move for entry in journal.history(matter.id)]


def errands(count: int) -> list[Matter]:
    return [errand(timedelta(minutes=1 + number / 60)) for number in range(count)]


def two_clocks() -> Matter:
    matter = errand(timedelta(minutes=1))
    with transaction.atomic():
        actions.move(matter, "begin", Change(clocks={"arrive": timedelta(minutes=2)}), by=WORKER, at=START)
    return matter


@pytest.mark.django_db
def test_many_fire_together_each_in_its_own_history() -> None:
    matters = errands(7)
    assert [fire(3) for _sweep in range(4)] == [3, 3, 1, 0]
    for matter in matters:
        assert moves(matter) == ["open", "late"]
        assert first_misfit(journal.history(matter.id)) is None
        assert Matter.objects.get(pk=matter.pk).version == 2


@pytest.mark.django_db
def test_two_clocks_of_one_matter_fire_in_one_sweep_one_entry_after_the_other() -> None:
    matter = two_clocks()
    assert fire() == 2
    told = journal.history(matter.id)
    assert [entry.facts.get("clock") for entry in told][-2:] == ["resolve", "arrive"]
    assert first_misfit(told) is None
    assert Matter.objects.get(pk=matter.pk).version == 4


def failing_for(monkeypatch: pytest.MonkeyPatch, matter: Matter, problem: Exception) -> None:
    original = append_many

    def write(sayings: Any, **more: Any) -> None:
        original(sayings, **more)
        if any(each.chain == matter.id for each in sayings):
            raise problem

    monkeypatch.setattr(clocks, "append_many", write)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "problem", [NotAllowed(), TableError("made up"), DataError("made up"), IntegrityError("made up")]
)
def test_one_that_cannot_be_fired_holds_up_no_others(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    first, ill, last = errands(3)
    failing_for(monkeypatch, ill, problem)
    put_off = PutOff()
    assert fire(put_off=put_off) == 2
    assert [moves(each) for each in (first, ill, last)] == [["open", "late"], ["open"], ["open", "late"]]
    assert clock(ill).fired_at is None
    assert put_off.ids(START + timedelta(minutes=5)) == [clock(ill).id]
    monkeypatch.undo()
    assert fire(put_off=put_off) == 0
    assert fire(put_off=put_off, minutes=6) == 1
    assert moves(ill) == ["open", "late"]


@pytest.mark.django_db
def test_those_put_off_leave_room_in_a_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    ill, well = errands(2)
    failing_for(monkeypatch, ill, NotAllowed())
    put_off = PutOff()
    assert [fire(1, put_off) for _sweep in range(3)] == [0, 1, 0]
    assert moves(well) == ["open", "late"]


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [OperationalError("gone"), KeyError("a fault of the program")])
def test_what_is_no_clocks_own_fault_ends_the_sweep_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    first, ill = errands(2)
    failing_for(monkeypatch, ill, problem)
    size = journal_size()
    with pytest.raises(type(problem)):
        fire()
    assert (journal_size(), clock(first).fired_at) == (size, None)


def _top_of(matter: Matter) -> Step:
    """A step above all that its ladder has."""
    clock = Clock.objects.get(matter=matter)
    return Step(
        matter=matter, clock=clock, number=9, level=9, action="report", role="owner",
        due_at=LATE, taken_at=LATE, tell_at=LATE, told_at=LATE,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_ladder_that_was_cut_short_holds_up_no_others() -> None:
    cut, well = errand(FIVE), errand(FIVE)
    Step.objects.bulk_create([_top_of(cut)])
    Clock.objects.filter(matter=cut).update(steps=1)
    assert climbing.climb_ladders(by=WORKER, at=LATE) == 1
    assert (moves(cut), moves(well)) == (["open"], ["open", "remind"])
    assert Step.objects.count() == 2


def test_two_who_sweep_at_once_take_each_clock_once(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one sweeps while this one holds what it read, and takes what is left, without waiting."""
    matters = [errand(FIVE) for _number in range(4)]
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '3s'")
    taken: list[int] = []
    moves_in_between(
        monkeypatch,
        queries,
        "clocks_to_climb",
        lambda: taken.append(climbing.climb_ladders(by=WORKER, at=LATE, limit=3)),
    )
    taken.append(climbing.climb_ladders(by=WORKER, at=LATE, limit=3))
    assert taken == [1, 3]
    assert all(moves(matter) == ["open", "remind"] for matter in matters)
    assert Step.objects.count() == 4


def test_a_matter_that_somebody_moves_is_left_for_the_next_sweep(committed: None) -> None:
    held, free = errands(2)
    with psycopg.connect(with_part(os.environ["DATABASE_URL"], "system")) as mover:
        mover.execute("UPDATE matters_matter SET version = version WHERE id = %s", [held.pk])
        assert fire() == 1
    assert (moves(held), moves(free)) == (["open"], ["open", "late"])
    assert fire() == 1


@pytest.mark.django_db
def test_changing_hundreds_of_rows_at_once_is_noted_once_for_each() -> None:
    """What notes them compares sets; a join planned for one row and kept compared each with every other."""
    matters = errands(3)

    def noted() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM journal_row WHERE place = 'matters_clock' AND NOT gone")
            return int(cursor.fetchone()[0])

    before = noted()
    Clock.objects.filter(matter__in=matters[:2]).update(asked=1)
    assert noted() == before + 2
    Clock.objects.filter(matter__in=matters).update(asked=1)
    assert noted() == before + 3


@pytest.mark.django_db
@pytest.mark.parametrize("changed", ["stopped_at", "fired_at", "paused_at"])
def test_what_changed_after_the_sweep_read_it_does_not_fire(
    monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    (matter,) = errands(1)
    with transaction.atomic():
        stale = queries.due_clocks(queries.known_now(), START + timedelta(minutes=5), 10)
    assert len(stale) == 1
    Clock.objects.update(**{changed: START})
    monkeypatch.setattr(queries, "due_clocks", lambda *_asked: stale)
    assert (fire(), moves(matter)) == (0, ["open"])
