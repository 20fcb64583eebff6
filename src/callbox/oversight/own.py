# SPDX-License-Identifier: Apache-2.0
"""Callbox's own journal as a source: its calls, incidents, requests and tasks are overseen too.

A reaction: it reads the journal in order, from a durable place that moves in the transaction in which the events are
written; killed anywhere, each entry becomes one event. An event says codes and ids: the move, the states, the role, and
by whom as a digest of its own in each matter: it tells two people in one matter apart, and gathers nobody's work.
"""

import hashlib
from datetime import datetime

from django.db import transaction

from callbox.access.domain import system_actor
from callbox.journal.actions import move_position
from callbox.journal.domain import Written
from callbox.journal.queries import entries_after, position_of
from callbox.oversight.actions import JOURNAL, append_events
from callbox.oversight.domain.events import Event

NAME, PORTION = "oversight.own", 500
ACTOR = system_actor("oversight")
KINDS = frozenset({"call", "incident", "request", "task"})


@transaction.atomic
def take_journal(*, at: datetime, limit: int = PORTION) -> int:
    """Take the next entries in; how many were read."""
    before = position_of(NAME)
    entries = entries_after(before, limit)
    if not entries or not move_position(NAME, before, entries[-1].position):
        return 0
    events = [event_of(entry) for entry in entries if entry.kind in KINDS]
    if events:
        append_events(JOURNAL, events, by=ACTOR, at=at)
    return len(entries)


def event_of(entry: Written) -> Event:
    """The event that an entry tells of."""
    who = hashlib.sha256(f"{entry.chain}\n{entry.actor}".encode()).hexdigest()[:16]
    said = {"was": entry.was, "becomes": entry.becomes, "role": entry.role, "by": who}
    return Event(
        id=f"{entry.chain}/{entry.number}",
        activity=f"{entry.kind}.{entry.move}",
        happened=entry.at,
        recorded=entry.recorded_at,
        seq=entry.number,
        objects=((entry.kind, str(entry.chain)),),
        values={name: word for name, word in said.items() if word},
    )
