# SPDX-License-Identifier: Apache-2.0
"""Callbox's own journal as a source: its calls, incidents, requests, tasks and findings are overseen too.

A reaction: it reads the journal in order, from a durable place that moves in the transaction in which the events are
written; killed anywhere, each entry becomes one event. An event says codes and ids: the move, the states, the role, and
by whom as a digest of its own in each matter: it tells two people in one matter apart, and gathers nobody's work.
What somebody approves in one minute is a batch, by a digest of its own for each minute: it gathers no more than that.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import transaction

from callbox.access.domain import system_actor
from callbox.journal.actions import move_position
from callbox.journal.domain import Written
from callbox.journal.queries import entries_after, position_of
from callbox.oversight.actions import JOURNAL, append_events
from callbox.oversight.domain.events import Event, Link

NAME, PORTION = "oversight.own", 500
ACTOR = system_actor("oversight")
KINDS = frozenset({"call", "incident", "request", "task", "finding"})
APPROVALS = frozenset({"finding.confirm", "finding.suppress"})
# Which fact of which move names another matter, and of what kind that one is.
NAMED = {
    "call.link": {"incident": "incident"},
    "call.wrap_up": {"incident": "incident", "request": "request"},
    "incident.open": {"call": "call"},
    "incident.add_call": {"call": "call", "merged_from": "incident"},
    "incident.merge": {"into": "incident"},
    "request.merge": {"into": "request"},
    "task.open": {"incident": "incident"},
}


@transaction.atomic
def take_journal(*, at: datetime, limit: int = PORTION) -> int:
    """Take the next entries in; how many were read."""
    before = position_of(NAME)
    entries = entries_after(before, limit)
    if not entries or not move_position(NAME, before, entries[-1].position):
        return 0
    own = [entry for entry in entries if entry.kind in KINDS]
    if own:
        links = [link for entry in own for link in links_of(entry)]
        append_events(JOURNAL, [event_of(entry) for entry in own], links, by=ACTOR, at=at)
    return len(entries)


def event_of(entry: Written) -> Event:
    """The event that an entry tells of."""
    activity = f"{entry.kind}.{entry.move}"
    who = hashlib.sha256(f"{entry.chain}\n{entry.actor}".encode()).hexdigest()[:16]
    said = {"was": entry.was, "becomes": entry.becomes, "role": entry.role, "by": who}
    if entry.kind == "finding":
        said["over"] = str(entry.facts.get("over") or "")
    return Event(
        id=f"{entry.chain}/{entry.number}",
        activity=activity,
        happened=entry.at,
        recorded=entry.recorded_at,
        seq=entry.number,
        objects=(
            (entry.kind, str(entry.chain)),
            *((("batch", batch_of(entry)),) if activity in APPROVALS else ()),
        ),
        values={name: word for name, word in said.items() if word},
    )


def batch_of(entry: Written) -> str:
    """What one person approves in one minute of the clock. Of two minutes nobody can see that they are of one."""
    minute = entry.at.astimezone(UTC).isoformat(timespec="minutes")
    return hashlib.sha256(f"{minute}\n{entry.actor}".encode()).hexdigest()[:32]


def links_of(entry: Written) -> Iterator[Link]:
    """What an entry says that its matter has to do with: this call is of that incident."""
    for fact, kind in NAMED.get(f"{entry.kind}.{entry.move}", {}).items():
        if other := entry.facts.get(fact):
            yield Link((entry.kind, str(entry.chain)), (kind, str(other)), fact)
