# SPDX-License-Identifier: Apache-2.0
"""The simulation itself: the same seed gives the same run, and the product as it is breaks nothing in it."""

import pytest

from callbox.drills.sim.play import play

BRIEF_H = 0.05


def test_the_same_seed_is_the_same_run() -> None:
    first, again, other = play(7, BRIEF_H), play(7, BRIEF_H), play(8, BRIEF_H)
    assert first.trace == again.trace
    assert (first.contacts, first.actions, first.faults) == (again.contacts, again.actions, again.faults)
    assert other.trace != first.trace


@pytest.mark.parametrize("seed", [1, 2])
def test_the_product_as_it_is_breaks_nothing(seed: int) -> None:
    run = play(seed, BRIEF_H)
    assert run.broken == ()
    assert run.contacts >= 2
    assert run.actions >= 50
