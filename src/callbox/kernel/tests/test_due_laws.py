# SPDX-License-Identifier: Apache-2.0
"""What holds for every due time, whatever the term, the calendar, the start and the pauses."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from callbox.kernel.calendars import DAY, HOLIDAY, Calendar, Special, shipped_calendar
from callbox.kernel.due import Due, Pause, due, joined
from callbox.kernel.tables import Words
from callbox.kernel.terms import BEGINS, BUSINESS, DAYS, LENGTHS, MONTHS, WORKING_DAYS, Term, parse_term

HOURS = ((time(8), time(12)), (time(13), time(16, 30)))
ABROAD = [
    Calendar(code, 1, ZoneInfo(zone), frozenset({4, 5}), HOURS, frozenset({2026}), {}, Words(code, code))
    for code, zone in (("fi", "Europe/Helsinki"), ("eg", "Africa/Cairo"), ("au", "Australia/Lord_Howe"))
]
CALENDARS = st.sampled_from([shipped_calendar("cn"), *ABROAD])
# Both leaps of each zone, the Chinese holidays and the turn of the year lie in this span.
OPENING = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 395 * 86_400).map(lambda seconds: OPENING + timedelta(seconds=seconds))
LONGEST = {
    "seconds": 500_000,
    "minutes": 9_000,
    "hours": 400,
    "business_minutes": 4_000,
    "business_hours": 80,
}


@st.composite
def terms(draw: st.DrawFn, units: tuple[str, ...] = tuple(BEGINS)) -> Term:
    unit = draw(st.sampled_from(units))
    amount = draw(st.integers(1, LONGEST.get(unit, 3 if unit == MONTHS else 40)))
    begins = draw(st.sampled_from(BEGINS[unit]))
    rolls = unit in (DAYS, MONTHS) and draw(st.booleans())
    return Term(amount, unit, begins, rolls, draw(st.booleans()))


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    start = draw(MOMENTS)
    return Pause(start, start + draw(st.timedeltas(timedelta(), timedelta(days=40))))


STOOD = st.lists(pauses(), max_size=4)


@given(terms())
def test_a_term_has_one_spelling(term: Term) -> None:
    assert parse_term(str(term)) == term


@given(terms((*LENGTHS, *BUSINESS, DAYS, WORKING_DAYS)), CALENDARS, MOMENTS, MOMENTS, STOOD)
def test_who_starts_later_is_due_no_earlier(
    term: Term, calendar: Calendar, one: datetime, other: datetime, stood: list[Pause]
) -> None:
    first, second = sorted((one, other))
    assert due(term, calendar, first, stood).at <= due(term, calendar, second, stood).at


@given(terms((MONTHS,)), CALENDARS, MOMENTS, MOMENTS)
def test_the_same_holds_for_months_without_pauses(
    term: Term, calendar: Calendar, one: datetime, other: datetime
) -> None:
    first, second = sorted((one, other))
    assert due(term, calendar, first).at <= due(term, calendar, second).at


@given(terms(), CALENDARS, MOMENTS, STOOD, pauses())
def test_one_more_pause_only_lengthens(
    term: Term, calendar: Calendar, start: datetime, stood: list[Pause], more: Pause
) -> None:
    assert due(term, calendar, start, stood).at <= due(term, calendar, start, [*stood, more]).at


@given(terms(), CALENDARS, MOMENTS, STOOD)
def test_no_pause_after_the_end_moves_it(
    term: Term, calendar: Calendar, start: datetime, stood: list[Pause]
) -> None:
    found = due(term, calendar, start, stood)
    later = Pause(found.at, found.at + timedelta(days=9))
    assert due(term, calendar, start, [*stood, later]).at == found.at


@given(terms(), CALENDARS, MOMENTS, st.permutations(range(4)), st.lists(pauses(), min_size=4, max_size=4))
def test_the_order_in_which_pauses_are_told_is_nothing(
    term: Term, calendar: Calendar, start: datetime, order: list[int], stood: list[Pause]
) -> None:
    assert due(term, calendar, start, stood) == due(term, calendar, start, [stood[i] for i in order])


@given(terms((DAYS, WORKING_DAYS)), st.integers(1, 30), CALENDARS, MOMENTS, STOOD)
def test_days_and_more_days_are_all_the_days(
    term: Term, more: int, calendar: Calendar, start: datetime, stood: list[Pause]
) -> None:
    """So many days, and from the noon of the last so many more, end where all of them do."""
    first = Term(term.amount, term.unit, term.begins)
    last = due(first, calendar, start, stood).last_day
    assert last
    noon = datetime.combine(last, time(12), calendar.zone)
    rest = due(Term(more, term.unit, "next_day"), calendar, noon, stood)
    assert rest.at == due(first.extended(more), calendar, start, stood).at


@given(terms(tuple(LENGTHS)), st.integers(1, 400), CALENDARS, MOMENTS, STOOD)
def test_hours_and_more_hours_are_all_the_hours(
    term: Term, more: int, calendar: Calendar, start: datetime, stood: list[Pause]
) -> None:
    first = Term(term.amount, term.unit)
    upto = due(first, calendar, start, stood).at
    rest = due(Term(more, term.unit), calendar, upto, stood).at
    assert rest == due(first.extended(more), calendar, start, stood).at


@given(terms(tuple(LENGTHS)), CALENDARS, MOMENTS, STOOD)
def test_hours_are_the_time_that_ran(
    term: Term, calendar: Calendar, start: datetime, stood: list[Pause]
) -> None:
    first = Term(term.amount, term.unit)
    found = due(first, calendar, start, stood)
    still = sum(
        (min(each.end, found.at) - max(each.start, start) for each in joined(found.pauses)), timedelta()
    )
    assert found.at - start - still == first.length


@given(terms((DAYS, WORKING_DAYS, MONTHS)), CALENDARS, MOMENTS, STOOD)
def test_the_days_add_up_by_hand(term: Term, calendar: Calendar, start: datetime, stood: list[Pause]) -> None:
    """Every day from the start day to the last stands there once, each counted or with why it is not."""
    found = due(term, calendar, start, stood)
    first = calendar.day_of(start)
    assert [each.day for each in found.days] == [first + number * DAY for number in range(len(found.days))]
    counted = [each for each in found.days if each.number]
    assert [each.number for each in counted] == list(range(1, len(counted) + 1))
    assert all(each.why for each in found.days if not each.number)
    assert term.unit == MONTHS or len(counted) == term.amount
    assert all(calendar.works(each.day) for each in counted) or term.unit != WORKING_DAYS
    assert not term.rolls or calendar.works(found.days[-1].day)
    assert found.at == calendar.begins(found.days[-1].day + DAY)


@given(terms(tuple(BUSINESS)), CALENDARS, MOMENTS, STOOD)
def test_office_hours_end_while_offices_are_open(
    term: Term, calendar: Calendar, start: datetime, stood: list[Pause]
) -> None:
    found = due(term, calendar, start, stood)
    opened = calendar.open_hours(calendar.day_of(found.at))
    assert any(opens < found.at <= closes for opens, closes in opened)
    assert not any(each.start < found.at <= each.end for each in found.pauses)


@given(terms(), CALENDARS, MOMENTS, st.lists(MOMENTS, max_size=3))
def test_a_restart_never_shortens(
    term: Term, calendar: Calendar, start: datetime, restarts: list[datetime]
) -> None:
    assume(term.unit != MONTHS)
    found: Due = due(term, calendar, start, restarts=restarts)
    assert found.at >= due(term, calendar, start).at
    assert found == due(term, calendar, start, restarts=[*reversed(restarts), found.at + timedelta(days=1)])


@given(terms(), MOMENTS, STOOD, st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31))))
def test_what_is_not_provisional_stays_when_another_year_is_known(
    term: Term, start: datetime, stood: list[Pause], holidays: set[date]
) -> None:
    """And what was provisional is settled by knowing that year, never by guessing."""
    known = shipped_calendar("cn")
    special = Special(HOLIDAY, known.name, "made up")
    fuller = replace(
        known,
        version=2,
        years=known.years | {2027, 2028},
        days={**known.days, **dict.fromkeys(holidays, special)},
    )
    before, after = due(term, known, start, stood), due(term, fuller, start, stood)
    assert before.provisional or before.at == after.at
    assert not after.provisional


@given(CALENDARS, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_each_moment_lies_in_the_day_that_begins_before_it(calendar: Calendar, day: date) -> None:
    begins, ends = calendar.begins(day), calendar.begins(day + DAY)
    assert begins < ends
    assert calendar.day_of(begins) == calendar.day_of(ends - timedelta(microseconds=1)) == day
