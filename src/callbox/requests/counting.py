# SPDX-License-Identifier: Apache-2.0
"""Counting what one network address does, for a while. Part of the room's actions."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from callbox.access.seeing import seeing_everything
from callbox.host.vault import vault
from callbox.requests.domain import limit
from callbox.requests.models import Attempt

PORTION = 500


def mark_of(what: str, *parts: str) -> str:
    """What stands for these words in the database: nobody can tell them from it, or try them out on it."""
    return vault().mark(f"requests.{what}", "\0".join(parts).encode(errors="replace")).hex()[:32]


def window(at: datetime) -> timedelta:
    """For how long anything is counted."""
    return timedelta(minutes=limit("count_minutes", at.date()))


def too_often(marks: Mapping[str, str], *, at: datetime) -> bool:
    """Count one more for each mark, and whether any of them was too often. marks: by the limit's name.

    It is counted before it is judged, so that many at once gain nothing.
    """
    with seeing_everything():
        Attempt.objects.bulk_create(Attempt(who=mark, at=at) for mark in marks.values())
        since = at - window(at)
        return any(
            Attempt.objects.filter(who=mark, at__gt=since).count() > limit(name, at.date())
            for name, mark in marks.items()
        )


def forget_attempts(*, at: datetime) -> int:
    """Delete a portion of what counts no more; how many."""
    old = Attempt.objects.filter(at__lte=at - window(at)).values_list("pk", flat=True)[:PORTION]
    return Attempt.objects.filter(pk__in=list(old)).delete()[0]
