# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL killed, frozen and slow under load, with seeds of their own; `callbox drill` makes more."""

import pytest

from callbox.drills.registry import drill


@pytest.mark.parametrize(
    ("name", "times"), [("kill-postgres", 2), ("freeze-postgres", 2), ("slow-postgres", 3)]
)
def test_nothing_is_lost_when_the_database_is_in_trouble(name: str, times: int) -> None:
    result = drill(name).run(seed=7, times=times)
    assert result.broken == []
    assert sum(result.counts.values()) == times
    assert result.extra["acknowledged"] == result.extra["contacts"]
