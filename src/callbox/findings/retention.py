# SPDX-License-Identifier: Apache-2.0
"""Findings whose date has come forget case and evidence; rule, grade and dates stay. Part of the room's actions."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast

from callbox.access.retention import blank_due
from callbox.findings.domain import ENDED
from callbox.findings.models import Finding
from callbox.kernel.actor import Actor


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank a portion of those that ended so long ago; how many. Raises NotAllowed.

    The matter's id stays, which is made of what was blanked: the same verdict does not raise it again.
    """
    due = Finding.objects.filter(retain_until__lte=at, erased=False, state__in=ENDED).order_by("retain_until")
    itself = Cast(F("matter_id"), TextField())
    return len(
        blank_due(due, by=by, at=at, key=itself, activation=itself, evidence={}, event="", erased=True)
    )
