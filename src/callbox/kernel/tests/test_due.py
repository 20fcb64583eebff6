# SPDX-License-Identifier: Apache-2.0
"""Due times as tables: each line can be added up by hand from a wall calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from callbox.kernel.calendars import Calendar, shipped_calendar
from callbox.kernel.due import Pause, add_months, due
from callbox.kernel.tables import TableError, Words
from callbox.kernel.terms import parse_term

NAME = Words("Plain", "平常")
CN = shipped_calendar("cn")
CHINA, HELSINKI, CAIRO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Helsinki"), ZoneInfo("Africa/Cairo")


def plain(zone: ZoneInfo, *years: int) -> Calendar:
    """A city without holidays, whose weeks are plain."""
    hours = ((time(8), time(16)),)
    return Calendar("plain", 1, zone, frozenset({5, 6}), hours, frozenset(years or (2026,)), {}, NAME)


def local(text: str, zone: ZoneInfo = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def pause(text: str, zone: ZoneInfo = CHINA) -> Pause:
    begins, _to, ends = text.partition(" to ")
    return Pause(local(begins, zone), local(ends, zone))


def ends(term: str, start: str, *pauses: str, calendar: Calendar = CN) -> str:
    """The end by the local clock; midnight is said as 24:00 of the day before."""
    zone = calendar.zone
    found = due(parse_term(term), calendar, local(start, zone), [pause(text, zone) for text in pauses])
    assert not found.provisional
    assert found.at.tzinfo is UTC
    at = found.at.astimezone(zone)
    if found.days:
        assert at.time() == time()
        return f"{at.date() - timedelta(days=1)} 24:00"
    return at.strftime("%Y-%m-%d %H:%M")


WORKING = [
    # National Day 2026: 1 to 7 October off, Saturday 10 October is worked.
    ("5 working_days next_day", "2026-09-30 17:00", "2026-10-13 24:00"),
    ("5 working_days at_once", "2026-09-30 17:00", "2026-10-12 24:00"),
    ("1 working_days next_day", "2026-09-30 17:00", "2026-10-08 24:00"),
    ("3 working_days next_day", "2026-09-30 17:00", "2026-10-10 24:00"),
    ("4 working_days next_day", "2026-09-30 17:00", "2026-10-12 24:00"),
    ("1 working_days at_once", "2026-10-03 10:00", "2026-10-08 24:00"),
    ("1 working_days next_day", "2026-10-03 10:00", "2026-10-08 24:00"),
    # A plain week.
    ("1 working_days next_day", "2026-11-02 09:00", "2026-11-03 24:00"),
    ("5 working_days next_day", "2026-11-02 09:00", "2026-11-09 24:00"),
    ("5 working_days next_day", "2026-11-06 23:59", "2026-11-13 24:00"),
    ("1 working_days next_day", "2026-11-06 09:00", "2026-11-09 24:00"),
    ("1 working_days at_once", "2026-11-07 09:00", "2026-11-09 24:00"),
    # Midnight at +08:00: a second decides on which day it starts.
    ("1 working_days next_day", "2026-11-03 23:59:59", "2026-11-04 24:00"),
    ("1 working_days next_day", "2026-11-04 00:00:00", "2026-11-05 24:00"),
    # Spring Festival 2026: Saturday 14 February worked, 15 to 23 off, Saturday 28 worked.
    ("1 working_days next_day", "2026-02-13 12:00", "2026-02-14 24:00"),
    ("2 working_days next_day", "2026-02-13 12:00", "2026-02-24 24:00"),
    ("6 working_days next_day", "2026-02-13 12:00", "2026-02-28 24:00"),
    ("7 working_days next_day", "2026-02-13 12:00", "2026-03-02 24:00"),
    # New Year 2026: 1 to 3 January off, Sunday 4 January worked.
    ("1 working_days next_day", "2025-12-31 12:00", "2026-01-04 24:00"),
    ("2 working_days next_day", "2025-12-31 12:00", "2026-01-05 24:00"),
    # Labour Day 2024: Sunday 28 April and Saturday 11 May worked, 1 to 5 May off.
    ("1 working_days next_day", "2024-04-26 12:00", "2024-04-28 24:00"),
    ("4 working_days next_day", "2024-04-26 12:00", "2024-05-06 24:00"),
    ("9 working_days next_day", "2024-04-26 12:00", "2024-05-11 24:00"),
    # National Day and Mid-Autumn 2025: 1 to 8 October off; 28 September and 11 October worked.
    ("2 working_days next_day", "2025-09-27 12:00", "2025-09-29 24:00"),
    ("4 working_days next_day", "2025-09-27 12:00", "2025-10-09 24:00"),
    ("6 working_days next_day", "2025-09-27 12:00", "2025-10-11 24:00"),
    ("10 working_days next_day", "2026-09-18 12:00", "2026-10-09 24:00"),
]
NATURAL = [
    ("1 days at_once", "2026-11-02 09:00", "2026-11-02 24:00"),
    ("1 days next_day", "2026-11-02 09:00", "2026-11-03 24:00"),
    ("1 days next_day", "2026-11-02 00:00", "2026-11-03 24:00"),
    ("3 days next_day", "2026-09-30 09:00", "2026-10-03 24:00"),
    ("3 days next_day rolls", "2026-09-30 09:00", "2026-10-08 24:00"),
    ("30 days next_day", "2026-01-31 09:00", "2026-03-02 24:00"),
    ("30 days next_day rolls", "2026-04-02 09:00", "2026-05-06 24:00"),
    ("4 days next_day rolls", "2026-11-03 09:00", "2026-11-09 24:00"),
    ("3 days next_day rolls", "2026-11-03 09:00", "2026-11-06 24:00"),
    # The last day is a Saturday that is worked: it does not roll.
    ("7 days next_day rolls", "2026-10-03 09:00", "2026-10-10 24:00"),
    # Custody never rolls: it ends on the day, holiday or not.
    ("37 days at_once", "2026-09-01 08:00", "2026-10-07 24:00"),
    ("60 days next_day", "2026-09-01 08:00", "2026-10-31 24:00"),
]
MONTHS = [
    ("1 months next_day", "2026-01-15 09:00", "2026-02-15 24:00"),
    ("1 months at_once", "2026-01-15 09:00", "2026-02-14 24:00"),
    ("1 months next_day", "2026-01-31 09:00", "2026-02-28 24:00"),
    ("1 months next_day", "2024-01-31 09:00", "2024-02-29 24:00"),
    ("2 months next_day", "2025-12-31 09:00", "2026-02-28 24:00"),
    ("6 months next_day", "2025-08-31 09:00", "2026-02-28 24:00"),
    ("12 months next_day", "2025-02-28 09:00", "2026-02-28 24:00"),
    ("1 months next_day rolls", "2026-09-01 09:00", "2026-10-08 24:00"),
    ("3 months next_day rolls", "2026-08-21 09:00", "2026-11-23 24:00"),
]
HOURS = [
    ("24 hours at_once", "2026-10-01 03:30", "2026-10-02 03:30"),
    ("24 hours next_hour", "2026-10-01 03:30", "2026-10-02 04:00"),
    ("24 hours next_hour", "2026-10-01 03:00", "2026-10-02 04:00"),
    ("24 hours next_day", "2026-10-01 03:30", "2026-10-03 00:00"),
    ("90 minutes at_once", "2026-10-01 23:00", "2026-10-02 00:30"),
    ("15 seconds at_once", "2026-10-01 23:00:45", "2026-10-01 23:01"),
    ("48 hours at_once inclusive", "2026-09-30 17:00", "2026-10-02 17:00"),
]
OFFICE = [
    # Offices are open from 9:00 to 12:00 and from 13:30 to 17:30.
    ("1 business_hours at_once", "2026-11-02 09:00", "2026-11-02 10:00"),
    ("3 business_hours at_once", "2026-11-02 09:00", "2026-11-02 12:00"),
    ("4 business_hours at_once", "2026-11-02 09:00", "2026-11-02 14:30"),
    ("7 business_hours at_once", "2026-11-02 09:00", "2026-11-02 17:30"),
    ("8 business_hours at_once", "2026-11-02 09:00", "2026-11-03 10:00"),
    ("2 business_hours at_once", "2026-11-02 12:30", "2026-11-02 15:30"),
    ("2 business_hours at_once", "2026-11-02 22:00", "2026-11-03 11:00"),
    ("2 business_hours at_once", "2026-11-06 17:00", "2026-11-09 10:30"),
    ("2 business_hours next_day", "2026-11-05 09:00", "2026-11-06 11:00"),
    ("30 business_minutes at_once", "2026-09-30 17:15", "2026-10-08 09:15"),
    ("1 business_hours at_once", "2026-10-09 17:00", "2026-10-10 09:30"),
]
PAUSED = [
    # Days: what counts is whether the clock runs at 24:00.
    ("5 days next_day", "2026-11-02 09:00", "2026-11-04 10:00 to 2026-11-04 18:00", "2026-11-07 24:00"),
    ("5 days next_day", "2026-11-02 09:00", "2026-11-04 10:00 to 2026-11-05 09:00", "2026-11-08 24:00"),
    ("5 days next_day", "2026-11-02 09:00", "2026-11-04 00:00 to 2026-11-05 00:00", "2026-11-08 24:00"),
    ("5 days next_day", "2026-11-02 09:00", "2026-11-03 23:59 to 2026-11-10 00:01", "2026-11-14 24:00"),
    ("5 days next_day", "2026-11-02 09:00", "2026-11-02 10:00 to 2026-11-02 11:00", "2026-11-07 24:00"),
    # Across National Day: 30 September, 8 and 9 October fall out, the holiday costs nothing twice.
    (
        "5 working_days next_day",
        "2026-09-28 09:00",
        "2026-09-30 10:00 to 2026-10-10 09:00",
        "2026-10-14 24:00",
    ),
    (
        "5 working_days next_day",
        "2026-09-28 09:00",
        "2026-10-01 00:00 to 2026-10-07 23:59",
        "2026-10-10 24:00",
    ),
    (
        "5 working_days next_day",
        "2026-09-28 09:00",
        "2026-10-03 00:00 to 2026-10-04 00:00",
        "2026-10-10 24:00",
    ),
    ("1 months next_day", "2026-01-15 09:00", "2026-02-01 09:00 to 2026-02-08 09:00", "2026-02-22 24:00"),
    ("24 hours at_once", "2026-11-02 09:00", "2026-11-02 10:00 to 2026-11-02 12:30", "2026-11-03 11:30"),
    ("24 hours at_once", "2026-11-02 09:00", "2026-11-01 10:00 to 2026-11-02 12:00", "2026-11-03 12:00"),
    ("24 hours at_once", "2026-11-02 09:00", "2026-11-03 09:00 to 2026-11-04 12:00", "2026-11-03 09:00"),
    (
        "3 business_hours at_once",
        "2026-11-02 09:00",
        "2026-11-02 10:00 to 2026-11-02 13:00",
        "2026-11-02 15:30",
    ),
    (
        "3 business_hours at_once",
        "2026-11-02 09:00",
        "2026-11-02 12:00 to 2026-11-02 13:30",
        "2026-11-02 12:00",
    ),
]


@pytest.mark.parametrize(("term", "start", "end"), [*WORKING, *NATURAL, *MONTHS, *HOURS, *OFFICE])
def test_a_term_ends(term: str, start: str, end: str) -> None:
    assert ends(term, start) == end


@pytest.mark.parametrize(("term", "start", "stood", "end"), PAUSED)
def test_a_pause_takes_out_what_it_covers(term: str, start: str, stood: str, end: str) -> None:
    assert ends(term, start, stood) == end


def test_pauses_that_overlap_count_once() -> None:
    both = ["2026-11-02 10:00 to 2026-11-02 12:00", "2026-11-02 11:00 to 2026-11-02 13:00"]
    assert ends("24 hours at_once", "2026-11-02 09:00", *both) == "2026-11-03 12:00"


# Helsinki leaps on 29 March 2026 at 3:00 (a day of 23 hours) and falls back on 25 October at 4:00 (25 hours).
LEAPS = [
    ("24 hours at_once", "2026-03-28 12:00", "2026-03-29 13:00"),
    ("24 hours at_once", "2026-10-24 12:00", "2026-10-25 11:00"),
    ("1 days next_day", "2026-03-28 12:00", "2026-03-29 24:00"),
    ("1 days next_day", "2026-10-24 12:00", "2026-10-25 24:00"),
    ("24 hours next_day", "2026-10-24 12:00", "2026-10-25 23:00"),
    ("24 hours next_hour", "2026-03-28 12:10", "2026-03-29 14:00"),
    ("8 business_hours at_once", "2026-03-27 12:00", "2026-03-30 12:00"),
]


@pytest.mark.parametrize(("term", "start", "end"), LEAPS)
def test_days_are_local_and_hours_absolute_where_clocks_leap(term: str, start: str, end: str) -> None:
    assert ends(term, start, calendar=plain(HELSINKI)) == end


def test_a_day_whose_midnight_does_not_exist_begins_at_the_leap() -> None:
    """In Cairo 24 April 2026 begins at 1:00: the day before ends there, and no moment is in no day."""
    found = due(parse_term("1 days next_day"), plain(CAIRO), local("2026-04-22 12:00", CAIRO))
    assert found.at == datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert found.at.astimezone(CAIRO).isoformat() == "2026-04-24T01:00:00+03:00"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 3, 30, tzinfo=HELSINKI)
    second = first.replace(fold=1)
    term, calendar = parse_term("24 hours at_once"), plain(HELSINKI)
    assert due(term, calendar, second).at - due(term, calendar, first).at == timedelta(hours=1)


def test_what_reaches_into_a_year_without_data_is_provisional() -> None:
    """2027 is not known: the date is a plain week's, and says so."""
    reaching = due(parse_term("5 working_days next_day"), CN, local("2026-12-29 09:00"))
    assert (reaching.last_day, reaching.unknown_years) == (date(2027, 1, 5), frozenset({2027}))
    assert reaching.provisional
    settled = due(parse_term("2 working_days next_day"), CN, local("2026-12-29 09:00"))
    assert (settled.last_day, settled.provisional) == (date(2026, 12, 31), False)


