# SPDX-License-Identifier: Apache-2.0
"""Reading the live log: in order for whoever follows it, one history for whoever may see it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from callbox.access.actions import named_id, note_read
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.oversight.domain.events import Event, History, Link, history
from callbox.oversight.domain.telling import read_values
from callbox.oversight.models import Aside, ObjectObject

SEE, APPEND = "history.see", "history.append"
HISTORY = "history"  # what a read of one is noted as
PORTION = 5_000
SHOWN = 200  # of what was kept aside
EVENTS = """
SELECT e.xid::text::bigint AS at_xid, e.id, e.source, e.key, e.activity, e.happened_at, e.recorded_at, e.seq,
  e.said::text, o.objects::text
FROM {which} AS e CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_array(kind, key, qualifier) ORDER BY kind, key, qualifier), '[]') AS objects
  FROM oversight_eventobject WHERE event_id = e.id) AS o
ORDER BY e.xid, e.id
"""
AFTER = """(SELECT * FROM oversight_event WHERE (xid, id) > (%s::text::xid8, %s)
  AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT %s)"""
OF_OBJECTS = """(SELECT * FROM oversight_event WHERE id IN (SELECT event_id FROM oversight_eventobject
  WHERE kind = %s AND key = ANY (%s)))"""


class Taken(NamedTuple):
    """An event of the live log and where it stands. The event's id names its source too, as ids are unique there."""

    position: tuple[int, int]
    source: str
    event: Event


def events_after(position: tuple[int, int], limit: int) -> list[Taken]:
    """The next events in reading order: none is skipped, whenever it was committed.

    For parts of Callbox; keep the position with `journal.actions.move_position`, in the transaction of the reaction.
    """
    return list(_events(AFTER, [str(position[0]), position[1], limit]))


def live_events() -> Iterator[Event]:
    """All settled events of the live log, in reading order. For parts of Callbox."""
    position = (0, 0)
    while found := events_after(position, PORTION):
        yield from (each.event for each in found)
        position = found[-1].position


def histories_of(kind: str, keys: Sequence[str]) -> dict[str, History]:
    """The whole histories of these objects, as far as they are committed. For parts of Callbox."""
    wanted: dict[str, list[Event]] = {key: [] for key in keys}
    for taken in _events(OF_OBJECTS, [kind, list(keys)]):
        for of, key in taken.event.objects:
            if of == kind and key in wanted:
                wanted[key].append(taken.event)
    return {key: history(kind, key, events) for key, events in wanted.items() if events}


def event_named(kind: str, key: str, name: str) -> Event | None:
    """The event of one object's history by its id, said with its source or as the source says it.

    None where the history has none of this id, or several sources have one. For parts of Callbox, which have asked
    whether whoever names it may deal with the case.
    """
    rows = list(_events(OF_OBJECTS, [kind, [key]]))
    whole = [taken.event for taken in rows if taken.event.id == name]
    found = whole or [taken.event for taken in rows if taken.event.id == f"{taken.source}/{name}"]
    return found[0] if len(found) == 1 else None


def history_for(actor: Actor, kind: str, key: str, *, purpose: str, at: datetime) -> History:
    """The history of one object; that it was read is noted. Raises NotFound, also where nothing is known of it."""
    actor.require_sight(SEE)
    found = histories_of(kind, [key]).get(key)
    if found is None:
        raise NotFound
    note_histories(actor, [key], purpose=purpose, at=at)
    return found


def note_histories(actor: Actor, keys: Iterable[str], *, purpose: str, at: datetime) -> None:
    """Note that this actor reads the histories of these objects now. Raises NotFound."""
    ids = [named_id(HISTORY, key) for key in keys]
    note_read(HISTORY, ids, purpose, action=SEE, by=actor, at=at)


def links_for(actor: Actor, kind: str, key: str) -> list[Link]:
    """What an object has to do with others, either way. Raises NotFound."""
    actor.require_sight(SEE)
    rows = ObjectObject.objects.filter(kind=kind, key=key) | ObjectObject.objects.filter(
        other_kind=kind, other_key=key
    )
    found = rows.order_by("kind", "key", "other_kind", "other_key", "qualifier")
    return [Link((row.kind, row.key), (row.other_kind, row.other_key), row.qualifier) for row in found]


class KeptAside(NamedTuple):
    """That a source said an event otherwise than before; what it says stands in the table."""

    source: str
    key: str
    at: datetime


def kept_aside(actor: Actor) -> list[KeptAside]:
    """What was kept aside last, of all sources. Raises NotFound."""
    actor.require_sight(SEE)
    return _kept_aside(Aside.objects.all())


def kept_aside_of(actor: Actor, source: str) -> list[KeptAside]:
    """The same of one source, for whoever may tell what it tells. Raises NotFound."""
    actor.require_sight(APPEND, [source])
    return _kept_aside(Aside.objects.filter(source=source))


def _kept_aside(rows: "QuerySet[Aside]") -> list[KeptAside]:
    return [KeptAside(*row) for row in rows.order_by("-id").values_list("source", "key", "at")[:SHOWN]]


def digests_of(source: str, keys: Iterable[str]) -> dict[str, bytes]:
    """What names all that each of these events of a source says, by its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, digest FROM oversight_event WHERE source = %s AND key = ANY (%s)",
            [source, list(keys)],
        )
        return {key: bytes(digest) for key, digest in cursor.fetchall()}


def _events(which: str, parameters: list[Any]) -> Iterator[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(EVENTS.replace("{which}", which), parameters)
        for row in cursor.fetchall():
            yield _taken(row)


def _taken(row: tuple[Any, ...]) -> Taken:
    xid, number, source, key, activity, happened, recorded, seq, said, listed = row
    objects = json.loads(listed)
    event = Event(
        id=f"{source}/{key}",
        activity=activity,
        happened=happened,
        recorded=recorded,
        seq=seq,
        objects=tuple((kind, of) for kind, of, _qualifier in objects),
        values=read_values(json.loads(said)),
        qualifiers=tuple(qualifier for _kind, _of, qualifier in objects),
    )
    return Taken((xid, number), source, event)
