# SPDX-License-Identifier: Apache-2.0
"""Erasing pictures at their date. Part of the room's actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.retention import note_erased
from callbox.kernel.actor import Actor
from callbox.pictures.models import Picture

PORTION = 100


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank the pictures of finished matters whose date has come; how many (at most a portion).

    That there was one, and when, stays: the journal names it.
    """
    due = Picture.objects.filter(sealed__isnull=False, retain_until__lte=at, matter__final=True)
    ids = list(due.values_list("pk", flat=True)[:PORTION])
    count = Picture.objects.filter(pk__in=ids).update(sealed=None)
    return note_erased("pictures_picture", count, by=by, at=at)
