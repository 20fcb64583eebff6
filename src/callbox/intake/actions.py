# SPDX-License-Identifier: Apache-2.0
"""Changing calls. A contact becomes a call exactly once; a call becomes or joins an incident, or is wrapped up."""

from collections.abc import Iterable, Sequence
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
from callbox.matters.actions import move, open_matters
from callbox.matters.domain import Change, Moved, Opening
from callbox.matters.promises import Promise, clock
from callbox.matters.queries import promises_on, table_in_force

RETENTION = timedelta(days=180)  # set by the authority; rows are erased after it, the journal stays


@dataclass(frozen=True, slots=True)
class Arrived:
    """How a contact reached us. contact: the raw row's id; None for a call that a call-taker opens by hand."""

    channel: str
    lane: str
    received_at: datetime
    contact: UUID | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A contact, what it says, and when it is taken."""

    arrived: Arrived
    said: Said
    at: datetime

    @property
    def thread(self) -> str:
        """What stands for its thread in the database; "" for none."""
        return thread_key(self.said.thread)


def take_contact(arrived: Arrived, said: Said, *, by: Actor, at: datetime) -> Call | None:
    """Make a raw contact a call, or join it to the open call of its thread. None when it was taken before."""
    return take_contacts([Incoming(arrived, said, at)], by=by)[0]


@transaction.atomic(savepoint=False)
def take_contacts(some: Sequence[Incoming], *, by: Actor) -> list[Call | None]:
    """The same for many, all or none, in their order. What opens calls one after the other is written together."""
    taken = queries.contacts_taken(each.arrived.contact for each in some if each.arrived.contact)
    threads = [each.thread for each in some]
    going_on = queries.thread_calls(threads)
    calls: dict[int, Call] = {}
    waiting: dict[int, Incoming] = {}
    for number, (one, thread) in enumerate(zip(some, threads, strict=True)):
        if one.arrived.contact in taken:
            continue
        if thread and any(threads[earlier] == thread for earlier in waiting):
            going_on[thread] = _open_waiting(waiting, calls, by)[thread]
        if thread in going_on:
            _open_waiting(waiting, calls, by)
            calls[number] = _join(going_on[thread], one, by=by)
        else:
            waiting[number] = one
    _open_waiting(waiting, calls, by)
    return [calls.get(number) for number in range(len(some))]


def thread_key(thread: str) -> str:
    """What stands for a thread in the database: a hash with a key from outside it, so that it names nobody."""
    return vault().mark("thread", thread.encode()).hex()[:32] if thread else ""


def _open_waiting(waiting: dict[int, Incoming], calls: dict[int, Call], by: Actor) -> dict[str, Call]:
    """Open the calls that wait to be opened, which then do not any more; the calls by thread."""
    opened = dict(zip(waiting, _open(list(waiting.values()), by=by), strict=True))
    waiting.clear()
    calls |= opened
    return {call.thread: call for call in opened.values()}


def _open(some: Sequence[Incoming], *, by: Actor) -> list[Call]:
    if not some:
        return []
    table = table_in_force()
    openings = [_opening(each, table.on(each.at.date())) for each in some]
    matters = open_matters(domain.WORKFLOW, openings, owner=domain.QUEUE, scope=[domain.QUEUE], by=by)
    calls = Call.objects.bulk_create(
        Call(
            matter=matter,
            channel=each.arrived.channel,
            lane=each.arrived.lane,
            received_at=each.arrived.received_at,
            readable=each.said.readable,
            thread=each.thread,
        )
        for matter, each in zip(matters, some, strict=True)
    )
    kept = list(zip(calls, some, strict=True))
    _note_contacts(kept)
    keeping.keep((call, each.said, each.arrived.received_at + RETENTION) for call, each in kept)
    for call, each in kept:
        if each.said.lost:
            move(call.matter, "lose", by=by, at=each.at)
    return calls


def _opening(one: Incoming, table: Sequence[Promise]) -> Opening:
    arrived = one.arrived
    facts = {
        "channel": arrived.channel,
        "lane": arrived.lane,
        "contact": arrived.contact,
        "readable": one.said.readable,
        "received_at": arrived.received_at,
    }
    change = Change(facts, clock(domain.ANSWER_CLOCK, "*", None, table))
    return Opening(arrived.contact or new_id(), arrived.received_at, change)


def _note_contacts(calls: Iterable[tuple[Call, Incoming]]) -> None:
    rows = [CallContact(contact=one.arrived.contact, call=call) for call, one in calls if one.arrived.contact]
    if rows:
        CallContact.objects.bulk_create(rows)
        note_taken("door_contact", [row.contact for row in rows])


def _join(call: Call, one: Incoming, *, by: Actor) -> Call:
    said = one.said
    facts = {"contact": one.arrived.contact, "readable": said.readable}
    move(call.matter, "contact", Change(facts), by=by, at=one.at)
    _note_contacts([(call, one)])
    place = {"lon": said.lon, "lat": said.lat} if said.lon is not None else {}
    keeping.rewrite(call, place, more_words=said.words)
    return call


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
    if call_id is not None and queries.contacts_taken([call_id]):
        raise Conflict
    (call,) = _open([Incoming(Arrived(channel, lane, at, call_id), Said(), at)], by=by)
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
        clock(domain.ANSWER_CLOCK, "*", None, promises_on(at.date())),
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
def wrap_up_call(
    call_id: UUID, outcome: str, *, became: UUID | None = None, by: Actor, at: datetime
) -> Moved:
    """Finish the call with an outcome. became: the request that was made of it.

    Raises Invalid for an unknown one, `incident` without an incident, or `request` without a request.
    """
    call = queries.call_for(by, call_id)
    if outcome not in domain.OUTCOMES:
        raise Invalid(_("There is no outcome “%(code)s”. Choose one from the list."), code=outcome)
    if (outcome == "incident") != (call.incident_id is not None):
        raise Invalid(
            _("The outcome “incident” goes with a call that belongs to an incident, and only with one.")
        )
    if (outcome == "request") != (became is not None):
        raise Invalid(
            _("The outcome “request” goes with a call that a request was made of, and only with one.")
        )
    facts: dict[str, object] = {"outcome": outcome, "incident": call.incident_id}
    if became is not None:
        facts["request"] = became
    moved = move(call.matter, "wrap_up", Change(facts), by=by, at=at)
    Call.objects.filter(pk=call_id).update(outcome=outcome)
    return moved
