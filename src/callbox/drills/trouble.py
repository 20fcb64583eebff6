# SPDX-License-Identifier: Apache-2.0
"""Faults of the database, one after the other under load, with the accept gap and the recovery measured."""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from callbox.drills.judge import judge, told_in
from callbox.drills.latency import BACK_S, GAP_S, back_after_s
from callbox.drills.ledger import Ledger
from callbox.drills.load import load
from callbox.drills.result import Result
from callbox.drills.sampling import Bounds, sampled, within
from callbox.drills.site import HEALTHY_S, Site, await_true, site

CALM_S = 0.8  # between two faults, at most as long again

Fault = Callable[[Site, random.Random], AbstractContextManager[object]]


def troubled(result: Result, faults: list[Fault], times: int, count: str, **options: Any) -> Result:
    """Make these faults in turn, so many times altogether; each lasts as long as its block. Judge at the end.

    count: under which name a fault is counted. options: as of `Site`.
    """
    dice = random.Random(f"trouble/{result.seed}")  # noqa: S311 - repeatable on purpose
    with site(**options) as here:
        with sampled(here) as samples, load(here, result.seed) as ledger:
            with told_in(result):
                for number in range(times):
                    time.sleep(CALM_S * (0.25 + dice.random()))
                    _one(here, faults[number % len(faults)], dice, ledger, result)
                    result.counts[count] += 1
            ended = time.monotonic()
            time.sleep(CALM_S)
        _measure(ledger, ended, result)
        result.broken += within(samples, Bounds())
        return judge(here, ledger, result)


def _one(here: Site, fault: Fault, dice: random.Random, ledger: Ledger, result: Result) -> None:
    with fault(here, dice):
        pass
    over = time.monotonic()
    await_true(lambda: takes_again(here, ledger, over), HEALTHY_S, "the database takes no contact")
    result.recovery_s = max(result.recovery_s or 0.0, time.monotonic() - over)


def takes_again(here: Site, ledger: Ledger, over: float) -> bool:
    """Whether a contact first sent after that moment was accepted by the database."""
    recent = ledger.sent[-200:]
    return any(ack.accepted == "database" for sent in recent if sent.first_at > over for ack in sent.acks)


def _measure(ledger: Ledger, ended: float, result: Result) -> None:
    result.gap_s = ledger.gap_s(door_there=True)
    if result.gap_s > GAP_S:
        result.late.append(f"a fresh contact waited {result.gap_s:.2f} s for its yes")
    back = back_after_s(ledger, ended)
    result.extra["latency_back_s"] = round(back, 3)
    if back > BACK_S:
        result.late.append(f"waits were as usual again only after {back:.1f} s")
