# SPDX-License-Identifier: Apache-2.0
"""Reading hand-overs between the two lines, and what they are about. Part of the room's queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from callbox.access.seeing import seeing_everything
from callbox.incidents.actions import Where
from callbox.incidents.queries import details_for, incident_for
from callbox.intake.models import Call
from callbox.intake.queries import call_for, caller_for, calls_of_incident
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.matters.domain import OFFERED
from callbox.matters.models import HandOver, Matter
from callbox.matters.queries import only_visible
from callbox.requests import lines
from callbox.requests.domain import DESK
from callbox.requests.models import HandedOver
from callbox.requests.personal import Contact
from callbox.requests.taking import Report

SEE = f"{lines.KIND}.see"
PURPOSE = "handover"
CHANNEL = "handover"
MOST = 200


def handover_for(actor: Actor, handover_id: UUID) -> HandedOver:
    """The hand-over with its matter, if this actor may see it. Raises NotFound."""
    row = HandedOver.objects.select_related("matter").filter(pk=handover_id).first()
    if row is None:
        raise NotFound
    actor.require_sight(SEE, row.matter.scope)
    return row


def open_handovers(actor: Actor) -> Sequence[HandedOver]:
    """Those that nobody has taken on or kept, the oldest first."""
    found = only_visible(HandedOver.objects.select_related("matter"), actor, SEE).filter(open=True)
    return list(found.order_by("matter__opened_at")[:MOST])


def handovers_waiting(actor: Actor) -> int:
    """How many want a step of this actor: offered by others and theirs to answer, or back with who gave them."""
    found = only_visible(HandedOver.objects.select_related("matter"), actor, SEE).filter(open=True)
    offered = HandOver.objects.filter(state=OFFERED)
    back = found.exclude(pk__in=offered.values("matter_id"))
    if not actor.may("handover.answer"):
        return back.count()
    asked = found.filter(pk__in=offered.filter(taker=DESK).values("matter_id")).exclude(given_by=actor.id)
    return back.count() + asked.count()


def ended_handovers(actor: Actor, most: int) -> Sequence[HandedOver]:
    """The newest of those that somebody has taken on or kept."""
    found = only_visible(HandedOver.objects.select_related("matter"), actor, SEE).filter(open=False)
    return list(found.order_by("-pk")[:most])


def handovers_of(actor: Actor, matter_id: UUID) -> Sequence[HandedOver]:
    """The hand-overs of one call, incident or request, and the one that it came from; the newest first."""
    found = only_visible(HandedOver.objects.select_related("matter"), actor, SEE)
    return list(found.filter(Q(of=matter_id) | Q(became=matter_id)).order_by("-pk")[:MOST])


def latest_offers(rows: Sequence[HandedOver]) -> Mapping[UUID, HandOver]:
    """The latest offer of each that was offered: it may wait for an answer, or have had one."""
    wanted = [row.offer for row in rows if row.offer]
    return {offer.matter_id: offer for offer in HandOver.objects.filter(pk__in=wanted)}


def is_offered(row: HandedOver) -> bool:
    """Whether the other line has still to answer."""
    return HandOver.objects.filter(matter_id=row.pk, state=OFFERED).exists()


def in_danger(request_id: UUID) -> bool:
    """Whether an incident that began for this request is still open."""
    became = HandedOver.objects.filter(source=lines.REQUEST, of=request_id, became__isnull=False)
    return Matter.objects.filter(id__in=became.values("became"), final=False).exists()


def source_of(actor: Actor, source: str, source_id: UUID) -> Matter:
    """The call's or the incident's matter. Raises NotFound."""
    if source == lines.CALL:
        return call_for(actor, source_id).matter
    return incident_for(actor, source_id).matter


def report_of(
    actor: Actor, row: HandedOver, category: str, answers: Mapping[str, object], at: datetime
) -> Report:
    """What a request begins with: words, place and contact as they were told; that they were read is noted.

    Raises NotFound.
    """
    where, words, contact = told_of(actor, row, at)
    return Report(category, where, words, answers, contact, channel=CHANNEL)


def told_of(actor: Actor, row: HandedOver, at: datetime) -> tuple[Where, str, Contact]:
    """Place, words and contact as they were told to who gave it; that they were read is noted. Raises NotFound."""
    if row.source == lines.CALL:
        return _told_by(actor, call_for(actor, row.of), at)
    incident = incident_for(actor, row.of)
    calls = calls_of_incident(actor, row.of)
    _where, words, contact = _told_by(actor, calls[0], at) if calls else (Where(), "", Contact())
    found = details_for(actor, incident, purpose=PURPOSE, at=at)
    return Where(found.lon, found.lat, found.address, found.note), words, contact


def _told_by(actor: Actor, call: Call, at: datetime) -> tuple[Where, str, Contact]:
    told = caller_for(actor, call, purpose=PURPOSE, at=at)
    return Where(told.lon, told.lat, told.place), told.words, Contact(told.name, told.number)


@dataclass(frozen=True, slots=True)
class Named:
    """A matter as people call it: kind, number (None for a call), state, and how it ended, "" while it has not."""

    kind: str
    number: int | None
    state: str
    ended: str


def named(matter_ids: Iterable[UUID | None]) -> dict[UUID, Named]:
    """What hand-overs are about and what became of them, by id, in one query; nothing personal: both lines see it."""
    wanted = {each for each in matter_ids if each is not None}
    with seeing_everything():  # one line does not see the other's matters; what is handed out tells of nobody
        found = Matter.objects.filter(id__in=wanted).select_related("call", "incident", "request")
        return {each.id: _named(each) for each in found}


def _named(matter: Matter) -> Named:
    if matter.kind == lines.CALL:
        return Named(matter.kind, None, matter.state, matter.call.outcome)
    row = matter.incident if matter.kind == lines.INCIDENT else matter.request
    return Named(matter.kind, row.number, matter.state, row.disposition)
