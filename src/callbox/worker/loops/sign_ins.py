# SPDX-License-Identifier: Apache-2.0
"""Sign-ins whose time is over end by themselves, and their streams with them."""

from datetime import datetime

from callbox.access.sign_ins import PORTION, end_run_out
from callbox.worker.loop import Loop


def step(at: datetime) -> int:
    """End a portion."""
    return end_run_out(at=at)


LOOP = Loop("sign-ins", step, every_s=1.0, full=PORTION)
