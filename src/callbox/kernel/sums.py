# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a due time in lines that a resident or a lawyer can add up again by hand. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from callbox.kernel import due as reckoned
from callbox.kernel.calendars import DAY, HOLIDAY, MAKE_UP, Calendar
from callbox.kernel.due import Day, Due
from callbox.kernel.tables import Words
from callbox.kernel.terms import NEXT_DAY, NEXT_HOUR
from callbox.kernel.text import gettext_noop as _

TERMS = {
    "seconds": _("The term: %(amount)s seconds."),
    "minutes": _("The term: %(amount)s minutes."),
    "hours": _("The term: %(amount)s hours."),
    "business_minutes": _("The term: %(amount)s minutes of office hours."),
    "business_hours": _("The term: %(amount)s office hours."),
    "days": _("The term: %(amount)s calendar days."),
    "working_days": _("The term: %(amount)s working days."),
    "months": _("The term: %(amount)s months."),
}
WHY = {
    "": _("%(first)s to %(last)s: days %(from)s to %(upto)s."),
    MAKE_UP: _("%(first)s to %(last)s: days %(from)s to %(upto)s, worked on a weekend for %(name)s."),
    HOLIDAY: _("%(first)s to %(last)s: not counted, %(name)s."),
    reckoned.WEEKEND: _("%(first)s to %(last)s: not counted, weekend."),
    reckoned.PAUSED: _("%(first)s to %(last)s: not counted, the clock stood still at the end of the day."),
    reckoned.START_DAY: _("%(first)s: not counted, the day of the start."),
    reckoned.ROLLED: _("%(first)s to %(last)s: added, because the last day must be a working day."),
}
BEGINS = {
    NEXT_DAY: _("Hours count from the beginning of the next day."),
    NEXT_HOUR: _("Hours count from the next full hour."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step: an English template for gettext, and what stands in its places. Days and times are local."""

    message: str
    params: Mapping[str, str | int | Words] = field(default_factory=dict)

    def told(self, translate: Callable[[str], str], language: str = "en") -> str:
        """The line in a language: `translate` is gettext, at an edge."""
        places = {
            name: value.in_language(language) if isinstance(value, Words) else value
            for name, value in self.params.items()
        }
        return translate(self.message) % places


def sums(due: Due, calendar: Calendar) -> Iterator[Line]:
    """How a due time was reckoned, step by step. calendar: the version that it was reckoned with."""
    yield Line(TERMS[due.term.unit], {"amount": due.term.amount})
    yield Line(_("The start: %(at)s, in the time of %(zone)s."), _moment(due.start, calendar))
    if due.began != due.start:
        yield Line(_("The count began anew: %(at)s."), _moment(due.began, calendar))
    if not due.days and due.term.begins in BEGINS:
        yield Line(BEGINS[due.term.begins])
    for pause in due.pauses:
        yield Line(
            _("Stood still: %(from)s to %(upto)s."),
            {"from": _said(pause.start, calendar), "upto": _said(pause.end, calendar)},
        )
    for _key, run in groupby(due.days, key=lambda day: (day.why, day.name, bool(day.number))):
        yield _run(tuple(run))
    if due.provisional:
        years = ", ".join(str(year) for year in sorted(due.unknown_years))
        yield Line(
            _("Provisional: there is no calendar yet for %(years)s; its weeks were taken as plain ones."),
            {"years": years},
        )
    yield _end(due, calendar)


def _run(days: Sequence[Day]) -> Line:
    first, last = days[0], days[-1]
    places: dict[str, str | int | Words] = {
        "first": first.day.isoformat(),
        "last": last.day.isoformat(),
        "from": first.number,
        "upto": last.number,
    }
    return Line(WHY[first.why], {**places, "name": first.name} if first.name else places)


def _end(due: Due, calendar: Calendar) -> Line:
    if due.last_day:
        return Line(
            _("The end: %(day)s, 24:00. What is done on that day is in time."), {"day": str(due.last_day)}
        )
    said = (
        _("The end: %(at)s. What is done at that very moment is in time.")
        if due.term.inclusive
        else _("The end: %(at)s. What is done before is in time.")
    )
    return Line(said, _moment(due.at, calendar))


def _moment(at: datetime, calendar: Calendar) -> dict[str, str | int | Words]:
    return {"at": _said(at, calendar), "zone": calendar.zone.key}


def _said(at: datetime, calendar: Calendar) -> str:
    """A moment by the local clock: to the minute, or as exactly as it is given; the offset where the day has two."""
    local = at.astimezone(calendar.zone)
    exact = "auto" if local.second or local.microsecond else "minutes"
    text = local.replace(tzinfo=None).isoformat(" ", exact)
    even = calendar.begins(local.date() + DAY) - calendar.begins(local.date()) == DAY
    return text if even else f"{text} {local.strftime('%:z')}"
