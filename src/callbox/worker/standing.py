# SPDX-License-Identifier: Apache-2.0
"""Whether every loop still gets on, written down where the door reads it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from callbox.host.clock import CLOCK
from callbox.matters.queries import calendar_in_force, calendar_used, next_due
from callbox.matters.reckoning import unknown_soon
from callbox.worker.actions import note_health
from callbox.worker.loop import Loop, Runner

EVERY_S = 3.0
PATIENCE_S = 15.0  # beyond a loop's own pace; set by the authority
UNFIRED = "unfired clock"
MACHINE = "machine clock"  # its seconds are how far it is off
OFF_S = 2.0  # as the page of states has it
CALENDAR = "calendar"  # its seconds are those that are left, not those behind


def standing(runners: Sequence[Runner]) -> Loop:
    """The loop that watches these; `runners` may be filled later."""
    return Loop("standing", lambda at: note_standing(runners, at), every_s=EVERY_S)


def note_standing(runners: Sequence[Runner], at: datetime) -> int:
    """Note for each loop the seconds since its last good step, how late the sweep of clocks is, how far this machine's
    clock is from the database's, and whether a year without a calendar is near."""
    off = abs((timezone.now() - CLOCK.now()).total_seconds())
    note_health(MACHINE, off, off <= OFF_S, at=at)
    for runner in runners:
        limit = PATIENCE_S + runner.loop.every_s + runner.loop.settle_s
        note_health(f"loop {runner.loop.name}", runner.quiet_s, runner.quiet_s <= limit, at=at)
    due = next_due()
    late = max(0.0, (at - due).total_seconds()) if due else 0.0
    note_health(UNFIRED, late, late <= PATIENCE_S, at=at)
    note_calendar(at)
    return 0


def note_calendar(at: datetime) -> None:
    """Note how long it is until a year begins that a running promise may reach and that has no calendar."""
    calendar = calendar_in_force()
    year = unknown_soon(calendar, at) if calendar_used() else None
    left = (calendar.begins(date(year, 1, 1)) - at).total_seconds() if year else 0.0
    note_health(CALENDAR, max(0.0, left), year is None, at=at)
