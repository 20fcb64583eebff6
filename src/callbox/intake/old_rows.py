# SPDX-License-Identifier: Apache-2.0
"""Callers that the release before this one wrote open are sealed. Part of the room's actions."""

from django.db import transaction

from callbox.intake import keeping
from callbox.intake.models import OPEN, Caller

PORTION = 200


@transaction.atomic
def seal_old() -> int:
    """Seal a portion; how many."""
    rows = Caller.objects.select_for_update(skip_locked=True, of=("self",)).select_related("call")
    found = list(rows.filter(OPEN, sealed=None)[:PORTION])
    for row in found:
        keeping.rewrite(row.call, {})
    return len(found)
