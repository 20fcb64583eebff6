# SPDX-License-Identifier: Apache-2.0
"""Five hundred screens whose lines break in one moment, under load: all come back, each is told everything once."""

import time

from callbox.drills.judge import judge, told_in
from callbox.drills.latency import GAP_S
from callbox.drills.load import load
from callbox.drills.many_screens import Screens
from callbox.drills.result import Result
from callbox.drills.sampling import Bounds, sampled, within
from callbox.drills.senders import Pace
from callbox.drills.site import site

HELP = "500 screens cut off in one moment and back at once, each told everything in order; --times: how many cuts"
TIMES = 3
SCREENS = 500
BACK_S = 10.0
BETWEEN_S = 2.0
PACE = Pace(rate=1.0)  # each change goes to five hundred screens, whose part is played by this process alone
BOUNDS = Bounds(files=1_500)


def run(seed: int, times: int) -> Result:
    """So many cuts."""
    return cut_off(Result("reconnect-500", seed), times, SCREENS)


def cut_off(result: Result, times: int, many: int) -> Result:
    """Cut the lines of so many screens so many times."""
    with site() as here:
        with sampled(here) as samples, load(here, result.seed, PACE) as ledger:
            screens = Screens(here, ledger, many)
            with told_in(result), screens.there():
                for _cut in range(times):
                    time.sleep(BETWEEN_S)
                    screens.cut_all()
                    result.recovery_s = max(result.recovery_s or 0.0, screens.await_back())
                    result.counts["cuts"] += 1
                screens.await_shown_all()
        result.broken += within(samples, BOUNDS)
        _measure(result, ledger.gap_s())
        result.extra["screens"] = many
        result.extra["door_files"] = max((sample.files.get("door", 0) for sample in samples), default=0)
        result.extra["door_mib"] = max((sample.memory.get("door", 0) for sample in samples), default=0) >> 20
        return judge(here, ledger, result)


def _measure(result: Result, gap_s: float) -> None:
    result.gap_s = gap_s
    if gap_s > GAP_S:
        result.late.append(f"a fresh contact waited {gap_s:.2f} s for its yes")
    if result.recovery_s and result.recovery_s > BACK_S:
        result.late.append(f"the screens were all back only after {result.recovery_s:.1f} s")
