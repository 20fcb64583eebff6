# SPDX-License-Identifier: Apache-2.0
"""Writing down how the worker keeps up. It is no matter: the row says how it is now, and has no history."""

from datetime import datetime

from django.db import transaction

from callbox.worker.models import Health


@transaction.atomic
def note_health(part: str, behind_s: float, well: bool, *, at: datetime) -> bool:
    """Note how many seconds a part is behind; whether it was well before."""
    before = Health.objects.select_for_update().filter(part=part).first()
    was_well = before is None or before.well
    since = before.since if before is not None and before.well == well else at
    said = {"behind_s": behind_s, "well": well, "since": since, "at": at}
    Health.objects.update_or_create(part=part, defaults=said)
    return was_well
