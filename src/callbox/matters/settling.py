# SPDX-License-Identifier: Apache-2.0
"""What another calendar or edition of the promises would move, and moving it. Part of the room's actions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.matters import actions, clocks, queries
from callbox.matters.models import Clock
from callbox.matters.queries import Known
from callbox.matters.reckoning import Shift

NAMESPACE = UUID("3f0c4a52-8a0e-4f0e-9d43-5b1a6f0a2c55")
LADDERS_CHAIN = uuid5(NAMESPACE, "ladders")  # the journal's chain of their editions
PORTION = 200  # clocks settled in one transaction


def chain_of(code: str) -> UUID:
    """The journal's chain of a calendar."""
    return uuid5(NAMESPACE, f"calendar/{code}")


def shifts_by(known: Known) -> Sequence[Shift]:
    """Each running clock that these would move or settle, by its new due time."""
    found = (_shift(clock, known) for clock in queries.reckoned_clocks(known))
    seen = [each for each in found if (each.was, each.was_provisional) != (each.becomes, each.provisional)]
    return sorted(seen, key=lambda shift: (shift.becomes, shift.clock))


def _shift(clock: Clock, known: Known) -> Shift:
    found, _rule = clocks.anew(clock, known)
    return Shift(
        clock.matter_id,
        clock.matter.kind,
        clock.id,
        clock.name,
        clock.due_at,
        found.at,
        clock.provisional,
        found.provisional,
    )


@transaction.atomic
def settle_clocks(*, by: Actor, at: datetime, limit: int = PORTION) -> int:
    """Reckon clocks anew that were reckoned with an older calendar or edition, some at a time; how many.

    Each that moves or is settled has an entry in its matter's journal. Until it is settled a clock does not fire.
    Safe with many sweepers and after a crash: matters are taken with SKIP LOCKED.
    """
    known = queries.known_now()
    waiting = queries.clocks_to_settle(known, limit)
    for clock in waiting:
        _settle(clock, known, by, at)
    if waiting:
        facts = {"calendar": known.calendar.label, "edition": known.table.edition, "clocks": len(waiting)}
        chain = chain_of(known.calendar.code)
        append(chain, "calendar", "settle", facts=facts, actor=by.id, role="system", at=at)
    return len(waiting)


def _settle(clock: Clock, known: Known, by: Actor, at: datetime) -> None:
    found, rule = clocks.anew(clock, known)
    if (found.at, found.provisional) != (clock.due_at, clock.provisional):
        facts = {
            "clock": clock.name,
            "due_at": found.at,
            "was_due_at": clock.due_at,
            "calendar": known.calendar.label,
            "term": str(found.term),
            "rule": rule,
            "edition": known.table.edition,
            "provisional": found.provisional,
        }
        role = by.require(f"{clock.matter.kind}.late")
        actions.note(clock.matter, "settle_clock", facts, role, by=by, at=at)
    said = clocks.moved(clock, found, known.calendar)
    clocks.change(clock, {**said, "rule": rule, "edition": known.table.edition})
