# SPDX-License-Identifier: Apache-2.0
"""Simulated call-takers: one call at a time each; they answer, listen, and open or join an incident."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.access.actions import NAMESPACE
from callbox.demo.domain import Sending
from callbox.demo.play import Play
from callbox.incidents import queries as incidents
from callbox.incidents.actions import Kind, Where, add_call, classify_incident, open_incident
from callbox.incidents.catalogue import load_types
from callbox.intake import queries as intake
from callbox.intake.actions import claim_call, link_call, wrap_up_call
from callbox.intake.domain import ANSWERED, EMERGENCY, Told
from callbox.intake.models import Call
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound

CALL_PATIENCE_S = (4.0, 11.0)
LEFT_TO_PEOPLE_S = (40.0, 60.0)
LEFT_TO_PEOPLE = 5  # one call in so many is left to a person for longer
UNKNOWN = "OTH.UNKNOWN"


def answer(play: Play, at: datetime) -> None:
    """What the call-takers do now."""
    calls = intake.open_calls(play.staff.takers[0])
    hands = {taker.id: taker for taker in play.staff.takers}
    free = dict(hands)
    for call in calls:
        taker = hands.get(call.matter.owner)
        if call.matter.state == ANSWERED and taker is not None:
            free.pop(taker.id, None)
            _listen(play, call, taker, at)
    waiting = [call for call in calls if call.matter.state != ANSWERED]
    for call in sorted(waiting, key=lambda each: (each.lane != EMERGENCY, each.received_at)):
        _pick_up(play, call, free, at)


def _pick_up(play: Play, call: Call, free: dict[str, Actor], at: datetime) -> None:
    """Answer a call when its moment has come and somebody is free."""
    key = f"{call.pk}/{call.matter.version}/answer"
    patience = LEFT_TO_PEOPLE_S if call.pk.int % LEFT_TO_PEOPLE == 0 else CALL_PATIENCE_S
    if play.is_due(key, at, play.time(str(call.pk), "answer"), patience) and free:
        taker = free.pop(next(iter(free)))
        play.do(key, at, lambda: claim_call(call.pk, by=taker, at=at))


def _listen(play: Play, call: Call, taker: Actor, at: datetime) -> None:
    told = play.known.get(call.pk)
    what = "talk" if told is None or told.story.type else "short_talk"
    key = f"{call.pk}/talk"
    if play.is_due(key, at, play.time(str(call.pk), what)):
        play.do(key, at, lambda: _deal_with(play, call, told, taker, at))


@transaction.atomic
def _deal_with(play: Play, call: Call, told: Sending | None, by: Actor, at: datetime) -> None:
    caller = intake.caller_for(by, call, purpose="answer", at=at)
    where = _where(play, told, caller)
    if told is not None and told.story.outcome:
        wrap_up_call(call.pk, told.story.outcome, by=by, at=at)
    elif where is None:
        wrap_up_call(call.pk, "information", by=by, at=at)
    else:
        _tell(call, _incident_id(play, call, told), where, _kind(told, caller), by, at)
        wrap_up_call(call.pk, "incident", by=by, at=at)


def _incident_id(play: Play, call: Call, told: Sending | None) -> UUID:
    return uuid5(NAMESPACE, f"{play.seed}/{told.happening}" if told else f"call/{call.pk}")


def _where(play: Play, told: Sending | None, caller: Told) -> Where | None:
    """Where it is: as the caller tells; of a call from before the last start only the words are left."""
    if told is not None:
        return Where(told.spot.lon, told.spot.lat, told.spot.street)
    if caller.lon is not None and caller.lat is not None:
        return Where(caller.lon, caller.lat, caller.place)
    hits = play.city.search(caller.place, 1) if caller.place else []
    return Where(hits[0].lon, hits[0].lat, caller.place) if hits else None


def _kind(told: Sending | None, caller: Told) -> Kind:
    if told is not None:
        return Kind(told.story.type, told.story.answers)
    return Kind(caller.type_hint if caller.type_hint in load_types() else UNKNOWN)


def _tell(call: Call, incident_id: UUID, where: Where, kind: Kind, by: Actor, at: datetime) -> None:
    """Join the incident when another caller told of it and it is still open, else open one."""
    try:
        known = incidents.incident_for(by, incident_id)
    except NotFound:
        known = None
    if known is not None and not known.matter.final:
        add_call(incident_id, call.pk, by=by, at=at)
    else:
        fresh = incident_id if known is None else uuid5(incident_id, str(call.pk))
        incident_id = open_incident(where, call=call.pk, incident_id=fresh, by=by, at=at).pk
        classify_incident(incident_id, kind, by=by, at=at)
    link_call(call.pk, incident_id, by=by, at=at)
