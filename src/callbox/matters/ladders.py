# SPDX-License-Identifier: Apache-2.0
"""Ladders: what happens as a promise gets late, as dated data; and when people are not to be woken. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from callbox.kernel.calendars import DAY, Calendar
from callbox.kernel.due import due
from callbox.kernel.tables import Row, TableError, read_table
from callbox.kernel.terms import Term, parse_term

ROOM = "callbox.matters"
REMIND, SUPERVISE, REPORT = "remind", "supervise", "report"
LEVELS = 9


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: at a share of the term in percent, or at a term after its end (`after`).

    action: remind 催办, supervise 督办, report 通报. roles: who is told; `owner` is whoever owns the matter then.
    """

    share: int
    after: Term | None
    level: int
    action: str
    roles: tuple[str, ...]

    def at(self, started_at: datetime, due_at: datetime, calendar: Calendar) -> datetime:
        """When it is to be taken."""
        if self.after is None:
            return started_at + (due_at - started_at) * self.share // 100
        return due(self.after, calendar, due_at).at


@cache
def rungs(ladder: str, on: date) -> tuple[Rung, ...]:
    """The steps of a ladder as it stands on a day, in their order; raises TableError."""
    rows = [row for row in read_table(ROOM, "ladders.tsv") if row["ladder"] == ladder and row.in_force(on)]
    if ladder and not rows:
        raise TableError(f"ladders.tsv: no ladder {ladder!r} on {on}")
    return tuple(_rung(row) for row in rows)


def _rung(row: Row) -> Rung:
    offset, roles = row.need("offset"), row.several("roles")
    if not roles:
        raise row.wrong("roles is empty")
    share = offset.removesuffix("%")
    if offset.endswith("%") and share.isdecimal() and 1 <= int(share) <= 100:
        return Rung(int(share), None, *_what(row), roles)
    try:
        return Rung(0, parse_term(offset.removeprefix("+")), *_what(row), roles)
    except TableError as problem:
        raise row.wrong(f"offset is a share from 1% to 100%, or + and a term; {problem}") from problem


def _what(row: Row) -> tuple[int, str]:
    return row.whole("level", 1, LEVELS), row.one_of("action", (REMIND, SUPERVISE, REPORT))


def next_step(
    ladder: str, taken: int, started_at: datetime, due_at: datetime, calendar: Calendar
) -> datetime | None:
    """When the first step that was not taken yet is to be; None when there is none."""
    steps = rungs(ladder, calendar.day_of(started_at))
    return steps[taken].at(started_at, due_at, calendar) if taken < len(steps) else None


def tell_at(at: datetime, role: str, calendar: Calendar) -> datetime:
    """When a person of this role is told of what happens at a time: at once, or when the quiet hours end."""
    begins, ends = _quiet(role, calendar.day_of(at))
    local = at.astimezone(calendar.zone)
    over_midnight = ends < begins
    evening, morning = begins <= local.time(), local.time() < ends
    if not (evening or morning if over_midnight else evening and morning):
        return at
    day = local.date() + (DAY if over_midnight and evening else timedelta())
    return datetime.combine(day, ends, calendar.zone)


@cache
def _quiet(role: str, on: date) -> tuple[time, time]:
    rows = [row for row in read_table(ROOM, "quiet_hours.tsv") if row.in_force(on)]
    found = next((row for named in (role, "*") for row in rows if row["role"] == named), None)
    if found is None:
        return time(), time()
    try:
        return time.fromisoformat(found.need("begins")), time.fromisoformat(found.need("ends"))
    except ValueError as problem:
        raise found.wrong(f"{problem}; write hours as 22:00") from problem
