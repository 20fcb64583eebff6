# SPDX-License-Identifier: Apache-2.0
"""A few kills of each process, with seeds of their own; `callbox drill kill-door --times 300` makes more."""

import pytest

from callbox.drills.registry import drill


@pytest.mark.parametrize("name", ["kill-door", "kill-web", "kill-worker"])
def test_nothing_is_lost_when_a_process_is_killed(name: str) -> None:
    result = drill(name).run(seed=7, times=4)
    assert result.broken == []
    assert result.counts["app_kills"] == 4
    assert result.extra["acknowledged"] == result.extra["contacts"]
