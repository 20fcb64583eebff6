# SPDX-License-Identifier: Apache-2.0
"""Erasing who called and what they said, at its date. Part of the room's actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from callbox.access.retention import blank_due
from callbox.intake.actions import RETENTION
from callbox.intake.keeping import BLANK
from callbox.intake.models import KEPT, OPEN, Call, Caller
from callbox.kernel.actor import Actor


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank the callers of finished calls whose date has come; how many rows (at most a portion).

    What joined the messages of one sender goes with them.
    """
    due = Caller.objects.filter(KEPT | OPEN, retain_until__lte=at, call__matter__final=True)
    erased = blank_due(due, by=by, at=at, sealed=None, unread=None, **BLANK)
    Call.objects.filter(pk__in=erased).exclude(thread="").update(thread="")
    return len(erased)


def kept_spans(at: datetime) -> Iterable[timedelta]:
    """For how long what is sealed today is kept."""
    return [RETENTION]
