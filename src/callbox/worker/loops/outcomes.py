# SPDX-License-Identifier: Apache-2.0
"""What requests came to is kept for the figures."""

from datetime import datetime

from callbox.requests.outcomes import PORTION, keep_outcomes
from callbox.worker.loop import Loop


def step(_at: datetime) -> int:
    """Read the next entries of the journal."""
    return keep_outcomes()


LOOP = Loop("outcomes", step, every_s=5.0, full=PORTION)
