# SPDX-License-Identifier: Apache-2.0
from datetime import date, timedelta

import pytest

from callbox.dispatch.limits import OLDEST_POSITION, limit_in, oldest_position
from callbox.kernel.tables import TableError, parse_table

HEADER = "valid_from\tvalid_to\tlimit\tseconds\tsource\n"
OLD = "2026-01-01\t2026-06-30\toldest_position\t300\tx\n"
NEW = "2026-07-01\t\toldest_position\t120\tx\n"


def test_the_limit_in_force_is_the_one_of_the_day() -> None:
    rows = list(parse_table(HEADER + OLD + NEW, "limits.tsv"))
    assert limit_in(rows, OLDEST_POSITION, date(2026, 6, 1)) == timedelta(minutes=5)
    assert limit_in(rows, OLDEST_POSITION, date(2026, 7, 1)) == timedelta(minutes=2)


@pytest.mark.parametrize("text", [HEADER, HEADER + OLD + OLD])
def test_none_or_two_are_a_mistake(text: str) -> None:
    with pytest.raises(TableError, match="expected one"):
        limit_in(parse_table(text, "limits.tsv"), OLDEST_POSITION, date(2026, 6, 1))


def test_the_file_sets_it_today() -> None:
    assert oldest_position(date(2026, 11, 1)) == timedelta(minutes=5)
