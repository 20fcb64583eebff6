# SPDX-License-Identifier: Apache-2.0
"""The live log: each event once, never altered, read in an order that skips none, seen by whom it concerns."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from tests.world import AT, journal_size

from callbox.access.domain import AGENCY_DESK, SUPERVISOR, actor, system_actor
from callbox.access.seeing import seeing
from callbox.access.sight import sight_of
from callbox.host.provision import with_part
from callbox.journal import queries as journal
from callbox.kernel.errors import Invalid, NotAllowed, NotFound
from callbox.oversight import queries
from callbox.oversight.actions import CHANGED, KNOWN, NEW, append_events, source_chain
from callbox.oversight.domain.events import Event, Link
from callbox.oversight.domain.telling import problem_of
from callbox.oversight.models import Aside, EventObject, Object, ObjectObject
from callbox.oversight.models import Event as Row

BY, SUPERVISORS = system_actor("oversight"), actor("person:s", [SUPERVISOR], [])
DAY = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
HELD = Event(
    "1", "measure.detained", DAY, DAY + timedelta(hours=1), 3,
    (("case", "C1"), ("person", "C1/P1"), ("place", "cell 4")),
    {"level": Decimal("2"), "amount": Decimal("12.5"), "by": "r7", "until": DAY, "also": ("a", "b")},
    ("", "suspect", "held in"),
)  # fmt: skip
START = (0, 0)


def push(*events: Event, source: str = "file:x", links: tuple[Link, ...] = ()) -> tuple[str, ...]:
    return append_events(source, events, links, by=BY, at=AT).answers


def test_an_event_comes_back_as_it_was_told(committed: None) -> None:
    assert push(HELD) == (NEW,)
    (found,) = queries.events_after(START, 10)
    order = sorted(HELD.linked())
    assert found.event == replace(
        HELD,
        id="file:x/1",
        objects=tuple((kind, key) for kind, key, _q in order),
        qualifiers=tuple(each[2] for each in order),
    )
    assert queries.history_for(SUPERVISORS, "person", "C1/P1", purpose="oversee", at=AT).events == (
        found.event,
    )


def test_twice_changes_nothing_and_what_is_said_otherwise_is_kept_aside(db: None) -> None:
    push(HELD)
    before = journal_size()
    assert push(HELD, replace(HELD, qualifiers=HELD.qualifiers)) == (KNOWN, KNOWN)
    assert journal_size() == before
    other = replace(HELD, happened=DAY - timedelta(days=3))
    assert push(other, HELD, other) == (CHANGED, KNOWN, CHANGED)
    assert push(other) == (CHANGED,)
    assert Row.objects.get().happened_at == DAY
    assert Aside.objects.get().told["happened"] == "2026-01-02T08:30:00+00:00"
    assert [each.key for each in queries.kept_aside(SUPERVISORS)] == ["1"]
    assert push(HELD, source="file:y") == (NEW,), "another source has ids of its own"


def test_of_two_in_one_batch_the_first_stands(db: None) -> None:
    assert push(HELD, replace(HELD, seq=9), HELD) == (NEW, CHANGED, KNOWN)
    assert Row.objects.get().seq == HELD.seq


def test_the_database_refuses_to_alter_an_event(committed: None) -> None:
    push(HELD)
    for text in (
        "UPDATE oversight_event SET happened_at = now()",
        "UPDATE oversight_eventobject SET key = 'x'",
        "UPDATE oversight_aside SET key = 'x'",
    ):
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute(text)


def test_the_journal_says_what_came(db: None) -> None:
    push(HELD, replace(HELD, id="2"), links=(Link(("case", "C1"), ("person", "C1/P1"), "suspect"),))
    (entry,) = journal.history(source_chain("file:x"))
    assert (entry.kind, entry.move) == ("history", "append")
    assert {name: entry.facts[name] for name in ("new", "known", "changed", "links")} == {
        "new": 2, "known": 0, "changed": 0, "links": 1,
    }  # fmt: skip
    assert len(str(entry.facts["digest"])) == 64


def test_links_of_objects_are_kept_once(db: None) -> None:
    link = Link(("item", "I1"), ("case", "C1"), "seized in")
    for count in (1, 0):
        assert append_events("file:x", [], [link, link], by=BY, at=AT).links == count
    assert queries.links_for(SUPERVISORS, "case", "C1") == [link]
    assert queries.links_for(SUPERVISORS, "item", "I1") == [link]


def test_a_reader_misses_no_event_that_was_committed_late(committed: None) -> None:
    """The number of a row is given before its commit: who reads `id > last` skips it."""
    with psycopg.connect(with_part(os.environ["DATABASE_URL"], "system")) as late:
        late.execute(
            "INSERT INTO oversight_event (source, key, activity, taken_at, seq, said, digest)"
            " VALUES ('file:z', 'late', 'x', now(), 0, '{}', 'x')"
        )
        push(HELD)
        assert queries.events_after(START, 10) == [], "not yet: one may still come before it"
        late.commit()
    found = queries.events_after(START, 10)
    assert [each.event.id for each in found] == ["file:z/late", "file:x/1"]
    assert [each.event.id for each in queries.events_after(found[0].position, 10)] == ["file:x/1"]
    assert queries.events_after(found[1].position, 10) == []


BAD = {
    "no id": replace(HELD, id=""),
    "a long id": replace(HELD, id="x" * 201),
    "no activity": replace(HELD, activity=" "),
    "no object": replace(HELD, objects=(), qualifiers=()),
    "an officer": replace(HELD, objects=(("officer", "7"),), qualifiers=()),
    "an object twice": replace(HELD, objects=(("case", "1"), ("case", "1")), qualifiers=()),
    "half a character": replace(HELD, values={"x": "\ud800"}),
    "what PostgreSQL cannot keep": replace(HELD, values={"x": "\x00"}),
    "too much": replace(HELD, values={"x": "y" * 2001}),
    "a year": replace(HELD, happened=datetime(1, 1, 1, tzinfo=UTC)),
    "an order": replace(HELD, seq=2**60),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_kept_is_refused_and_nothing_of_its_batch_is(db: None, what: str) -> None:
    assert problem_of(HELD) == ""
    before = journal_size()
    with pytest.raises(Invalid):
        push(replace(HELD, id="other"), BAD[what])
    assert (journal_size(), Row.objects.count(), Object.objects.count()) == (before, 0, 0)


def test_a_source_writes_and_sees_its_own_and_the_database_holds_that(committed: None) -> None:
    push(HELD, links=(Link(("case", "C1"), ("item", "I1")),))
    mine = actor("agency:a1", [AGENCY_DESK], ["agency:a1"])
    with pytest.raises(NotAllowed):
        append_events("file:x", [HELD], by=mine, at=AT)
    with seeing(sight_of(mine)):
        assert not Row.objects.exists()
        told = append_events("agency:a1", [HELD, HELD], by=mine, at=AT).answers
        assert told == (NEW, KNOWN)
        assert {row.source for row in Row.objects.all()} == {"agency:a1"}
        assert {row.source for row in EventObject.objects.all()} == {"agency:a1"}
        assert not ObjectObject.objects.exists()
        assert not Object.objects.exists()
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO oversight_event (source, key, activity, taken_at, seq, said, digest)"
                " VALUES ('agency:b2', 'x', 'x', now(), 0, '{}', 'x')"
            )
    with seeing(sight_of(SUPERVISORS)):
        assert Row.objects.count() == 2
    with pytest.raises(NotFound):
        queries.history_for(mine, "case", "C1", purpose="oversee", at=AT)
    with pytest.raises(NotAllowed):
        append_events("file:x", [HELD], by=SUPERVISORS, at=AT)
