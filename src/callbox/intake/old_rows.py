# SPDX-License-Identifier: Apache-2.0
"""Callers that the release before this one wrote open are sealed. Part of the room's actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.retention import note_sealed
from callbox.intake import keeping
from callbox.intake.models import OPEN, Caller
from callbox.kernel.actor import Actor

PORTION = 200


@transaction.atomic
def seal_old(*, by: Actor, at: datetime) -> int:
    """Seal a portion; how many."""
    rows = Caller.objects.select_for_update(skip_locked=True, of=("self",)).select_related("call")
    found = list(rows.filter(OPEN, sealed=None)[:PORTION])
    for row in found:
        keeping.rewrite(row.call, {})
    return note_sealed("intake_caller", len(found), by=by, at=at)
