# SPDX-License-Identifier: Apache-2.0
"""The simulation itself: the same seed gives the same run, and the product as it is breaks nothing in it."""

import pytest

from callbox.drills.sim.play import play

BRIEF_H, QUIET_S = 0.04, (20.0, 60.0)


def test_the_same_seed_is_the_same_run() -> None:
    first, again, other = (play(seed, BRIEF_H, quiet=QUIET_S) for seed in (7, 7, 8))
    assert first.trace == again.trace
    assert (first.contacts, first.actions, first.faults) == (again.contacts, again.actions, again.faults)
    assert other.trace != first.trace


@pytest.mark.parametrize("seed", [1, 2])
def test_the_product_as_it_is_breaks_nothing(seed: int) -> None:
    run = play(seed, BRIEF_H, quiet=QUIET_S)
    assert run.broken == ()
    assert run.contacts >= 2
    assert run.actions >= 50
