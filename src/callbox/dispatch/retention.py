# SPDX-License-Identifier: Apache-2.0
"""Forgetting which messages of crews' phones were dealt with. Part of the room's actions."""

from datetime import datetime, timedelta

from django.db import transaction

from callbox.dispatch.models import CrewMessage
from callbox.kernel.actor import Actor

KEPT = timedelta(days=30)  # no phone sends a message again after so long; the journal keeps what was done
PORTION = 500


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Forget a portion of old messages; how many. They hold nothing personal, so the journal is not told."""
    by.require("personal.erase")
    old = CrewMessage.objects.filter(received_at__lte=at - KEPT).values_list("pk", flat=True)[:PORTION]
    count, _rows = CrewMessage.objects.filter(pk__in=list(old)).delete()
    return count