@pytest.mark.parametrize(
    ("term", "start", "provisional"),
    [
        ("60 days next_day", "2026-12-01 09:00", False),
        ("60 days next_day rolls", "2026-12-01 09:00", True),
        ("30 days next_day rolls", "2026-12-01 09:00", False),
        ("31 days next_day rolls", "2026-12-01 09:00", True),
        ("2 months next_day", "2026-12-01 09:00", False),
        ("2000 hours at_once", "2026-12-01 09:00", False),
        ("8 business_hours at_once", "2026-12-31 12:00", True),
        ("2 business_hours at_once", "2026-12-31 14:00", False),
        ("5 working_days next_day", "2023-12-20 09:00", True),
    ],
)
def test_only_what_asks_an_unknown_year_is_provisional(term: str, start: str, provisional: bool) -> None:
    assert due(parse_term(term), CN, local(start)).provisional is provisional


def test_a_restart_in_time_begins_the_count_anew_and_a_late_one_heals_nothing() -> None:
    term, start = parse_term("5 days next_day"), local("2026-11-02 09:00")
    anew = due(term, CN, start, restarts=[local("2026-11-05 09:00")])
    assert (anew.last_day, anew.start, anew.began) == (
        date(2026, 11, 10),
        start.astimezone(UTC),
        local("2026-11-05 09:00").astimezone(UTC),
    )
    assert due(term, CN, start, restarts=[local("2026-11-08 00:00")]).last_day == date(2026, 11, 7)
    assert due(term, CN, start, restarts=[local("2026-11-07 23:59")]).last_day == date(2026, 11, 12)
    twice = [local("2026-11-09 09:00"), local("2026-11-05 09:00")]
    assert due(term, CN, start, restarts=twice).last_day == date(2026, 11, 14)


