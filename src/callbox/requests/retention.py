# SPDX-License-Identifier: Apache-2.0
"""Erasing what is personal about closed requests, at its date. Part of the room's actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from callbox.access.retention import PORTION, blank_due, note_erased
from callbox.kernel.actor import Actor
from callbox.requests.counting import forget_attempts
from callbox.requests.domain import limit
from callbox.requests.models import Code, Details, Follow, Remark, Reporter, Ringing


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank what is past its date; how many rows (at most a portion of each). Areas, categories and numbers stay."""
    over = {"retain_until__lte": at, "request__open": False}
    details = Details.objects.filter(Q(sealed__isnull=False) | Q(lon__isnull=False), **over)
    count = len(blank_due(details, by=by, at=at, lon=None, lat=None, sealed=None))
    count += forget_attempts(at=at) + Code.objects.filter(until__lte=at).delete()[0]
    count += Ringing.objects.filter(until__lte=at).delete()[0]
    follow = Follow.objects.filter(**over).values_list("pk", flat=True)[:PORTION]
    gone = Follow.objects.filter(pk__in=list(follow)).delete()[0]
    count += note_erased("requests_follow", gone, by=by, at=at)
    for model in (Reporter, Remark):
        count += len(blank_due(model.objects.filter(sealed__isnull=False, **over), by=by, at=at, sealed=None))
    return count


def kept_spans(at: datetime) -> Iterable[timedelta]:
    """For how long what is sealed today is kept."""
    return [timedelta(days=limit("kept_days", at.date()))]
