# SPDX-License-Identifier: Apache-2.0
"""Erasing places and remarks of closed incidents, at their date. Part of the room's actions."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from callbox.access.retention import note_erased
from callbox.incidents.models import OPEN_PLACE, OPEN_TEXT, Place, Remark
from callbox.kernel.actor import Actor

PORTION = 500


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank what is past its date; how many rows (at most a portion of each). Areas and numbers stay."""
    places = Place.objects.filter(
        Q(sealed__isnull=False) | Q(lon__isnull=False) | OPEN_PLACE,
        retain_until__lte=at,
        incident__matter__final=True,
    )
    ids = list(places.values_list("pk", flat=True)[:PORTION])
    count = Place.objects.filter(pk__in=ids).update(lon=None, lat=None, sealed=None, address="", note="")
    remarks = Remark.objects.filter(
        Q(sealed__isnull=False) | OPEN_TEXT, retain_until__lte=at, incident__matter__final=True
    )
    ids = list(remarks.values_list("pk", flat=True)[:PORTION])
    told = Remark.objects.filter(pk__in=ids).update(sealed=None, text="")
    return note_erased("incidents_place", count, by=by, at=at) + note_erased(
        "incidents_remark", told, by=by, at=at
    )
