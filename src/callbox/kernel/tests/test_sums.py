# SPDX-License-Identifier: Apache-2.0
"""The arithmetic as people read it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from callbox.kernel.calendars import shipped_calendar
from callbox.kernel.due import Pause, due
from callbox.kernel.sums import sums
from callbox.kernel.terms import parse_term

CN = shipped_calendar("cn")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def told(term: str, start: str, *pauses: Pause, restarts: tuple[datetime, ...] = ()) -> list[str]:
    found = due(parse_term(term), CN, at(start), pauses, restarts)
    return [line.told(str) for line in sums(found, CN)]


def test_five_working_days_over_national_day() -> None:
    assert told("5 working_days next_day", "2026-09-30 17:00") == [
        "The term: 5 working days.",
        "The start: 2026-09-30 17:00, in the time of Asia/Shanghai.",
        "2026-09-30: not counted, the day of the start.",
        "2026-10-01 to 2026-10-07: not counted, National Day.",
        "2026-10-08 to 2026-10-09: days 1 to 2.",
        "2026-10-10 to 2026-10-10: days 3 to 3, worked on a weekend for National Day.",
        "2026-10-11 to 2026-10-11: not counted, weekend.",
        "2026-10-12 to 2026-10-13: days 4 to 5.",
        "The end: 2026-10-13, 24:00. What is done on that day is in time.",
    ]


def test_the_names_of_days_are_told_in_both_languages() -> None:
    lines = list(sums(due(parse_term("1 working_days next_day"), CN, at("2026-09-30 17:00")), CN))
    assert "国庆节" in lines[3].told(str, "zh-hans")
    assert "National Day" in lines[3].told(str, "en")


def test_pauses_restarts_and_what_is_not_known_stand_there() -> None:
    stood = Pause(at("2026-12-29 10:00"), at("2026-12-30 09:00"))
    assert told("3 working_days next_day", "2026-12-01 17:00", stood, restarts=(at("2026-12-02 09:00"),)) == [
        "The term: 3 working days.",
        "The start: 2026-12-01 17:00, in the time of Asia/Shanghai.",
        "The count began anew: 2026-12-02 09:00.",
        "2026-12-02: not counted, the day of the start.",
        "2026-12-03 to 2026-12-04: days 1 to 2.",
        "2026-12-05 to 2026-12-06: not counted, weekend.",
        "2026-12-07 to 2026-12-07: days 3 to 3.",
        "The end: 2026-12-07, 24:00. What is done on that day is in time.",
    ]
    assert told("2 working_days next_day", "2026-12-28 17:00", stood)[2:] == [
        "Stood still: 2026-12-29 10:00 to 2026-12-30 09:00.",
        "2026-12-28: not counted, the day of the start.",
        "2026-12-29 to 2026-12-29: not counted, the clock stood still at the end of the day.",
        "2026-12-30 to 2026-12-31: days 1 to 2.",
        "The end: 2026-12-31, 24:00. What is done on that day is in time.",
    ]
    assert "Provisional: there is no calendar yet for 2027; its weeks were taken as plain ones." in told(
        "9 working_days next_day", "2026-12-28 17:00"
    )


def test_hours_say_whether_the_very_moment_is_in_time() -> None:
    assert told("24 hours next_hour", "2026-12-01 17:10")[2:] == [
        "Hours count from the next full hour.",
        "The end: 2026-12-02 18:00. What is done before is in time.",
    ]
    assert told("24 hours at_once inclusive", "2026-12-01 17:10")[2:] == [
        "The end: 2026-12-02 17:10. What is done at that very moment is in time."
    ]
    assert told("15 seconds at_once", "2026-12-01 17:10")[-1].startswith("The end: 2026-12-01 17:10:15.")
