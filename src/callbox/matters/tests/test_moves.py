# SPDX-License-Identifier: Apache-2.0
"""The one move: each refusal is shown to change nothing, each race with the other one moving in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.world import AT, LATER, journal_size

from callbox.journal import queries as journal
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.kernel.ids import new_id
from callbox.kernel.workflow import Workflow, step
from callbox.matters import actions, queries
from callbox.matters.domain import Change, Moved, register
from callbox.matters.models import Clock, Matter

pytestmark = pytest.mark.django_db

WORKFLOW = register(
    Workflow(
        "errand",
        version=1,
        start="new",
        final=frozenset({"done"}),
        moves=(
            step("begin", "new", "going", starts="arrive", stops="begin"),
            step("say", "new going", needs="words"),
            step("finish", "going", "done", needs="how", closes=True),
            step("again", "done", "new", needs="reason", new_round=True),
        ),
    )
)
ACTIONS = ("open", "see", "begin", "say", "finish", "again", "late", "waive_part")
WORKER = Actor(
    "person:worker",
    frozenset({"worker"}),
    frozenset({"agency:a"}),
    {f"errand.{a}": ("worker", "any") for a in ACTIONS},
)
STRANGER = Actor(
    "person:stranger",
    frozenset({"worker"}),
    frozenset({"agency:b"}),
    {f"errand.{a}": ("worker", "scope") for a in ACTIONS},
)


def errand(**more: Any) -> Matter:
    with transaction.atomic():
        return actions.open_matter(WORKFLOW, new_id(), owner="agency:a", scope=[], by=WORKER, at=AT, **more)


def move(matter: Matter, name: str, by: Actor = WORKER, **facts: object) -> Moved:
    with transaction.atomic():
        return actions.move(matter, name, Change(facts), by=by, at=LATER)


def row(matter: Matter) -> dict[str, object]:
    return dict(Matter.objects.filter(pk=matter.pk).values().get())


def test_a_matter_begins_owned_and_journalled() -> None:
    matter = errand()
    (entry,) = journal.history(matter.id)
    assert (entry.move, entry.was, entry.becomes, entry.number) == ("open", "", "new", 1)
    assert entry.facts == {"owner": "agency:a"}
    assert row(matter)["owner"] == "agency:a"


def test_a_move_changes_state_and_journal_together() -> None:
    matter = errand()
    moved = move(matter, "begin")
    assert (moved.was, moved.state, moved.version) == ("new", "going", 2)
    assert row(matter)["state"] == "going"
    last = journal.history(matter.id)[-1]
    assert (last.was, last.becomes, last.at, last.actor, last.role) == (
        "new",
        "going",
        LATER,
        "person:worker",
        "worker",
    )


@pytest.mark.parametrize(
    ("step_", "refusal"),
    [
        (lambda m: move(m, "finish", how="well"), Conflict),
        (lambda m: move(m, "say"), Invalid),
        (lambda m: move(m, "begin", reason="Mrs Made-up of 1 Some St"), Invalid),
        (lambda m: move(m, "begin", by_hand="张三"), Invalid),
        (lambda m: move(m, "fly"), NotAllowed),
        (lambda m: move(m, "begin", by=STRANGER), NotAllowed),
        (lambda m: queries.matter_for(STRANGER, m.id, "errand"), NotFound),
        (lambda m: queries.matter_for(WORKER, m.id, "other kind"), NotFound),
    ],
)
def test_a_refusal_changes_nothing(step_: Callable[[Matter], object], refusal: type[Refusal]) -> None:
    matter = errand()
    before, size = row(matter), journal_size()
    with pytest.raises(refusal):
        step_(matter)
    assert (row(matter), journal_size()) == (before, size)


def test_the_same_matter_cannot_begin_twice() -> None:
    matter = errand()
    size = journal_size()
    with pytest.raises(Conflict), transaction.atomic():
        actions.open_matter(WORKFLOW, matter.id, owner="agency:b", scope=[], by=WORKER, at=LATER)
    assert journal_size() == size
    assert row(matter)["owner"] == "agency:a"


def test_who_read_before_the_other_moved_is_refused() -> None:
    """Compare-and-swap: the state was read, then somebody else moved, then we move."""
    mine = errand()
    theirs = Matter.objects.get(pk=mine.pk)
    move(theirs, "begin")
    size = journal_size()
    with pytest.raises(Conflict):
        move(mine, "begin")
    assert journal_size() == size
    assert row(mine)["version"] == 2


def test_who_looked_at_an_older_version_is_refused_when_they_say_so() -> None:
    matter = errand()
    move(matter, "say", words="1")
    stale = Change({"words": "2"}, seen=1)
    with pytest.raises(Conflict), transaction.atomic():
        actions.move(matter, "say", stale, by=WORKER, at=LATER)
    with transaction.atomic():
        actions.move(matter, "say", Change({"words": "2"}, seen=2), by=WORKER, at=LATER)


def test_a_reopened_matter_cannot_be_moved_from_its_old_round() -> None:
    matter = errand()
    move(matter, "begin")
    old = Matter.objects.get(pk=matter.pk)
    move(matter, "finish", how="well")
    move(matter, "again", reason="not_well")
    move(matter, "begin")
    assert old.state == matter.state == "going"
    with pytest.raises(Conflict):
        move(old, "finish", how="twice")


def test_a_matter_is_never_without_an_owner() -> None:
    matter = errand()
    with pytest.raises(Exception, match="always_owned"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE matters_matter SET owner = '' WHERE id = %s", [matter.id])


def test_a_whole_closes_only_when_its_parts_are_closed_or_waived() -> None:
    whole = errand()
    first, second, optional = errand(whole=whole), errand(whole=whole), errand(whole=whole, mandatory=False)
    move(whole, "begin")
    with pytest.raises(Conflict, match=r"errand \(new\), errand \(new\)"):
        move(whole, "finish", how="too early")
    move(first, "begin")
    move(first, "finish", how="well")
    with pytest.raises(Conflict, match="Still open: errand"):
        move(whole, "finish", how="too early")
    with transaction.atomic():
        actions.waive_part(whole, second.id, "not_needed", by=WORKER, at=LATER)
    assert row(whole)["version"] == len(journal.history(whole.id))
    with pytest.raises(Conflict), transaction.atomic():
        actions.waive_part(whole, second.id, "not_needed", by=WORKER, at=LATER)
    assert move(Matter.objects.get(pk=whole.pk), "finish", how="well").state == "done"
    assert row(optional)["state"] == "new"


def test_nothing_becomes_part_of_what_is_closed() -> None:
    whole = errand()
    move(whole, "begin")
    move(whole, "finish", how="well")
    size = journal_size()
    with pytest.raises(Conflict):
        errand(whole=whole)
    assert (journal_size(), Matter.objects.count()) == (size, 1)


def started(matter: Matter, seconds: int) -> None:
    with transaction.atomic():
        actions.move(matter, "begin", Change(clocks={"arrive": timedelta(seconds=seconds)}), by=WORKER, at=AT)


def fire(at: Any) -> int:
    return actions.fire_due_clocks(by=WORKER, at=at)


def test_a_clock_fires_once_at_its_time() -> None:
    matter = errand()
    started(matter, 60)
    assert fire(AT + timedelta(seconds=59)) == 0
    assert fire(AT + timedelta(seconds=60)) == 1
    assert fire(AT + timedelta(hours=1)) == 0
    late = journal.history(matter.id)[-1]
    assert (late.move, late.was, late.becomes) == ("late", "going", "going")
    assert late.facts["clock"] == "arrive"


def test_a_clock_that_was_kept_does_not_fire() -> None:
    matter = errand()
    started(matter, 60)
    move(matter, "finish", how="well")
    assert fire(AT + timedelta(hours=1)) == 0


def test_after_a_clock_fired_the_matter_can_be_moved_by_who_read_it_before() -> None:
    """An entry that is no move does not stand in the way of one: only the state is compared."""
    matter = errand()
    started(matter, 60)
    fire(LATER)
    assert move(matter, "finish", how="late").state == "done"


def test_a_clock_starts_anew_instead_of_twice() -> None:
    matter = errand()
    started(matter, 60)
    with transaction.atomic():
        actions.move(
            matter, "say", Change({"words": "w"}, {"arrive": timedelta(seconds=120)}), by=WORKER, at=AT
        )
    assert Clock.objects.filter(matter=matter, stopped_at=None).count() == 1
    assert fire(AT + timedelta(seconds=61)) == 0
