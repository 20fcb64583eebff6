# SPDX-License-Identifier: Apache-2.0
"""64 kbit/s between a screen and the door: it stays right, a contact gets through, and nobody else is slowed."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from callbox.drills.far import BITS, SCREENS, SLOW, FarSite, far_site
from callbox.drills.faults.storm import percentile
from callbox.drills.judge import judge, told_in
from callbox.drills.latency import GAP_S, USUAL_S
from callbox.drills.ledger import Ledger
from callbox.drills.load import load
from callbox.drills.many_screens import Screens
from callbox.drills.result import Result
from callbox.drills.sampling import Bounds, sampled, within
from callbox.drills.senders import Pace, Senders

HELP = (
    "64 kbit/s between a screen or a sender and the door; --times: how many contacts are sent over that line"
)
TIMES = 10
FAST = 3
BETWEEN_S = 1.0
PACE = Pace(rate=2.0)  # an entry is some 600 bytes, and each call makes several: more does not pass the line
BEHIND_S = 5.0  # more than the line's own queue holds


def run(seed: int, times: int) -> Result:
    """So many contacts over the slow line, on which a screen follows everything meanwhile."""
    result = Result("slow-line", seed)
    with far_site() as here, sampled(here) as samples:
        here.network.slow_down(SLOW, BITS)
        with _followed(here, result) as (ledger, slow, fast), told_in(result):
            mine = Ledger()
            sender = Senders(here.address_from(SLOW), mine, seed + 1, Pace(repeats=0.0))
            with here.network.inside(SLOW):
                for _contact in range(times):
                    asyncio.run(sender.one())
                    result.counts["slow_contacts"] += 1
                    time.sleep(BETWEEN_S)
            ledger.sent += mine.sent
            slow.await_shown_all()
            _weigh(result, mine, slow, fast)
        result.broken += within(samples, Bounds())
        return judge(here, ledger, result)


@contextmanager
def _followed(here: FarSite, result: Result) -> Iterator[tuple[Ledger, Screens, Screens]]:
    """The usual load, a screen on the slow line and some on a usual one."""
    with ExitStack() as stack:
        with here.network.inside(SCREENS):
            ledger = stack.enter_context(load(here, result.seed, PACE))
        slow = Screens(here, ledger, 1, here.address_from(SLOW))
        fast = Screens(here, ledger, FAST)
        for place, screens in ((SLOW, slow), (SCREENS, fast)):
            with here.network.inside(place):
                stack.enter_context(screens.there())
        yield ledger, slow, fast


def _weigh(result: Result, mine: Ledger, slow: Screens, fast: Screens) -> None:
    """How long contacts and changes were on their way, on the slow line and beside it."""
    result.gap_s = mine.gap_s()
    if result.gap_s > GAP_S:
        result.late.append(f"a contact on the slow line waited {result.gap_s:.2f} s for its yes")
    told = {"slow": (slow.late_s(), BEHIND_S), "fast": (fast.late_s(), USUAL_S)}
    for name, (late_s, most_s) in told.items():
        p99_s = percentile(late_s, 0.99)
        result.extra[f"{name}_screen_p99_ms"] = round(1000 * p99_s, 1)
        if p99_s > most_s:
            result.late.append(f"the {name} screens heard the door {p99_s:.1f} s late")
