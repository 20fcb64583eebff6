# SPDX-License-Identifier: Apache-2.0
"""Erasing recipients and words at their date. Part of the room's actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib.resources import files

from django.db import transaction

from callbox.access.queries import working_people
from callbox.access.retention import PORTION, blank_due
from callbox.kernel.actor import Actor
from callbox.messages.actions import REACH_KEPT
from callbox.messages.domain import WAITING
from callbox.messages.letters import TABLE, forms_of
from callbox.messages.models import Message, Reach, Text
from callbox.messages.ways import KINDS, kind_on
from callbox.rooms import ROOMS

PERSON = "person:"


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank a portion of the messages whose date has come and that are not on their way; how many.

    That there was one, and what became of it, stays. Where somebody is reached is erased when they work here no more.
    """
    due = Text.objects.filter(sealed__isnull=False, retain_until__lte=at).exclude(message__state=WAITING)
    erased = blank_due(due, by=by, at=at, sealed=None)
    Message.objects.filter(pk__in=erased).update(mark="")
    return len(erased) + _erase_reaches(by, at)


def _erase_reaches(by: Actor, at: datetime) -> int:
    old = Reach.objects.filter(sealed__isnull=False, retain_until__lte=at, holder__startswith=PERSON)
    holders = list(old.values_list("holder", flat=True)[:PORTION])
    working = {f"{PERSON}{each}" for each in working_people(name.removeprefix(PERSON) for name in holders)}
    gone = [name for name in holders if name not in working]
    return len(
        blank_due(Reach.objects.filter(holder__in=gone, sealed__isnull=False), by=by, at=at, sealed=None)
    )


def kept_spans(at: datetime) -> Iterable[timedelta]:
    """For how long what is sealed today is kept: the keys of those days are made ahead."""
    longest = max(kind_on(name, at.date()).until for name in KINDS)
    kept = {letter.kept for room in rooms_with_letters() for letter in forms_of(room)}
    return [REACH_KEPT, *kept, *(each + longest for each in kept)]


def rooms_with_letters() -> list[str]:
    """The rooms that tell people something."""
    return [room for room in ROOMS if files(f"callbox.{room}").joinpath("data", TABLE).is_file()]
