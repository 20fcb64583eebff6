# SPDX-License-Identifier: Apache-2.0
"""What the pages of promises show: numbers over all matters, which their reader need not see one by one."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from callbox.access.domain import ROLES
from callbox.access.seeing import seeing_everything
from callbox.kernel.actor import Actor
from callbox.matters.calendars import Plan, plan_calendar
from callbox.matters.hanging import LaddersPlan, plan_ladders
from callbox.matters.queries import Provisional, provisional_by_clock
from callbox.matters.terms import TermsPlan, plan_terms
from callbox.rooms import ROOMS

SEE, CHANGE = "config.see", "config.change"
OWNER = "owner"


def provisional(actor: Actor) -> Sequence[Provisional]:
    """How many promises wait for the calendar of a year, by kind of matter and clock. Raises NotFound."""
    actor.require_sight(SEE)
    with seeing_everything():
        return provisional_by_clock()


def tried_calendar(actor: Actor, about: str, days: str) -> Plan:
    """What this calendar would move, of all matters: their ids, kinds and times. Raises NotAllowed, Invalid."""
    actor.require(CHANGE)
    with seeing_everything():
        return plan_calendar(about, days, by=actor)


def told_roles() -> frozenset[str]:
    """Whom a ladder may name: each role, whoever owns the matter, and what rooms with a `recipients.py` mean by it."""
    found = {*ROLES, OWNER}
    for room in ROOMS:
        if find_spec(f"callbox.{room}.recipients"):
            names = import_module(f"callbox.{room}.recipients").NAMES
            found |= {f"{room}.{name}" for name in names}
    return frozenset(found)


def tried_ladders(actor: Actor, text: str, quiet_text: str, at: datetime) -> LaddersPlan:
    """Which next steps these ladders would move, likewise. Raises NotAllowed, Invalid."""
    actor.require(CHANGE)
    with seeing_everything():
        return plan_ladders(text, quiet_text, told=told_roles(), by=actor, at=at)


def tried_terms(actor: Actor, text: str, at: datetime) -> TermsPlan:
    """What these promises would move, likewise. Raises NotAllowed, Invalid."""
    actor.require(CHANGE)
    with seeing_everything():
        return plan_terms(text, by=actor, at=at)
