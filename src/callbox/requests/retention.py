# SPDX-License-Identifier: Apache-2.0
"""Erasing what is personal about closed requests, at its date. Part of the room's actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from callbox.access.retention import blank_due
from callbox.kernel.actor import Actor
from callbox.requests.domain import limit
from callbox.requests.models import Details, Remark, Reporter


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank what is past its date; how many rows (at most a portion of each). Areas, categories and numbers stay."""
    over = {"retain_until__lte": at, "request__open": False}
    details = Details.objects.filter(Q(sealed__isnull=False) | Q(lon__isnull=False), **over)
    count = len(blank_due(details, by=by, at=at, lon=None, lat=None, sealed=None))
    for model in (Reporter, Remark):
        count += len(blank_due(model.objects.filter(sealed__isnull=False, **over), by=by, at=at, sealed=None))
    return count


def kept_spans(at: datetime) -> Iterable[timedelta]:
    """For how long what is sealed today is kept."""
    return [timedelta(days=limit("kept_days", at.date()))]
