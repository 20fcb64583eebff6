# SPDX-License-Identifier: Apache-2.0
"""Erasing places and remarks of closed incidents, at their date. Part of the room's actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from callbox.access.retention import blank_due
from callbox.incidents.actions import RETENTION
from callbox.incidents.models import OPEN_PLACE, OPEN_TEXT, Place, Remark
from callbox.kernel.actor import Actor


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank what is past its date; how many rows (at most a portion of each). Areas and numbers stay."""
    over = {"retain_until__lte": at, "incident__matter__final": True}
    places = Place.objects.filter(Q(sealed__isnull=False) | Q(lon__isnull=False) | OPEN_PLACE, **over)
    remarks = Remark.objects.filter(Q(sealed__isnull=False) | OPEN_TEXT, **over)
    erased = blank_due(places, by=by, at=at, lon=None, lat=None, sealed=None, address="", note="")
    return len(erased) + len(blank_due(remarks, by=by, at=at, sealed=None, text=""))


def kept_spans(at: datetime) -> Iterable[timedelta]:
    """For how long what is sealed today is kept."""
    return [RETENTION]
