# SPDX-License-Identifier: Apache-2.0
"""Erasing places and remarks of closed incidents, at their date. Part of the room's actions."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from callbox.access.retention import note_erased
from callbox.incidents.models import Place, Remark
from callbox.kernel.actor import Actor

PORTION = 500


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank what is past its date; how many rows (at most a portion of each). Areas and numbers stay."""
    places = Place.objects.filter(retain_until__lte=at, incident__matter__final=True)
    held = places.exclude(Q(lon=None) & Q(address="") & Q(note=""))
    ids = list(held.values_list("pk", flat=True)[:PORTION])
    count = Place.objects.filter(pk__in=ids).update(lon=None, lat=None, address="", note="")
    remarks = Remark.objects.filter(retain_until__lte=at, incident__matter__final=True).exclude(text="")
    told = Remark.objects.filter(pk__in=list(remarks.values_list("pk", flat=True)[:PORTION])).update(text="")
    return note_erased("incidents_place", count, by=by, at=at) + note_erased(
        "incidents_remark", told, by=by, at=at
    )
