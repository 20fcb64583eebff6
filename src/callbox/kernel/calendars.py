# SPDX-License-Identifier: Apache-2.0
"""Calendars: which days are worked, in which time zone, and what is not known yet. Versioned data; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callbox.kernel.tables import Row, TableError, Words, parse_table

YEAR, HOLIDAY, MAKE_UP = "year", "holiday", "make_up"
DAY = timedelta(days=1)
LONGEST_SPAN = 366  # days in one line


@dataclass(frozen=True, slots=True)
class Special:
    """A day that differs from the plain week: `holiday` or `make_up` (a weekend day that is worked, 调休)."""

    kind: str
    name: Words
    source: str


@dataclass(frozen=True)
class Calendar:
    """One version of a calendar.

    weekend: 0 Monday to 6 Sunday. hours: when offices are open on a working day, local, in order, not touching.
    years: those whose arrangement is known. days: the special ones.
    """

    code: str
    version: int
    zone: ZoneInfo
    weekend: frozenset[int]
    hours: tuple[tuple[time, time], ...]
    years: frozenset[int]
    days: Mapping[date, Special]
    name: Words

    @property
    def label(self) -> str:
        """Which version of which calendar, such as `cn/1`."""
        return f"{self.code}/{self.version}"

    def knows(self, day: date) -> bool:
        """Whether the arrangement of this day's year is known. Where not, `works` says what the plain week says."""
        return day.year in self.years

    def works(self, day: date) -> bool:
        """Whether this is a working day: a make-up day, or neither weekend nor holiday."""
        special = self.days.get(day)
        return special.kind == MAKE_UP if special else day.weekday() not in self.weekend

    def day_of(self, at: datetime) -> date:
        """The local day of a moment."""
        return at.astimezone(self.zone).date()

    def begins(self, day: date) -> datetime:
        """The moment at which a local day begins, in UTC: the 24:00 of the day before.

        Where the clocks leap over midnight it is the leap; where midnight comes twice it is the first.
        """
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def open_hours(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """When offices are open on a day, in UTC; nothing on a day off."""
        if self.works(day):
            for opens, closes in self.hours:
                yield tuple(  # type: ignore[misc]  # two moments
                    datetime.combine(day, hour, self.zone).astimezone(UTC) for hour in (opens, closes)
                )


@cache
def shipped_calendar(code: str) -> Calendar:
    """The calendar of this code that comes with Callbox; raises TableError where there is none."""
    if code not in shipped_codes():
        raise TableError(f"There is no calendar {code!r}; there are {', '.join(shipped_codes())}")
    return parse_calendar(*shipped_text(code))


def shipped_text(code: str) -> tuple[str, str]:
    """Its two tables, as they were written: about.tsv and days.tsv."""
    folder = files("callbox.kernel").joinpath("data", "calendars", code)
    about, days = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("about.tsv", "days.tsv"))
    return about, days


@cache
def shipped_codes() -> tuple[str, ...]:
    """The calendars that come with Callbox: each is a folder that registers itself."""
    folder = files("callbox.kernel").joinpath("data", "calendars")
    return tuple(sorted(each.name for each in folder.iterdir() if each.is_dir()))


def parse_calendar(about: str, days: str) -> Calendar:
    """A calendar from its two tables, checked. Raises TableError, which names the line."""
    found = list(parse_table(about, "about.tsv"))
    if len(found) != 1:
        raise TableError("about.tsv: one line is wanted, with code, version, zone, weekend and hours")
    (row,) = found
    lines = [(line, span) for line in parse_table(days, "days.tsv") for span in [_span(line)]]
    return Calendar(
        code=row.need("code"),
        version=row.whole("version", 1, 1_000_000),
        zone=zone_of(row),
        weekend=_weekend(row),
        hours=_hours(row),
        years=frozenset(_year(line, span) for line, span in lines if line["kind"] == YEAR),
        days=special_days(lines),
        name=row.words(),
    )


def zone_of(row: Row) -> ZoneInfo:
    """The time zone of a line; raises TableError."""
    try:
        return ZoneInfo(row.need("zone"))
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise row.wrong(f"no such time zone: {row['zone']!r}, write it as Asia/Shanghai") from problem


def special_days(lines: Iterable[tuple[Row, tuple[date, date]]]) -> dict[date, Special]:
    """The special days of many lines; raises TableError where a day stands twice."""
    made: dict[date, Special] = {}
    for line, (first, last) in lines:
        kind = line.one_of("kind", (YEAR, HOLIDAY, MAKE_UP))
        for number in range((last - first).days + 1) if kind != YEAR else ():
            day = first + number * DAY
            if day in made:
                raise line.wrong(f"{day} stands here a second time")
            made[day] = Special(kind, line.words(), line.need("source"))
    return made


def _span(line: Row) -> tuple[date, date]:
    try:
        first = date.fromisoformat(line.need("first"))
        last = date.fromisoformat(line["last"] or line["first"])
    except ValueError as problem:
        raise line.wrong(f"not a date ({problem}); write it as 2026-01-31") from problem
    if not timedelta() <= last - first < LONGEST_SPAN * DAY:
        raise line.wrong("the last day stands before the first, or more than a year after it")
    return first, last


def _year(line: Row, span: tuple[date, date]) -> int:
    first, last = span
    if (first, last) != (date(first.year, 1, 1), date(first.year, 12, 31)):
        raise line.wrong("a year goes from 1 January to 31 December")
    return first.year


def _weekend(row: Row) -> frozenset[int]:
    named = row.several("weekend")
    if not all(day in "1234567" and len(day) == 1 for day in named) or len(set(named)) == 7:
        raise row.wrong("weekend is numbers from 1 (Monday) to 7 (Sunday), not all of them")
    return frozenset(int(day) - 1 for day in named)


def _hours(row: Row) -> tuple[tuple[time, time], ...]:
    try:
        pairs = [span.split("-") for span in row.several("hours")]
        found = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)
    except ValueError as problem:
        raise row.wrong("hours are written as 09:00-12:00 13:30-17:30") from problem
    moments = [moment for span in found for moment in span]
    if moments != sorted(set(moments)) or any(moment.tzinfo for moment in moments):
        raise row.wrong("hours stand in their order and do not touch, as 09:00-12:00 13:30-17:30")
    return found
