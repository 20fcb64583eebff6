# SPDX-License-Identifier: Apache-2.0
"""Erasing what is personal about closed requests, at its date. Part of the room's actions."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from callbox.access.retention import note_erased
from callbox.kernel.actor import Actor
from callbox.requests.models import Details, Remark, Reporter

PORTION = 500


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank what is past its date; how many rows (at most a portion of each). Areas, categories and numbers stay."""
    some = Q(sealed__isnull=False) | Q(lon__isnull=False)
    found = Details.objects.filter(some, retain_until__lte=at, request__open=False)
    ids = list(found.values_list("pk", flat=True)[:PORTION])
    count = Details.objects.filter(pk__in=ids).update(lon=None, lat=None, sealed=None)
    count = note_erased("requests_details", count, by=by, at=at)
    for model, table in ((Reporter, "requests_reporter"), (Remark, "requests_remark")):
        rows = model.objects.filter(sealed__isnull=False, retain_until__lte=at, request__open=False)
        ids = list(rows.values_list("pk", flat=True)[:PORTION])
        erased = model.objects.filter(pk__in=ids).update(sealed=None)
        count += note_erased(table, erased, by=by, at=at)
    return count
