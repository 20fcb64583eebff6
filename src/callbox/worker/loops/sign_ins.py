# SPDX-License-Identifier: Apache-2.0
"""Sign-ins and wider access whose time is over end by themselves, and their streams with them."""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.access.sign_ins import PORTION, end_run_out
from callbox.access.widening import end_run_out_widenings
from callbox.worker.loop import Loop

ACTOR = system_actor("sign-ins")


def step(at: datetime) -> int:
    """End a portion."""
    return end_run_out(at=at) + end_run_out_widenings(by=ACTOR, at=at)


LOOP = Loop("sign-ins", step, every_s=1.0, full=PORTION)
