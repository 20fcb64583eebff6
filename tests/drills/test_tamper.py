# SPDX-License-Identifier: Apache-2.0
"""Changes by hand are found, all of them; `callbox drill tamper` makes a thousand."""

import pytest

from callbox.drills.registry import drill


def test_every_change_by_hand_is_found() -> None:
    result = drill("tamper").run(seed=11, times=120)
    assert result.broken == []
    assert result.counts["changes"] == 120


@pytest.mark.slow
def test_a_thousand_changes_are_found() -> None:
    result = drill("tamper").run(seed=1, times=1000)
    assert (result.broken, result.counts["changes"]) == ([], 1000)
