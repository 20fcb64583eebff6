# SPDX-License-Identifier: Apache-2.0
"""A few seconds of storm. `callbox drill storm` makes a minute of it."""

import pytest

from callbox.drills.registry import drill


@pytest.mark.slow  # until all of it are calls, half a minute goes by
def test_a_storm_loses_nothing_and_refuses_no_emergency() -> None:
    result = drill("storm").run(seed=7, times=2)
    assert result.broken == []
    assert result.extra["acknowledged"] == result.extra["contacts"]
    assert result.extra["storm_emergencies"]
    assert result.extra["complaints_refused"], "the lane of complaints was not full"
