# SPDX-License-Identifier: Apache-2.0
from datetime import date, timedelta

import pytest

from callbox.kernel.tables import TableError
from callbox.matters.promises import (
    clock,
    differences,
    limit_for,
    parse_promises,
    promises_for,
    shipped_table,
)

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("name", "agency", "priority", "seconds"),
    [
        ("turnout", "fire", 1, 80),
        ("turnout", "ems", 3, 60),
        ("turnout", "city", 3, 60),
        ("travel", "fire", 1, 240),
        ("arrival", "police", 1, 60),
        ("arrival", "police", 2, 180),
        ("arrival", "police", 3, 300),
        ("arrival", "police", 4, 2700),
        ("acknowledge", "fire", 1, 20),
    ],
)
def test_how_soon_is_promised(name: str, agency: str, priority: int, seconds: int) -> None:
    assert limit_for(name, agency, priority, shipped_table().on(DAY)) == timedelta(seconds=seconds)


def test_answering_has_two_percentages() -> None:
    found = promises_for("answer", "fire", 1, shipped_table().on(DAY))
    assert [(promise.within.seconds, promise.percent) for promise in found] == [(15, 90), (20, 95)]


def test_nothing_promised_is_said() -> None:
    assert promises_for("travel", "police", 1, shipped_table().on(DAY)) == []
    with pytest.raises(TableError, match="no travel time for police"):
        limit_for("travel", "police", 1, shipped_table().on(DAY))


def test_a_day_before_any_promise_starts_no_clock() -> None:
    assert clock("acknowledge", "fire", 1, shipped_table().on(date(2020, 4, 7))) == {}
    assert clock("acknowledge", "fire", None, shipped_table().on(date(2026, 4, 7))) == {
        "acknowledge": timedelta(seconds=20)
    }


TEXT = shipped_table().text
RESOLVE = "2026-01-01\t\tresolve\t*\t3-5\t5 working_days next_day\t100\trequest\tset by the authority\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TEXT + RESOLVE, "a second time"),
        (TEXT.replace("60 seconds at_once", "1 working_days next_day"), "needs a fixed length"),
        (TEXT.replace("5 working_days next_day", "5 moons next_day"), "no such unit"),
        (TEXT.replace("2026-01-01\t\tresolve", "2026-01-01\tsoon\tresolve"), "not a date"),
        (TEXT.replace("\t1-2\t", "\t2-1\t"), "priorities"),
        ("", "promises nothing"),
    ],
)
def test_an_edition_that_cannot_be_meant_is_refused(text: str, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        parse_promises(text, 1)


def test_what_an_edition_says_otherwise_is_told_line_by_line() -> None:
    other = TEXT.replace("5 working_days next_day", "7 working_days next_day")
    other = other.replace("\tsupervision\t*", "\tsupervision\tcity")
    found = [(each.kind, each.rule) for each in differences(shipped_table(), parse_promises(other, 1))]
    assert found == [
        ("altered", "resolve/*/3-5/2026-01-01 100 %"),
        ("gone", "supervision/*/1-5/2026-01-01 100 %"),
        ("new", "supervision/city/1-5/2026-01-01 100 %"),
    ]
    assert differences(shipped_table(), parse_promises(TEXT, 1)) == []
