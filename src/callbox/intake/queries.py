# SPDX-License-Identifier: Apache-2.0
"""Reading calls. The queue shows no personal data; who called is read through `caller_for`, which notes it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from callbox.access.actions import note_read
from callbox.intake.callers import told_of
from callbox.intake.domain import ANSWERED, KIND, LOST, WAITING, Told, rank_of
from callbox.intake.models import Call, CallContact, Caller
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound

SEE, PERSONAL = f"{KIND}.see", f"{KIND}.personal"


def call_for(actor: Actor, call_id: UUID) -> Call:
    """The call with its matter, if this actor may see it. Raises NotFound."""
    call = Call.objects.select_related("matter").filter(matter_id=call_id).first()
    if call is None:
        raise NotFound
    actor.require_sight(SEE, call.matter.scope)
    return call


def queue(actor: Actor) -> Sequence[Call]:
    """Calls that nobody has answered yet, or that were lost: by the rank of their lane, then by age."""
    found = _seen(actor).filter(matter__state__in=[WAITING, LOST])
    return sorted(found, key=lambda call: (rank_of(call.lane, call.channel), call.received_at))


def answered_by(actor: Actor) -> Sequence[Call]:
    """The calls this person has in hand."""
    return list(_seen(actor).filter(matter__state=ANSWERED, matter__owner=actor.id).order_by("received_at"))


def open_calls(actor: Actor) -> Sequence[Call]:
    """Every call that is not finished."""
    return list(_seen(actor).filter(matter__final=False).order_by("received_at"))


def calls_of_incident(actor: Actor, incident_id: UUID) -> Sequence[Call]:
    """The calls that tell of an incident, oldest first."""
    return list(_seen(actor).filter(incident_id=incident_id).order_by("received_at"))


def calls_with(actor: Actor, call_ids: Iterable[UUID]) -> Sequence[Call]:
    """The calls of these ids that the actor may see, oldest first."""
    return list(_seen(actor).filter(matter_id__in=set(call_ids)).order_by("received_at"))


def _seen(actor: Actor) -> QuerySet[Call]:
    found = Call.objects.select_related("matter")
    return found if actor.may(SEE) else found.none()


def caller_for(actor: Actor, call: Call, *, purpose: str, at: datetime) -> Told:
    """Who called and what they said; that it was read is noted first. Raises NotFound."""
    note_read("call", [call.matter_id], purpose, action=PERSONAL, scope=call.matter.scope, by=actor, at=at)
    return told_of(Caller.objects.get(call=call))


def contacts_taken(contact_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these raw contacts belong to a call already."""
    wanted = list(contact_ids)
    return (
        set(CallContact.objects.filter(contact__in=wanted).values_list("contact", flat=True))
        if wanted
        else set()
    )


def thread_calls(threads: Iterable[str]) -> dict[str, Call]:
    """The call of each of these threads that is not finished, the latest, if there is any."""
    wanted = {thread for thread in threads if thread}
    if not wanted:
        return {}
    found = Call.objects.select_related("matter").filter(thread__in=wanted, matter__final=False)
    return {call.thread: call for call in found.order_by("received_at")}
