# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL stopped in the middle of whatever it does, and let go on: nothing answers, nothing is closed."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from callbox.drills.result import Result
from callbox.drills.site import Site
from callbox.drills.trouble import troubled

HELP = "SIGSTOP of PostgreSQL and all its back ends under load, then SIGCONT"
TIMES = 4
LEAST_S, MOST_S = 0.5, 3.0


def run(seed: int, times: int) -> Result:
    """Freeze it so many times."""
    return troubled(Result("freeze-postgres", seed), [frozen], times, "freezes")


@contextmanager
def frozen(here: Site, dice: random.Random) -> Iterator[None]:
    """Frozen for as long as the seed says."""
    here.cluster.freeze()
    try:
        time.sleep(dice.uniform(LEAST_S, MOST_S))
    finally:
        here.cluster.thaw()
    yield
