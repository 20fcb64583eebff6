# SPDX-License-Identifier: Apache-2.0
"""Erasing recipients and words at their date. Part of the room's actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib.resources import files

from django.db import transaction

from callbox.access.queries import working_people
from callbox.access.retention import note_erased
from callbox.kernel.actor import Actor
from callbox.messages.actions import REACH_KEPT
from callbox.messages.domain import WAITING
from callbox.messages.letters import TABLE, forms_of
from callbox.messages.models import Message, Reach, Text
from callbox.messages.ways import KINDS, kind_on
from callbox.rooms import ROOMS

PORTION = 500
PERSON = "person:"


@transaction.atomic
def erase_expired(*, by: Actor, at: datetime) -> int:
    """Blank a portion of the messages whose date has come and that are not on their way; how many.

    That there was one, and what became of it, stays. Where somebody is reached is erased when they work here no more.
    """
    due = Text.objects.filter(sealed__isnull=False, retain_until__lte=at).exclude(message__state=WAITING)
    ids = list(due.values_list("pk", flat=True)[:PORTION])
    count = Text.objects.filter(pk__in=ids).update(sealed=None)
    Message.objects.filter(pk__in=ids).update(mark="")
    note_erased("messages_text", count, by=by, at=at)
    return count + _erase_reaches(by, at)


def _erase_reaches(by: Actor, at: datetime) -> int:
    old = Reach.objects.filter(sealed__isnull=False, retain_until__lte=at, holder__startswith=PERSON)
    holders = list(old.values_list("holder", flat=True)[:PORTION])
    working = {f"{PERSON}{each}" for each in working_people(name.removeprefix(PERSON) for name in holders)}
    gone = [name for name in holders if name not in working]
    count = Reach.objects.filter(holder__in=gone, sealed__isnull=False).update(sealed=None)
    return note_erased("messages_reach", count, by=by, at=at)


def kept_spans(at: datetime) -> Iterable[timedelta]:
    """For how long what is sealed today is kept: the keys of those days are made ahead."""
    longest = max(kind_on(name, at.date()).until for name in KINDS)
    kept = {letter.kept for room in rooms_with_letters() for letter in forms_of(room)}
    return [REACH_KEPT, *kept, *(each + longest for each in kept)]


def rooms_with_letters() -> list[str]:
    """The rooms that tell people something."""
    return [room for room in ROOMS if files(f"callbox.{room}").joinpath("data", TABLE).is_file()]
