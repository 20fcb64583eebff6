# SPDX-License-Identifier: Apache-2.0
"""Findings at their date forget case and evidence, and words before; rule, grade and dates stay. Part of actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from callbox.access.retention import blank_due
from callbox.findings.domain import ENDED, limit
from callbox.findings.models import Finding, Remark
from callbox.kernel.actor import Actor


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank a portion of those that ended so long ago, and of what was written about them; how many rows.

    Raises NotAllowed. Words of a finding that is open are kept until it has ended.

    The matter's id stays, which is made of what was blanked: the same verdict does not raise it again.
    """
    due = Finding.objects.filter(retain_until__lte=at, erased=False, state__in=ENDED).order_by("retain_until")
    itself = Cast(F("matter_id"), TextField())
    erased = blank_due(due, by=by, at=at, key=itself, activation=itself, evidence={}, event="", erased=True)
    over = Q(retain_until__lte=at) | Q(finding__erased=True)
    words = Remark.objects.filter(over, sealed__isnull=False, finding__state__in=ENDED)
    return len(erased) + len(blank_due(words, by=by, at=at, sealed=None))


def kept_spans(at: datetime) -> Iterable[timedelta]:
    """For how long what is sealed today is kept."""
    return [timedelta(days=limit("words_kept", at.date()))]
