# SPDX-License-Identifier: Apache-2.0
"""The cable is pulled between door and database, and between screens and door, and plugged in again."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from callbox.drills.far import BITS, DATABASE, SCREENS, SLOW, FarSite, far_site
from callbox.drills.judge import judge, told_in
from callbox.drills.latency import GAP_S
from callbox.drills.ledger import Ledger
from callbox.drills.load import load
from callbox.drills.many_screens import Screens
from callbox.drills.result import Broken, Result
from callbox.drills.sampling import Bounds, sampled, within
from callbox.drills.senders import Pace, Senders
from callbox.drills.site import await_true
from callbox.host.processes import LOCAL

HELP = "the network cut between door and database, and between screens and door; --times: how many cuts"
TIMES = 6
LEAST_S, MOST_S = 3.5, 9.0
CALM_S = 1.0
FORGETTING = 4  # the number of the cut in which the screens give up unheard
STALE_S = 3.0  # a screen that believes to know everything from less than this ago looks fresh
MANY = 3
FORGOTTEN_S = 90.0  # three times what the door waits for a word
PACE = Pace(rate=3.0)  # a large city's; more does not pass a line of 64 kbit/s


class Cuts:
    """The cuts of one run, and what was found in them. slow: a screen with a line of its own, which is narrow."""

    def __init__(
        self, here: FarSite, ledger: Ledger, screens: Screens, slow: Screens, result: Result
    ) -> None:
        self._here, self.ledger, self._result = here, ledger, result
        self._screens, self._slow = screens, slow
        self._others = Senders(f"http://{LOCAL}:{here.port}", ledger, result.seed + 1, Pace(repeats=0.0))

    def of_the_database(self, for_s: float) -> None:
        """Nothing passes between the processes and the database: contacts are taken, and the screens look stale."""
        begun = time.monotonic()
        ended = self._pull(DATABASE, for_s)
        waits = [sent.wait_s or 0.0 for sent in self.ledger.sent if begun <= sent.first_at <= ended]
        self._result.gap_s = max([self._result.gap_s or 0.0, *waits])
        acks = (ack for sent in self.ledger.sent for ack in sent.acks)
        if not any(ack.accepted == "spool" and ack.at > begun for ack in acks):
            self._result.broken.append(
                Broken("accepting", "nothing was accepted while the database was away")
            )

    def of_the_screens(self, for_s: float) -> None:
        """Nothing passes between screens and door: who calls from elsewhere is heard, and the screens look stale."""
        self._pull(SCREENS, for_s)

    def with_forgotten_streams(self) -> None:
        """The screens give up while they are cut off, and the door is not told: it gives up their streams itself."""
        self._here.network.cut(SCREENS)
        try:
            self._screens.cut_all()
            gone = lambda: self._here.ask("/door/health")["screens"] <= 1  # noqa: E731 - the slow one
            await_true(gone, FORGOTTEN_S, "the door keeps streams that lead nowhere")
        finally:
            self._here.network.mend(SCREENS)
        self._await_back()

    def _pull(self, name: str, for_s: float) -> float:
        """When (monotonic seconds) the cable was plugged in again."""
        begun = time.monotonic()
        self._here.network.cut(name)
        try:
            asyncio.run(self._others.one())
            time.sleep(max(0.0, begun + for_s - time.monotonic()))
            age_s = self._screens.youngest_s
        finally:
            self._here.network.mend(name)
        mended = time.monotonic()
        if age_s < STALE_S:
            said = f"with a cut to the {name} of {for_s:.1f} s a screen looked {age_s:.1f} s old"
            self._result.broken.append(Broken("stale", said))
        self._await_back()
        return mended

    def _await_back(self) -> None:
        mended = time.monotonic()
        for screens in (self._screens, self._slow):
            screens.await_back()
            screens.await_shown_all()
        self._here.await_healthy()
        self._result.recovery_s = max(self._result.recovery_s or 0.0, time.monotonic() - mended)
        self._result.counts["cuts"] += 1


def run(seed: int, times: int) -> Result:
    """So many cuts, of database and screens in turn; the fifth leaves half-open streams."""
    return cut_off(Result("cut", seed), times, MOST_S)


def cut_off(result: Result, times: int, most_s: float) -> Result:
    """So many cuts of at most so many seconds. Raises Skipped where the machine refuses a network."""
    dice = random.Random(f"cut/{result.seed}")  # noqa: S311 - repeatable on purpose
    with far_site() as here, sampled(here) as samples:
        ledger = Ledger()
        with told_in(result), _beyond(here, result) as cuts:
            ledger = cuts.ledger
            for number in range(times):
                time.sleep(CALM_S)
                if number == FORGETTING:
                    cuts.with_forgotten_streams()
                else:
                    (cuts.of_the_database, cuts.of_the_screens)[number % 2](dice.uniform(LEAST_S, most_s))
        if result.gap_s and result.gap_s > GAP_S:
            result.late.append(f"a fresh contact waited {result.gap_s:.2f} s for its yes")
        result.broken += within(samples, Bounds())
        return judge(here, ledger, result)


@contextmanager
def _beyond(here: FarSite, result: Result) -> Iterator[Cuts]:
    """Senders, staff and screens in their place, and one screen on a slow line, for the length of the block."""
    here.network.slow_down(SLOW, BITS)
    with ExitStack() as stack:
        with here.network.inside(SCREENS):
            ledger = stack.enter_context(load(here, result.seed, PACE))
        screens, slow = Screens(here, ledger, MANY), Screens(here, ledger, 1, here.address_from(SLOW))
        for place, group in ((SCREENS, screens), (SLOW, slow)):
            with here.network.inside(place):
                stack.enter_context(group.there())
        yield Cuts(here, ledger, screens, slow, result)
