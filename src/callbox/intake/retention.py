# SPDX-License-Identifier: Apache-2.0
"""Erasing who called and what they said, at its date. Part of the room's actions."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from callbox.access.retention import note_erased
from callbox.intake.models import Caller
from callbox.kernel.actor import Actor

PORTION = 500
BLANK = {
    "name": "",
    "number": "",
    "words": "",
    "place": "",
    "type_hint": "",
    "lon": None,
    "lat": None,
}


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank the callers of finished calls whose date has come; how many rows (at most a portion)."""
    due = Caller.objects.filter(retain_until__lte=at, call__matter__final=True)
    held = due.exclude(Q(lon=None) & Q(**{name: "" for name, blank in BLANK.items() if blank == ""}))
    ids = list(held.values_list("pk", flat=True)[:PORTION])
    count = Caller.objects.filter(pk__in=ids).update(**BLANK)
    return note_erased("intake_caller", count, by=by, at=at)
