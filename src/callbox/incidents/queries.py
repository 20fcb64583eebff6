# SPDX-License-Identifier: Apache-2.0
"""Reading incidents. Exact places and remarks are read through the functions that note who read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, QuerySet

from callbox.access.actions import note_read
from callbox.incidents.catalogue import load_types
from callbox.incidents.domain import KIND
from callbox.incidents.models import Incident, IncidentCall, Remark
from callbox.incidents.personal import PlaceTold, RemarkTold, place_told, remark_told
from callbox.incidents.similar import OpenIncident, Report, Suggestion, load_limits, suggest
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.matters.queries import only_visible

SEE, PERSONAL = f"{KIND}.see", f"{KIND}.personal"
SIMILAR, ROUTE, RECOMMEND = "similar", "route", "recommend"  # what for


def incident_for(actor: Actor, incident_id: UUID) -> Incident:
    """The incident with its matter and place, if this actor may see it. Raises NotFound."""
    incident = Incident.objects.select_related("matter", "place").filter(matter_id=incident_id).first()
    if incident is None:
        raise NotFound
    actor.require_sight(SEE, incident.matter.scope)
    return incident


def visible(actor: Actor) -> QuerySet[Incident]:
    """All incidents this actor may see, with matter and place."""
    return only_visible(Incident.objects.select_related("matter", "place"), actor, SEE)


def open_incidents(actor: Actor) -> Sequence[Incident]:
    """Open incidents, most urgent and oldest first, each with `call_count`."""
    found = visible(actor).filter(matter__final=False).annotate(call_count=Count("calls"))
    return list(found.order_by("priority", "matter__opened_at"))


def closed_incidents(actor: Actor, since: datetime, limit: int = 100) -> Sequence[Incident]:
    """Incidents closed since a time, newest first."""
    found = visible(actor).filter(matter__final=True, matter__closed_at__gte=since)
    return list(found.order_by("-matter__closed_at")[:limit])


@dataclass(frozen=True, slots=True)
class Details:
    """What is personal about an incident, handed out once per read."""

    lon: float | None
    lat: float | None
    address: str
    note: str
    remarks: Sequence[RemarkTold]


def details_for(actor: Actor, incident: Incident, *, purpose: str, at: datetime) -> Details:
    """Exact place, note and remarks; who read them, when and for what is noted. Raises NotFound."""
    note_read(
        "incident",
        [incident.matter_id],
        purpose,
        action=PERSONAL,
        scope=incident.matter.scope,
        by=actor,
        at=at,
    )
    place = place_told(incident.place)
    remarks = [remark_told(remark) for remark in incident.remarks.order_by("at")]
    return Details(place.lon, place.lat, place.address, place.note, remarks)


def places_for(
    actor: Actor, incidents: Iterable[Incident], *, purpose: str, at: datetime
) -> Mapping[UUID, PlaceTold]:
    """The places of many incidents for a map or a board; one noted read for each. Sensitive ones are left out."""
    shown = [i for i in incidents if not i.sensitive and actor.may(PERSONAL, i.matter.scope)]
    if shown:
        note_place_read(actor, [i.matter_id for i in shown], purpose=purpose, at=at)
    return {incident.matter_id: place_told(incident.place) for incident in shown}


def note_place_read(actor: Actor, incident_ids: Iterable[UUID], *, purpose: str, at: datetime) -> None:
    """Note that the places of incidents that this actor may see are handed out, be it as a way or a distance."""
    note_read("incident", incident_ids, purpose, action=PERSONAL, scope=actor.keys, by=actor, at=at)


def last_remark_times(incident_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When the last remark was made on each; not what it says. Whoever calls has asked whether they may see them."""
    found = Remark.objects.filter(incident_id__in=list(incident_ids)).order_by()
    return dict(found.values_list("incident_id").annotate(last=Max("at")))


def similar_for(
    actor: Actor, lon: float, lat: float, at: datetime, *, type_code: str = "", leave_out: UUID | None = None
) -> list[Suggestion]:
    """Open incidents that may be the same event as one at this place (WGS84) and time; that read is noted."""
    types = load_types()
    known = [
        OpenIncident(
            i.matter_id,
            i.type,
            types[i.type].group if i.type in types else "other",
            i.place.lon,
            i.place.lat,
            i.matter.opened_at,
        )
        for i in visible(actor).filter(
            matter__final=False, place__lon__isnull=False, matter__opened_at__gte=at - timedelta(hours=12)
        )
        if i.place.lon is not None and i.place.lat is not None and i.matter_id != leave_out
    ]
    group = types[type_code].group if type_code in types else ""
    found = suggest(Report(lon, lat, at, type_code, group), known, load_limits(at.date()))
    if found:
        note_place_read(actor, [each.incident for each in found], purpose=SIMILAR, at=at)
    return found


def next_number() -> int:
    """A number that nobody else has. Numbers may have gaps: a sequence holds no lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('incidents_number')")
        return int(cursor.fetchone()[0])


def numbers_of(incident_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The numbers of incidents, by id. A number says nothing about anybody."""
    return dict(Incident.objects.filter(pk__in=set(incident_ids)).values_list("pk", "number"))


def call_counts(incident_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many calls tell of each incident; those without any are left out."""
    rows = IncidentCall.objects.filter(incident_id__in=set(incident_ids)).values("incident_id")
    return {row["incident_id"]: row["calls"] for row in rows.annotate(calls=Count("call"))}


def calls_of(incident_id: UUID) -> list[UUID]:
    """The ids of the calls that tell of an incident, those that came by a merge included."""
    return list(IncidentCall.objects.filter(incident_id=incident_id).values_list("call", flat=True))


def incidents_with(actor: Actor, incident_ids: Iterable[UUID]) -> dict[UUID, Incident]:
    """The incidents of these ids that the actor may see, by id."""
    return {found.matter_id: found for found in visible(actor).filter(pk__in=set(incident_ids))}
