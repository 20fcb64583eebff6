# SPDX-License-Identifier: Apache-2.0
"""The server that takes writes dies under load, its standby takes over; and back again."""

import time
from contextlib import ExitStack

from callbox.drills.folders import scratch
from callbox.drills.judge import judge
from callbox.drills.load import load
from callbox.drills.pair import PairSite
from callbox.drills.result import Result
from callbox.drills.senders import Pace
from callbox.drills.site import await_true
from callbox.drills.small import says, takes

HELP = "the primary database is killed under load and its streaming standby takes over, there and back"
TIMES = 2
PATIENCE_S = 90.0
PROMISED_S = 1.5


def run(seed: int, times: int) -> Result:
    """Switch so many times."""
    result = Result("standby", seed)
    with ExitStack() as stack:
        here = PairSite(stack.enter_context(scratch()))
        stack.callback(here.close)
        here.open()
        with load(here, seed, Pace(rate=15)) as ledger:
            for _ in range(times):
                begun = time.monotonic()
                here.switch()
                await_true(lambda: takes(here) and says(here) == "up", PATIENCE_S, "nothing is taken")
                result.recovery_s = max(result.recovery_s or 0.0, time.monotonic() - begun)
                here.follow()
                result.counts["switches"] += 1
        result.gap_s = ledger.gap_s()
        if result.gap_s > PROMISED_S:
            result.late.append(f"a contact had its yes after {result.gap_s:.2f} s")
        return judge(here, ledger, result)
