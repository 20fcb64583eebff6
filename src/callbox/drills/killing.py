# SPDX-License-Identifier: Apache-2.0
"""Processes killed at random moments under load, again and again, each started anew by its household."""

import random
import time
from collections.abc import Sequence

from callbox.drills.judge import judge, told_in
from callbox.drills.load import load
from callbox.drills.result import Result
from callbox.drills.site import HEALTHY_S, Site, await_true, site

LONGEST_S = 0.8  # until the next kill, once the process is up again


def killed_at_random(drill: str, victims: Sequence[str], seed: int, times: int) -> Result:
    """Kill one of these processes so many times under load, and judge."""
    result = Result(drill, seed)
    with site() as here:
        with load(here, seed) as ledger, told_in(result):
            kill(here, victims, seed, times, result)
        result.extra["longest_wait_s"] = round(ledger.gap_s(), 3)
        return judge(here, ledger, result)


def kill(here: Site, victims: Sequence[str], seed: int, times: int, result: Result) -> None:
    """So many kills at moments that the seed gives, each of a process that has come up."""
    dice = random.Random(f"kills/{seed}")  # noqa: S311 - repeatable on purpose
    while result.counts["app_kills"] < times:
        victim = dice.choice(victims)
        await_true(lambda name=victim: here.is_up(name), HEALTHY_S, f"{victim} does not come up")  # type: ignore[misc]
        time.sleep(dice.random() * LONGEST_S)
        result.counts["app_kills"] += here.kill(victim)
