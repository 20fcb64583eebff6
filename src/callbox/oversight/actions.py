# SPDX-License-Identifier: Apache-2.0
"""Writing the live log: a batch of events of one source, each once. What is there is never overwritten."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from callbox.access.actions import NAMESPACE
from callbox.access.seeing import seeing_everything
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.oversight import queries
from callbox.oversight.domain.events import Event, Link
from callbox.oversight.domain.telling import digest, problem_of, spelt, told

KIND = "history"
NEW, KNOWN, CHANGED = "new", "known", "changed"
NO_EVENT = _("Event %(number)s cannot be taken: %(problem)s. Nothing of this batch was taken.")
JOURNAL = "journal"
# Rows are written in the order of their names: two batches that share some wait for each other and never both at once.
OBJECTS = """
INSERT INTO oversight_object AS o (kind, key, last_at)
SELECT kind, key, %s::timestamptz FROM unnest(%s::text[], %s::text[]) AS t (kind, key) ORDER BY kind, key
ON CONFLICT (kind, key) DO UPDATE SET last_at = excluded.last_at
WHERE o.last_at < excluded.last_at - interval '1 day'
"""
EVENTS = """
INSERT INTO oversight_event
  (source, key, activity, happened_at, recorded_at, seq, said, digest, taken_at)
SELECT %(source)s::text, t.*, %(at)s::timestamptz FROM unnest(%(keys)s::text[], %(activities)s::text[],
  %(happened)s::timestamptz[], %(recorded)s::timestamptz[], %(seqs)s::bigint[], %(said)s::jsonb[],
  %(digests)s::bytea[]) AS t (key, activity, happened, recorded, seq, said, digest) ORDER BY t.key
ON CONFLICT (source, key) DO NOTHING RETURNING key, id
"""
EVENT_OBJECTS = """
INSERT INTO oversight_eventobject (event_id, source, kind, key, qualifier)
SELECT event_id, %s::text, kind, key, qualifier
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS t (event_id, kind, key, qualifier)
"""
LINKS = """
INSERT INTO oversight_objectobject (source, kind, key, other_kind, other_key, qualifier)
SELECT %s::text, t.* FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS t (kind, key, other_kind, other_key, qualifier) ORDER BY 2, 3, 4, 5, 6
ON CONFLICT DO NOTHING
"""
ASIDE = """
INSERT INTO oversight_aside (source, key, told, digest, at)
SELECT %s::text, t.*, %s::timestamptz FROM unnest(%s::text[], %s::jsonb[], %s::bytea[]) AS t (key, told, digest)
ORDER BY t.key, t.digest ON CONFLICT (source, key, digest) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch. answers: of each event, in order: new, known (it said the same before), or changed: it
    said something else before, that stays, and what it says now is kept aside. links: how many were new."""

    answers: tuple[str, ...]
    links: int = 0


def source_chain(source: str) -> UUID:
    """The chain of the journal that tells of a source."""
    return uuid5(NAMESPACE, f"history/{source}")


@transaction.atomic
def append_events(
    source: str, events: Sequence[Event], links: Sequence[Link] = (), *, by: Actor, at: datetime
) -> Appended:
    """Take a batch of events of a source in, each once, all or none.

    Raises NotAllowed; Invalid for an event that cannot be taken (`domain.telling.problem_of` says why); Conflict where
    one was erased meanwhile: send again.
    """
    role = by.require(queries.APPEND, [source])
    for number, event in enumerate(events, 1):
        if problem := problem_of(event):
            raise Invalid(NO_EVENT, number=number, problem=problem)
    _touch(events, links, at)
    digests = [digest(event) for event in events]
    answers = _answers(source, events, digests, at)
    new_links = _add_links(source, links)
    _note(source, digests, answers, new_links, actor=by.id, role=role, at=at)
    return Appended(tuple(answers), new_links)


def _touch(events: Sequence[Event], links: Sequence[Link], at: datetime) -> None:
    """Say of each object that something was told of it: for so long it is kept from now on."""
    ends = {end for link in links for end in (link.one, link.other)}
    named = sorted({each for event in events for each in event.objects} | ends)
    with seeing_everything(), connection.cursor() as cursor:
        cursor.execute(OBJECTS, [at, [kind for kind, _key in named], [key for _kind, key in named]])


def _answers(source: str, events: Sequence[Event], digests: Sequence[bytes], at: datetime) -> list[str]:
    first: dict[str, int] = {}
    for place, event in enumerate(events):
        first.setdefault(event.id, place)
    new = _insert(source, [(events[place], digests[place]) for place in first.values()], at)
    there = queries.digests_of(source, first)
    if there.keys() != first.keys():
        raise Conflict
    answers, changed = [], []
    for place, (event, said) in enumerate(zip(events, digests, strict=True)):
        if event.id in new and first[event.id] == place:
            answers.append(NEW)
        elif there[event.id] == said:
            answers.append(KNOWN)
        else:
            answers.append(CHANGED)
            changed.append((event, said))
    _keep_aside(source, changed, at)
    return answers


def _insert(source: str, rows: Sequence[tuple[Event, bytes]], at: datetime) -> set[str]:
    """Insert what is new; the ids of those."""
    events = [event for event, _said in rows]
    named: dict[str, Any] = {
        "source": source,
        "at": at,
        "keys": [event.id for event in events],
        "activities": [event.activity for event in events],
        "happened": [event.happened for event in events],
        "recorded": [event.recorded for event in events],
        "seqs": [event.seq for event in events],
        "said": [Jsonb({name: spelt(value) for name, value in event.values.items()}) for event in events],
        "digests": [said for _event, said in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, named)
        numbers = dict(cursor.fetchall())
        linked = [
            (numbers[event.id], *each) for event in events if event.id in numbers for each in event.linked()
        ]
        columns = [list(column) for column in zip(*linked, strict=True)] or [[], [], [], []]
        cursor.execute(EVENT_OBJECTS, [source, *columns])
    return set(numbers)


def _keep_aside(source: str, changed: Sequence[tuple[Event, bytes]], at: datetime) -> None:
    if changed:
        keys = [event.id for event, _said in changed]
        says = [Jsonb(told(event)) for event, _said in changed]
        with connection.cursor() as cursor:
            cursor.execute(ASIDE, [source, at, keys, says, [said for _event, said in changed]])


def _add_links(source: str, links: Sequence[Link]) -> int:
    if not links:
        return 0
    rows = sorted({(*link.one, *link.other, link.qualifier) for link in links})
    with connection.cursor() as cursor:
        cursor.execute(LINKS, [source, *(list(column) for column in zip(*rows, strict=True))])
        return int(cursor.rowcount)


def _note(
    source: str,
    digests: Sequence[bytes],
    answers: Sequence[str],
    links: int,
    *,
    actor: str,
    role: str,
    at: datetime,
) -> None:
    """The journal says what came, as a digest over what was new: an event that is altered later no longer fits it."""
    if not links and not {NEW, CHANGED} & set(answers):
        return
    new = sorted(said for said, answer in zip(digests, answers, strict=True) if answer == NEW)
    facts = {answer: answers.count(answer) for answer in (NEW, KNOWN, CHANGED)}
    told_of = {"source": source, **facts, "links": links, "digest": hashlib.sha256(b"".join(new)).hexdigest()}
    append(source_chain(source), KIND, "append", facts=told_of, actor=actor, role=role, at=at)
