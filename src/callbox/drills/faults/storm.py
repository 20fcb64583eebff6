# SPDX-License-Identifier: Apache-2.0
"""A storm: a hundred times the usual rate of contacts, a third of them repeats, while complaints fill their lane."""

import asyncio
import time
from collections.abc import Sequence

from callbox.drills.crowd import Crowd
from callbox.drills.judge import judge, told_in
from callbox.drills.latency import BACK_S, USUAL_S, back_after_s
from callbox.drills.load import load
from callbox.drills.result import Broken, Result
from callbox.drills.sampling import Bounds, sampled, within
from callbox.drills.site import HEALTHY_S, Site, site

HELP = (
    "300 emergencies a second from one address and ten thousand, complaints beside; --times: how many seconds"
)
TIMES = 60
READ_S = 30.0  # for each second of storm, until all of it are calls
BOUNDS = Bounds(files=1_500, waiting=50_000)  # the door holds at most 768 connections, and a call can wait


def run(seed: int, times: int) -> Result:
    """So many seconds of storm over the usual load, then calm."""
    result = Result("storm", seed)
    with site() as here:
        with sampled(here) as samples, load(here, seed) as ledger:
            crowd = _storm(here, seed, times, result)
            ended = time.monotonic()
            time.sleep(min(BACK_S, times))
        result.extra["latency_back_s"] = round(back := back_after_s(ledger, ended), 3)
        if back > BACK_S:
            result.late.append(f"waits were as usual again only after {back:.1f} s")
        result.broken += within(samples, BOUNDS)
        _weigh(crowd, result)
        refused = {sent.key for sent in crowd.refused}
        ledger.sent += [sent for sent in crowd.ledger.sent if sent.key not in refused]
        with told_in(result):
            result.offered_s = here.await_healthy(HEALTHY_S + READ_S * times)
        return judge(here, ledger, result)


def _storm(here: Site, seed: int, for_s: float, result: Result) -> Crowd:
    crowd, begun = Crowd(here.port, seed), time.monotonic()
    asyncio.run(crowd.run(for_s))
    tries = sum(len(sent.attempts) for sent in crowd.ledger.sent)
    result.counts["storm_seconds"] += int(for_s)
    result.extra["storm_tries_a_second"] = round(tries / (time.monotonic() - begun), 1)
    return crowd


def _weigh(crowd: Crowd, result: Result) -> None:
    """What became of the emergencies, and of the complaints."""
    emergencies = list(crowd.emergencies())
    errors = [tried.outcome for sent in emergencies for tried in sent.attempts if tried.outcome != "201"]
    result.broken += [
        Broken("refused", f"an emergency was answered {said}") for said in errors if said[0] == "4"
    ]
    p99_s = percentile([sent.wait_s or HEALTHY_S for sent in emergencies], 0.99)
    if p99_s > USUAL_S:
        result.late.append(f"of a hundred emergencies one waited {p99_s:.2f} s")
    if errors:
        result.late.append(f"{len(errors)} tries to send an emergency had no yes")
    result.extra |= {
        "storm_emergencies": len(emergencies),
        "storm_emergency_p99_ms": round(1000 * p99_s, 1),
        "storm_errors": len(errors),
        "complaints_refused": len(crowd.refused),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of all do not pass; 0 without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
