# SPDX-License-Identifier: Apache-2.0
"""The Chinese calendar as shipped, against another's; what a calendar refuses to say."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from callbox.kernel.calendars import DAY, MAKE_UP, parse_calendar, shipped_calendar, shipped_codes
from callbox.kernel.tables import TableError

CN = shipped_calendar("cn")
ABOUT = "code\tversion\tzone\tweekend\thours\ten\tzh\tsource\n"
DAYS = "kind\tfirst\tlast\ten\tzh\tsource\n"
GOOD = ABOUT + "x\t1\tAsia/Shanghai\t6 7\t09:00-12:00\tX\t甲\ts"


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_chinese_years_agree_with_another_table(year: int) -> None:
    """Each of 365 days, beside the `chinesecalendar` package, which was made by others from the same notices."""
    days = [date(year, 1, 1) + number * DAY for number in range(366)]
    ours = {day for day in days if day.year == year and CN.works(day)}
    assert ours == {day for day in days if day.year == year and chinese_calendar.is_workday(day)}
    assert year in CN.years


def test_every_make_up_day_stands_on_a_weekend_and_names_what_it_makes_up_for() -> None:
    made_up = {day: special for day, special in CN.days.items() if special.kind == MAKE_UP}
    assert len(made_up) == 8 + 5 + 6
    assert all(day.weekday() in CN.weekend and special.name.zh for day, special in made_up.items())


def test_who_asks_an_unknown_year_is_told() -> None:
    assert not CN.knows(date(2027, 1, 1))
    assert not CN.knows(date(2023, 12, 31))
    assert CN.works(date(2027, 1, 1))  # a plain Friday: whoever uses this marks it


def test_a_day_begins_at_local_midnight() -> None:
    assert CN.begins(date(2026, 10, 1)).isoformat() == "2026-09-30T16:00:00+00:00"
    assert CN.day_of(CN.begins(date(2026, 10, 1)) - timedelta(microseconds=1)) == date(2026, 9, 30)


def test_a_calendar_is_a_folder_that_registers_itself() -> None:
    assert shipped_codes() == ("cn",)
    with pytest.raises(TableError, match="there are cn"):
        shipped_calendar("../cn")


@pytest.mark.parametrize(
    ("about", "days", "problem"),
    [
        (ABOUT, DAYS, "one line is wanted"),
        (GOOD.replace("Asia/Shanghai", "Asia/Atlantis"), DAYS, "no such time zone"),
        (GOOD.replace("Asia/Shanghai", "../../etc/passwd"), DAYS, "no such time zone"),
        (GOOD.replace("6 7", "1 2 3 4 5 6 7"), DAYS, "not all of them"),
        (GOOD.replace("6 7", "0"), DAYS, "weekend is numbers"),
        (GOOD.replace("09:00-12:00", "09:00-12:00 12:00-13:00"), DAYS, "do not touch"),
        (GOOD.replace("09:00-12:00", "12:00-09:00"), DAYS, "do not touch"),
        (GOOD.replace("09:00-12:00", "9 to 12"), DAYS, "hours are written as"),
        (GOOD, DAYS + "holiday\t2026-02-30\t\tA\t甲\ts", "line 2: not a date"),
        (GOOD, DAYS + "holiday\t2026-02-03\t2026-02-01\tA\t甲\ts", "before the first"),
        (GOOD, DAYS + "holiday\t2026-02-03\t2028-02-01\tA\t甲\ts", "more than a year"),
        (GOOD, DAYS + "holiday\t2026-02-03\t\tA\t\ts", "'zh' is empty"),
        (GOOD, DAYS + "holiday\t2026-02-03\t\tA\t甲\t", "'source' is empty"),
        (GOOD, DAYS + "half\t2026-02-03\t\tA\t甲\ts", "kind is 'half'"),
        (GOOD, DAYS + "year\t2026-02-03\t2026-12-31\tA\t甲\ts", "1 January to 31 December"),
        (
            GOOD,
            DAYS + "holiday\t2026-02-01\t2026-02-03\tA\t甲\ts\nmake_up\t2026-02-03\t\tA\t甲\ts",
            "2026-02-03 stands here a second time",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(about: str, days: str, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        parse_calendar(about, days)


def test_a_year_with_no_special_day_at_all_can_be_known() -> None:
    known = parse_calendar(GOOD, DAYS + "year\t2026-01-01\t2026-12-31\t2026\t2026年\ts")
    assert (known.years, known.days, known.label) == (frozenset({2026}), {}, "x/1")
