# SPDX-License-Identifier: Apache-2.0
"""Erasing pictures at their date. Part of the room's actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.retention import blank_due
from callbox.kernel.actor import Actor
from callbox.pictures.models import Picture

PORTION = 100  # fewer than elsewhere: a picture is half a megabyte


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank the pictures of finished matters whose date has come; how many (at most a portion).

    That there was one, and when, stays: the journal names it.
    """
    due = Picture.objects.filter(sealed__isnull=False, retain_until__lte=at, matter__final=True)
    return len(blank_due(due, by=by, at=at, most=PORTION, sealed=None))
