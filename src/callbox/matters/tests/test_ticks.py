# SPDX-License-Identifier: Apache-2.0
"""A form that was open when a clock told something is not out of date; one that a person overtook is."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.world import AT, journal_size, moves_in_between

from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict
from callbox.matters import actions, queries
from callbox.matters.climbing import climb_ladders
from callbox.matters.domain import Change
from callbox.matters.models import Matter
from callbox.matters.tests.test_ladders import FIVE
from callbox.matters.tests.test_standstill import WORKER, at, do, errand

MINUTE = timedelta(minutes=1)
WHEN = at("11-20 12:00")


def say(matter: Matter, seen: int | None, words: str = "mine") -> None:
    with transaction.atomic():
        found = queries.matter_for(WORKER, matter.id, "errand")
        actions.move(found, "say", Change({"words": words}, seen=seen), by=WORKER, at=WHEN)


def tick(matter: Matter) -> None:
    """A step of the ladder, or the clock itself: one entry more."""
    before = version(matter)
    if not climb_ladders(by=WORKER, at=WHEN, limit=1):
        actions.fire_due_clocks(by=WORKER, at=WHEN, limit=1)
    assert version(matter) == before + 1


def version(matter: Matter) -> int:
    return Matter.objects.values_list("version", flat=True).get(pk=matter.pk)


def person(matter: Matter) -> None:
    say(matter, None, "theirs")


HAPPENS = {"t": tick, "p": person}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("happened", "accepted"),
    [
        ("", {1}),
        ("t", {1, 2}),
        ("ttt", {1, 2, 3, 4}),
        ("p", {2}),
        ("tp", {3}),
        ("pt", {2, 3}),
        ("tpt", {3, 4}),
        ("ttptt", {4, 5, 6}),
        ("tptp", {5}),
    ],
)
def test_only_what_clocks_told_may_have_happened_since(happened: str, accepted: set[int]) -> None:
    matter = errand(FIVE)
    for each in happened:
        HAPPENS[each](matter)
    fits = set()
    for seen in range(version(matter) + 3):
        try:
            with transaction.atomic():
                say(matter, seen)
                fits.add(seen)
                raise Undone
        except (Conflict, Undone):
            pass
    assert fits == accepted


class Undone(Exception):  # noqa: N818 - it only takes the step back
    """To try the next one on the same matter."""


@pytest.mark.django_db
def test_a_settled_clock_is_news_to_whoever_had_the_form_open() -> None:
    """The promise itself has moved: that is for a person to look at."""
    from callbox.matters import standstill

    matter = errand(FIVE)
    do(standstill.pause_clock, matter, "waits_for_expert", when="09-29 10:00")
    with pytest.raises(Conflict):
        say(matter, 1)


def test_a_clock_that_fires_while_a_form_is_being_taken_does_not_refuse_it(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = errand(FIVE)
    seen = version(matter)
    moves_in_between(monkeypatch, queries, "matter_for", lambda: tick(matter))
    say(matter, seen)
    assert [entry.move for entry in journal.history(matter.id)] == ["open", "remind", "say"]


@pytest.mark.parametrize("before", ["", "t", "tt"])
def test_somebody_who_moves_while_a_form_is_being_taken_refuses_it(
    committed: None, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    matter = errand(FIVE)
    seen = version(matter)
    for each in before:
        HAPPENS[each](matter)
    moves_in_between(monkeypatch, queries, "matter_for", lambda: person(matter))
    with pytest.raises(Conflict):
        say(matter, seen)
    size = journal_size()
    with pytest.raises(Conflict):
        say(matter, seen)
    assert (journal_size(), AT < WHEN) == (size, True)