@pytest.mark.parametrize(
    ("term", "done", "kept"),
    [
        ("24 hours at_once", "2026-11-03 08:59:59", True),
        ("24 hours at_once", "2026-11-03 09:00", False),
        ("24 hours at_once inclusive", "2026-11-03 09:00", True),
        ("24 hours at_once inclusive", "2026-11-03 09:00:00.000001", False),
        ("1 days next_day", "2026-11-03 23:59:59.999999", True),
        ("1 days next_day", "2026-11-04 00:00", False),
    ],
)
def test_the_boundary_is_stated(term: str, done: str, kept: bool) -> None:
    assert due(parse_term(term), CN, local("2026-11-02 09:00")).keeps(local(done)) is kept


def test_a_year_of_office_days_from_another_weekend() -> None:
    """Where Friday and Saturday are free, Sunday is a working day."""
    calendar = Calendar("eg", 1, CAIRO, frozenset({4, 5}), (), frozenset({2026}), {}, NAME)
    found = due(parse_term("3 working_days next_day"), calendar, local("2026-11-04 09:00", CAIRO))
    assert found.last_day == date(2026, 11, 9)
    with pytest.raises(TableError, match="says nothing of open hours"):
        due(parse_term("3 business_hours at_once"), calendar, local("2026-11-04 09:00", CAIRO))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_are_clamped(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then
