# SPDX-License-Identifier: Apache-2.0
"""The journal is sealed over all its chains."""

from datetime import datetime

from django.db import IntegrityError

from callbox.journal.actions import BATCH, seal_entries
from callbox.worker.loop import Loop


def step(at: datetime) -> int:
    """Seal one batch; 0 when another sealer was first."""
    try:
        return seal_entries(at=at)
    except IntegrityError:
        return 0


LOOP = Loop("seals", step, every_s=0.25, full=BATCH)
