# SPDX-License-Identifier: Apache-2.0
"""Residents are told of the steps of their requests."""

from datetime import datetime

from callbox.requests.telling import PORTION, tell_residents
from callbox.worker.loop import Loop


def step(at: datetime) -> int:
    """Read the next entries of the journal."""
    return tell_residents(at=at)


LOOP = Loop("residents", step, every_s=2.0, full=PORTION)
