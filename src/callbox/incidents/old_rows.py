# SPDX-License-Identifier: Apache-2.0
"""Places and remarks that the release before this one wrote open are sealed. Part of the room's actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.retention import note_sealed
from callbox.incidents.models import OPEN_PLACE, OPEN_TEXT, Place, Remark
from callbox.incidents.personal import sealed_place, sealed_remark
from callbox.kernel.actor import Actor

PORTION = 200


@transaction.atomic
def seal_old(*, by: Actor, at: datetime) -> int:
    """Seal a portion of each; how many."""
    places = list(Place.objects.select_for_update(skip_locked=True).filter(OPEN_PLACE, sealed=None)[:PORTION])
    for row in places:
        sealed = sealed_place(row.pk, row.address, row.note, row.retain_until)
        Place.objects.filter(pk=row.pk).update(sealed=sealed, address="", note="")
    remarks = list(
        Remark.objects.select_for_update(skip_locked=True).filter(OPEN_TEXT, sealed=None)[:PORTION]
    )
    for remark in remarks:
        sealed = sealed_remark(remark.pk, remark.text, remark.retain_until)
        Remark.objects.filter(pk=remark.pk).update(sealed=sealed, text="")
    return note_sealed("incidents_place", len(places), by=by, at=at) + note_sealed(
        "incidents_remark", len(remarks), by=by, at=at
    )
