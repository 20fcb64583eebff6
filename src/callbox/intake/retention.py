# SPDX-License-Identifier: Apache-2.0
"""Erasing who called and what they said, at its date. Part of the room's actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.retention import note_erased
from callbox.intake.keeping import BLANK
from callbox.intake.models import KEPT, OPEN, Call, Caller
from callbox.kernel.actor import Actor

PORTION = 500


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank the callers of finished calls whose date has come; how many rows (at most a portion).

    What joined the messages of one sender goes with them.
    """
    due = Caller.objects.filter(KEPT | OPEN, retain_until__lte=at, call__matter__final=True)
    ids = list(due.values_list("pk", flat=True)[:PORTION])
    count = Caller.objects.filter(pk__in=ids).update(sealed=None, unread=None, **BLANK)
    Call.objects.filter(pk__in=ids).exclude(thread="").update(thread="")
    return note_erased("intake_caller", count, by=by, at=at)
