# SPDX-License-Identifier: Apache-2.0
"""Whether every loop still gets on, written down where the door reads it."""

from collections.abc import Sequence
from datetime import datetime

from callbox.matters.queries import next_due
from callbox.worker.actions import note_health
from callbox.worker.loop import Loop, Runner

EVERY_S = 3.0
PATIENCE_S = 15.0  # beyond a loop's own pace; set by the authority
CLOCK = "unfired clock"


def standing(runners: Sequence[Runner]) -> Loop:
    """The loop that watches these; `runners` may be filled later."""
    return Loop("standing", lambda at: note_standing(runners, at), every_s=EVERY_S)


def note_standing(runners: Sequence[Runner], at: datetime) -> int:
    """Note for each loop the seconds since its last good step, and how late the sweep of clocks is."""
    for runner in runners:
        limit = PATIENCE_S + runner.loop.every_s + runner.loop.settle_s
        note_health(f"loop {runner.loop.name}", runner.quiet_s, runner.quiet_s <= limit, at=at)
    due = next_due()
    late = max(0.0, (at - due).total_seconds()) if due else 0.0
    note_health(CLOCK, late, late <= PATIENCE_S, at=at)
    return 0
