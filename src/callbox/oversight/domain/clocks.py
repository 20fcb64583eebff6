# SPDX-License-Identifier: Apache-2.0
"""Limits of time as the law has it: terms on the kernel's calendars, and the calendars that have no table."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callbox.kernel.calendars import DAY, Calendar, shipped_calendar
from callbox.kernel.due import Pause, due
from callbox.kernel.tables import TableError, Words
from callbox.kernel.terms import DAYS, MONTHS, WORKING_DAYS, Term
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.domain.verdicts import Limit

ZONE = "zone "
BY_DAY = (DAYS, WORKING_DAYS, MONTHS)


@cache
def calendar_named(text: str) -> Calendar:
    """A calendar by its code, or `zone Europe/Rome` for plain weeks in a zone. Raises TableError.

    A zone alone knows no holiday of any year: rules that ask for working days stay unknown there.
    """
    if not text.startswith(ZONE):
        return shipped_calendar(text)
    try:
        zone = ZoneInfo(text.removeprefix(ZONE))
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise TableError(
            _("no such time zone: %(said)r, write it as `zone Asia/Shanghai`"), said=text
        ) from problem
    weekend = frozenset({5, 6})
    return Calendar(text, 1, zone, weekend, (), frozenset(), {}, Words(zone.key, zone.key))


def limit(
    term: Term,
    calendar: Calendar,
    start: datetime,
    pauses: Iterable[Pause] = (),
    restarts: Iterable[datetime] = (),
    *,
    step: int = 0,
    extended: tuple[str, ...] = (),
) -> Limit:
    """When a term ends, with its arithmetic."""
    found = due(term, calendar, start, pauses, restarts)
    return Limit(found.at, term.inclusive, found, step, extended)


def opens(found: Limit, calendar: Calendar, *, on_last_day: bool) -> datetime:
    """The first moment after a waiting time; with on_last_day: the beginning of its last day."""
    if on_last_day and found.reckoned is not None and found.reckoned.last_day is not None:
        return calendar.begins(found.reckoned.last_day)
    return found.at


def share_reached(found: Limit, start: datetime, as_of: datetime, shares: Sequence[int]) -> bool:
    """Whether one of these shares (per cent) of the running time from its beginning to the limit has passed."""
    began, pauses = (found.reckoned.began, found.reckoned.pauses) if found.reckoned else (start, ())
    still = sum((each.end - max(each.start, began) for each in pauses), timedelta())
    whole, passed = found.at - began - still, as_of - began - still
    return any(passed * 100 >= whole * share for share in shares)


def last_moment(calendar: Calendar, as_of: datetime) -> datetime:
    """The last microsecond of the local day of a moment: what `as of a date` means."""
    return calendar.begins(calendar.day_of(as_of) + DAY) - datetime.resolution
