# SPDX-License-Identifier: Apache-2.0
"""Looking for planted bugs: seed after seed until an invariant breaks."""

from dataclasses import dataclass

from callbox.drills.sim.planted import Bug, changes_of
from callbox.drills.sim.play import Run, play

HOURS = 0.06
QUIET_S = (20.0, 120.0)


@dataclass(frozen=True, slots=True)
class Hunted:
    """What became of one bug. run: the one that found it; None when no seed did."""

    bug: Bug
    run: Run | None
    runs: int
    seconds: float
    cpu_s: float


def clean(seed: int) -> Run:
    """The same run with no bug planted."""
    return play(seed, HOURS, quiet=QUIET_S)


def hunt(bug: Bug, seed: int, most: int) -> Hunted:
    """Run seed after seed, at most so many, until an invariant that the bug must break is broken."""
    changes, seconds, cpu_s = changes_of(bug), 0.0, 0.0
    for number in range(most):
        run = play(seed + number, HOURS, changes, bug.without, QUIET_S)
        seconds, cpu_s = seconds + run.seconds, cpu_s + run.cpu_s
        if any(broken.startswith(bug.rules) for broken in run.broken):
            return Hunted(bug, run, number + 1, seconds, cpu_s)
    return Hunted(bug, None, most, seconds, cpu_s)
