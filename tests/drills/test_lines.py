# SPDX-License-Identifier: Apache-2.0
"""A bad line before the door. `callbox drill bad-network --times 50` makes more."""

import pytest

from callbox.drills.registry import drill


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "mishap"), [("bad-network", "unheard"), ("bad-database-line", "answers_lost")]
)
def test_nothing_is_lost_or_doubled_on_a_bad_line(name: str, mishap: str) -> None:
    result = drill(name).run(seed=7, times=2)
    assert result.broken == []
    assert result.extra["acknowledged"] == result.extra["contacts"]
    assert result.extra[mishap], "the line did nothing"
