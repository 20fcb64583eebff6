# SPDX-License-Identifier: Apache-2.0
"""Some screens cut off at once. `callbox drill reconnect-500` does it with five hundred."""

import pytest

from callbox.drills.faults.reconnect_500 import cut_off
from callbox.drills.result import Result

MANY = 60


@pytest.mark.slow
def test_screens_that_come_back_at_once_are_each_told_everything_once() -> None:
    result = cut_off(Result("screens", seed=7), times=2, many=MANY)
    assert result.broken == []
    assert result.counts["cuts"] == 2
    assert result.extra["shown"]
