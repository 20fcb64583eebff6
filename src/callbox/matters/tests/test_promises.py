# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, date, datetime, timedelta

import pytest

from callbox.kernel.tables import TableError
from callbox.matters.promises import clock, limit_for, load_promises, promises_for

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
    assert limit_for(name, agency, priority, load_promises(DAY)) == timedelta(seconds=seconds)


def test_answering_has_two_percentages() -> None:
    found = promises_for("answer", "fire", 1, load_promises(DAY))
    assert [(promise.within.seconds, promise.percent) for promise in found] == [(15, 90), (20, 95)]


def test_nothing_promised_is_said() -> None:
    assert promises_for("travel", "police", 1, load_promises(DAY)) == []
    with pytest.raises(TableError, match="no travel time for police"):
        limit_for("travel", "police", 1, load_promises(DAY))


def test_a_day_before_any_promise_starts_no_clock() -> None:
    assert clock("acknowledge", "fire", 1, datetime(2020, 4, 7, tzinfo=UTC)) == {}
    assert clock("acknowledge", "fire", None, datetime(2026, 4, 7, tzinfo=UTC)) == {
        "acknowledge": timedelta(seconds=20)
    }
