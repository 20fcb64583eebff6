# SPDX-License-Identifier: Apache-2.0
"""Pausing, resuming and extending clocks. Part of the matters room's actions."""

from datetime import datetime

from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar
from callbox.kernel.due import Due, Pause
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.workflow import NO_CODE, is_code
from callbox.matters import actions, clocks, queries
from callbox.matters.models import Clock, Matter
from callbox.matters.reckoning import written

EXPIRED = _("The time for this has run out already. A supervisor decides what happens now.")
STANDS = _("This clock stands still already.")
RUNS = _("This clock runs already.")
ASKED = _("More time was asked for already. Wait for the answer.")
NOT_ASKED = _("Nobody has asked for more time.")
NEEDS_NONE = _("More time is granted for the reason that it was asked for. Only a refusal says why.")
ANOTHER = _("Whoever asks for more time does not grant it. Ask somebody else.")


@actions.in_callers_transaction
def pause_clock(matter: Matter, name: str, reason: str, *, by: Actor, at: datetime) -> None:
    """Let a clock stand still from now on. reason: a code. Raises NotFound, NotAllowed, Invalid or Conflict."""
    role = by.require(f"{matter.kind}.pause_clock", matter.scope)
    clock = queries.clock_of(matter, name)
    _need_reason(reason)
    _still_open(clock, at)
    if clock.paused_at is not None:
        raise Conflict(STANDS)
    facts = {"clock": name, "reason": reason, "due_at": clock.due_at}
    actions.note(matter, "pause_clock", facts, role, by=by, at=at)
    clocks.change(clock, {"paused_at": at})


@actions.in_callers_transaction
def resume_clock(matter: Matter, name: str, *, by: Actor, at: datetime) -> datetime:
    """Let a clock go on; when it is due now. Raises NotFound, NotAllowed or Conflict."""
    role = by.require(f"{matter.kind}.resume_clock", matter.scope)
    clock = queries.clock_of(matter, name)
    if clock.paused_at is None:
        raise Conflict(RUNS)
    stood, calendar = Pause(clock.paused_at, max(at, clock.paused_at)), queries.calendar_in_force()
    found = clocks.kept(clock).reckoned(calendar, paused=stood)
    facts = {"clock": name, "stood_from": stood.start, **_moved(clock, found, calendar)}
    actions.note(matter, "resume_clock", facts, role, by=by, at=at)
    pauses = [*clock.pauses, written(stood)]
    clocks.change(clock, {**clocks.moved(clock, found, calendar), "pauses": pauses, "paused_at": None})
    return found.at


@actions.in_callers_transaction
def ask_extension(matter: Matter, name: str, amount: int, reason: str, *, by: Actor, at: datetime) -> None:
    """Ask, before the time has run out, for so many more of the term's unit. reason: a code.

    Raises NotFound, NotAllowed, Invalid, or Conflict when it is too late or was asked already.
    """
    role = by.require(f"{matter.kind}.ask_extension", matter.scope)
    clock = queries.clock_of(matter, name)
    _need_reason(reason)
    _still_open(clock, at)
    if clock.asked:
        raise Conflict(ASKED)
    unit = _extended(clock, amount)
    facts = {"clock": name, "amount": amount, "unit": unit, "reason": reason}
    actions.note(matter, "ask_extension", facts, role, by=by, at=at)
    clocks.change(clock, {"asked": amount, "asked_by": by.id})


@actions.in_callers_transaction
def answer_extension(
    matter: Matter, name: str, grant: bool, reason: str = "", *, by: Actor, at: datetime
) -> None:
    """Grant what was asked for, for the reason of the asking, or refuse it with one (a code): by somebody else.

    What was asked in time may be answered when the time has run out; a clock that was late then is not late any more,
    and the journal keeps that it was. Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    role = by.require(f"{matter.kind}.answer_extension", matter.scope)
    clock = queries.clock_of(matter, name)
    if not clock.asked:
        raise Conflict(NOT_ASKED)
    if clock.asked_by == by.id:
        raise NotAllowed(ANOTHER)
    facts: dict[str, object] = {"clock": name, "amount": clock.asked}
    said: dict[str, object] = {"asked": 0, "asked_by": ""}
    if grant:
        _need_no_reason(reason)
        calendar = queries.calendar_in_force()
        found = clocks.kept(clock).reckoned(calendar, more=clock.asked)
        facts |= _moved(clock, found, calendar)
        said |= {**clocks.moved(clock, found, calendar), "extended": clock.extended + clock.asked}
    else:
        _need_reason(reason)
        facts |= {"reason": reason}
    actions.note(matter, "grant_extension" if grant else "refuse_extension", facts, role, by=by, at=at)
    clocks.change(clock, said)


def _moved(clock: Clock, found: Due, calendar: Calendar) -> dict[str, object]:
    return {
        "due_at": found.at,
        "was_due_at": clock.due_at,
        "term": str(found.term),
        "calendar": calendar.label,
        "provisional": found.provisional,
    }


def _extended(clock: Clock, amount: int) -> str:
    """The unit of the term; raises Invalid when it cannot be extended by so much."""
    try:
        if amount < 1:
            raise TableError
        return clocks.kept(clock).promised.extended(amount).unit
    except TableError as problem:
        raise Invalid(_("The extension is a whole number of the term's unit, from 1 on.")) from problem


def _still_open(clock: Clock, at: datetime) -> None:
    if clock.fired_at is not None or (clock.paused_at is None and clock.due_at <= at):
        raise Conflict(EXPIRED)


def _need_reason(reason: str) -> None:
    if not is_code(reason):
        raise Invalid(NO_CODE, fields={"reason": NO_CODE})


def _need_no_reason(reason: str) -> None:
    """Why it was asked for stands with the asking; a grant that says why not contradicts itself."""
    if reason:
        raise Invalid(NEEDS_NONE, fields={"reason": NEEDS_NONE})
