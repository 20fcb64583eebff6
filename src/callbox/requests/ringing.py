# SPDX-License-Identifier: Apache-2.0
"""Who calls a resident back: one person at a time, for a while. Part of the room's actions.

The claim is no state of the request, so the journal has nothing of it: that the number was read is noted there.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _
from callbox.requests import queries
from callbox.requests.domain import limit
from callbox.requests.models import Ringing

ASK = "request.ask"
TAKEN = _("Somebody else is calling this resident now. Take the next one.")


@transaction.atomic
def begin_ringing(request_id: UUID, *, by: Actor, at: datetime) -> datetime:
    """From now on this person alone calls this resident, until when it says; what else they had is let go.

    Whoever has it already goes on with it. Raises NotFound, NotAllowed, or Conflict while somebody else has it.
    """
    row = queries.request_for(by, request_id)
    by.require(ASK, row.matter.scope)
    until = at + timedelta(minutes=limit("ring_minutes", at.date()))
    Ringing.objects.filter(by=by.id).exclude(request=row).delete()
    Ringing.objects.filter(request=row, until__lte=at).delete()
    Ringing.objects.bulk_create([Ringing(request=row, by=by.id, until=until)], ignore_conflicts=True)
    if not Ringing.objects.filter(request=row, by=by.id).update(until=until):
        raise Conflict(TAKEN)
    return until


@transaction.atomic
def end_ringing(request_id: UUID, *, by: Actor) -> None:
    """What the resident said is noted, or somebody lets it go; of another's nothing is changed."""
    Ringing.objects.filter(request_id=request_id, by=by.id).delete()


def rung_by_others(ids: Iterable[UUID], *, by: Actor, at: datetime) -> set[UUID]:
    """Those of these requests whose residents somebody else calls now."""
    found = Ringing.objects.filter(request_id__in=list(ids), until__gt=at).exclude(by=by.id)
    return set(found.values_list("request_id", flat=True))
