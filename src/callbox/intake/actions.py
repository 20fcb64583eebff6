# SPDX-License-Identifier: Apache-2.0
"""Changing calls. A contact becomes a call exactly once; a call becomes or joins an incident, or is wrapped up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.host.vault import vault
from callbox.intake import domain, keeping, queries
from callbox.intake.domain import Said
from callbox.intake.models import Call, CallContact
from callbox.journal.watching import note_taken
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import move, open_matter
from callbox.matters.domain import Change, Moved
from callbox.matters.promises import clock

RETENTION = timedelta(days=180)  # set by the authority; rows are erased after it, the journal stays


@dataclass(frozen=True, slots=True)
class Arrived:
    """How a contact reached us. contact: the raw row's id; None for a call that a call-taker opens by hand."""

    channel: str
    lane: str
    received_at: datetime
    contact: UUID | None = None


@transaction.atomic
def take_contact(arrived: Arrived, said: Said, *, by: Actor, at: datetime) -> Call | None:
    """Make a raw contact a call, or join it to the open call of its thread. None when it was taken before."""
    if arrived.contact is not None and queries.contact_taken(arrived.contact):
        return None
    thread = thread_key(said.thread)
    call = queries.thread_call(thread)
    if call is None:
        return _open(arrived, said, thread, owner=domain.QUEUE, by=by, at=at)
    _join(call, arrived, said, by=by, at=at)
    return call


def thread_key(thread: str) -> str:
    """What stands for a thread in the database: a hash with a key from outside it, so that it names nobody."""
    return vault().mark("thread", thread.encode()).hex()[:32] if thread else ""


def _open(arrived: Arrived, said: Said, thread: str, *, owner: str, by: Actor, at: datetime) -> Call:
    facts = {
        "channel": arrived.channel,
        "lane": arrived.lane,
        "contact": arrived.contact,
        "readable": said.readable,
    }
    change = Change({**facts, "received_at": arrived.received_at}, clock(domain.ANSWER_CLOCK, "*", None, at))
    matter = open_matter(
        domain.WORKFLOW,
        arrived.contact or new_id(),
        owner=owner,
        scope=[domain.QUEUE],
        by=by,
        at=arrived.received_at,
        change=change,
    )
    call = Call.objects.create(
        matter=matter,
        channel=arrived.channel,
        lane=arrived.lane,
        received_at=arrived.received_at,
        readable=said.readable,
        thread=thread,
    )
    _keep(call, arrived, said)
    if said.lost:
        move(matter, "lose", by=by, at=at)
    return call


def _keep(call: Call, arrived: Arrived, said: Said) -> None:
    if arrived.contact is not None:
        CallContact.objects.create(contact=arrived.contact, call=call)
        note_taken("door_contact", arrived.contact)
    keeping.keep(call, said, arrived.received_at + RETENTION)


def _join(call: Call, arrived: Arrived, said: Said, *, by: Actor, at: datetime) -> None:
    move(
        call.matter, "contact", Change({"contact": arrived.contact, "readable": said.readable}), by=by, at=at
    )
    if arrived.contact is not None:
        CallContact.objects.create(contact=arrived.contact, call=call)
        note_taken("door_contact", arrived.contact)
    place = {"lon": said.lon, "lat": said.lat} if said.lon is not None else {}
    keeping.rewrite(call, place, more_words=said.words)


@transaction.atomic
def open_call(
    channel: str = "phone",
    *,
    lane: str = domain.EMERGENCY,
    call_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Call:
    """A call that a call-taker has on the line already: opened and claimed in one step.

    Raises Conflict when there is a call, or a contact of another call, of this id.
    """
    if call_id is not None and queries.contact_taken(call_id):
        raise Conflict
    call = _open(Arrived(channel, lane, at, call_id), Said(), "", owner=domain.QUEUE, by=by, at=at)
    move(call.matter, "claim", Change(owner=by.id), by=by, at=at)
    return call


@transaction.atomic
def claim_call(call_id: UUID, *, recorded: bool = True, by: Actor, at: datetime) -> Moved:
    """Answer a waiting or lost call: it is this person's now. Raises Conflict when somebody was first.

    recorded=False: a call played again whose time of answering nobody wrote down; `at` counts in no figure.
    """
    call = queries.call_for(by, call_id)
    facts = {} if recorded else {"recorded": False}
    return move(call.matter, "claim", Change(facts, owner=by.id), by=by, at=at)


@transaction.atomic
def release_call(call_id: UUID, reason: str, *, by: Actor, at: datetime) -> Moved:
    """Put a call back in the queue, with its answering clock running anew."""
    call = queries.call_for(by, call_id)
    change = Change(
        {"reason": reason},
        clock(domain.ANSWER_CLOCK, "*", None, at),
        owner=domain.QUEUE,
        drop_scope=frozenset({by.id}),
    )
    return move(call.matter, "release", change, by=by, at=at)


@transaction.atomic
def lose_call(call_id: UUID, *, by: Actor, at: datetime) -> Moved:
    """The caller hung up before an answer; the call stays in the queue to be called back."""
    return move(queries.call_for(by, call_id).matter, "lose", by=by, at=at)


@transaction.atomic
def try_back(call_id: UUID, result: str, *, by: Actor, at: datetime) -> Moved:
    """Note an attempt to ring back a lost call. result: no_answer, busy or reached."""
    return move(queries.call_for(by, call_id).matter, "try_back", Change({"result": result}), by=by, at=at)


@transaction.atomic
def note_words(call_id: UUID, said: Said, *, by: Actor, at: datetime) -> Moved:
    """Write down what the caller says, in the call's personal row; the journal says only that it was written."""
    call = queries.call_for(by, call_id)
    given = {
        name: getattr(said, name)
        for name in ("name", "number", "words", "place", "type_hint")
        if getattr(said, name)
    }
    if said.lon is not None:
        given |= {"lon": said.lon, "lat": said.lat}
    moved = move(call.matter, "note", Change({"fields": sorted(given)}), by=by, at=at)
    keeping.rewrite(call, given)
    return moved


@transaction.atomic
def link_call(call_id: UUID, incident_id: UUID, *, by: Actor, at: datetime) -> Moved:
    """The call became, or joined, this incident. The room of incidents notes its side itself."""
    call = queries.call_for(by, call_id)
    moved = move(call.matter, "link", Change({"incident": incident_id}), by=by, at=at)
    Call.objects.filter(pk=call_id).update(incident_id=incident_id)
    return moved


def follow_merge(incident_id: UUID, into: UUID) -> None:
    """The calls of a merged incident now belong to the other one. Called inside the merge's transaction."""
    Call.objects.filter(incident_id=incident_id).update(incident_id=into)


@transaction.atomic
def wrap_up_call(call_id: UUID, outcome: str, *, by: Actor, at: datetime) -> Moved:
    """Finish the call with an outcome. Raises Invalid for an unknown one, or `incident` without an incident."""
    call = queries.call_for(by, call_id)
    if outcome not in domain.OUTCOMES:
        raise Invalid(_("There is no outcome “%(code)s”. Choose one from the list."), code=outcome)
    if (outcome == "incident") != (call.incident_id is not None):
        raise Invalid(
            _("The outcome “incident” goes with a call that belongs to an incident, and only with one.")
        )
    moved = move(
        call.matter, "wrap_up", Change({"outcome": outcome, "incident": call.incident_id}), by=by, at=at
    )
    Call.objects.filter(pk=call_id).update(outcome=outcome)
    return moved
