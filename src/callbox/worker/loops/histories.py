# SPDX-License-Identifier: Apache-2.0
"""What the journal says of calls, incidents, requests and tasks becomes events that oversight judges."""

from datetime import datetime

from callbox.oversight.own import PORTION, take_journal
from callbox.worker.loop import Loop


def step(at: datetime) -> int:
    """Read the next entries of the journal."""
    return take_journal(at=at)


LOOP = Loop("histories", step, every_s=2.0, full=PORTION)
