# SPDX-License-Identifier: Apache-2.0
"""One incident with everything about it, who should go there, and by which way."""

from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema

from callbox.access.queries import names_of
from callbox.dispatch import queries
from callbox.dispatch.offers import RecommendationShown, recommendation_shown
from callbox.dispatch.recommend import recommendation_for
from callbox.dispatch.rows import AssignmentRow, assignment_rows
from callbox.dispatch.way import route_for
from callbox.incidents.pictures import pictures_with
from callbox.incidents.queries import calls_of, details_for, incident_for
from callbox.incidents.rows import (
    HistoryRow,
    IncidentRow,
    RemarkRow,
    history_rows,
    incident_rows,
    linked_call_rows,
    remark_rows,
)
from callbox.intake.queries import calls_with
from callbox.intake.rows import CallRow
from callbox.journal.queries import history
from callbox.pictures.rows import PictureRow, picture_rows
from callbox.web.fields import Asked
from callbox.web.signed_in import needs

router = Router(tags=["incidents"])
INCIDENT = "/incidents/{uuid:incident_id}"


class DetailsShown(Schema):
    """Exact place and notes. Personal: the read is noted."""

    lon: float | None
    lat: float | None
    address: str
    note: str


class IncidentShown(IncidentRow):
    """An incident with everything about it."""

    details: DetailsShown
    remarks: list[RemarkRow]
    pictures: list[PictureRow]
    calls: list[CallRow]
    assignments: list[AssignmentRow]
    history: list[HistoryRow]


class LegShown(Schema):
    """A stretch on one street."""

    name: str
    metres: float


class RouteShown(Schema):
    """A way: points as [lon, lat], streets in order, seconds and metres."""

    lonlat: list[tuple[float, float]]
    legs: list[LegShown]
    seconds: float
    metres: float


@router.get(INCIDENT, response=IncidentShown, openapi_extra=needs("incident.personal"))
def incident(request: Asked, incident_id: UUID) -> dict[str, object]:
    """An incident with exact place, remarks, calls, pictures, assignments and history. The read is noted."""
    actor, at = request.actor, timezone.now()
    found = incident_for(actor, incident_id)
    details = details_for(actor, found, purpose="handle", at=at)
    calls = calls_with(actor, calls_of(incident_id))
    pictures, entries = pictures_with(actor, found, calls), history(incident_id)
    written = [*(remark.by for remark in details.remarks), *(picture.by for picture in pictures)]
    names = names_of([*(entry.actor for entry in entries), *written])
    return {
        **incident_rows(actor, [found], at)[0],
        "details": {name: getattr(details, name) for name in DetailsShown.model_fields},
        "remarks": remark_rows(details.remarks, names),
        "pictures": picture_rows(pictures, names),
        "calls": linked_call_rows(actor, calls),
        "assignments": assignment_rows(queries.assignments_of_incident(actor, incident_id)),
        "history": history_rows(entries, names),
    }


@router.get(
    f"{INCIDENT}/recommendation", response=RecommendationShown, openapi_extra=needs("incident.recommend")
)
def recommendation(request: Asked, incident_id: UUID) -> dict[str, object]:
    """Who should go, when they arrive and why; needs a type and a place."""
    return recommendation_shown(recommendation_for(request.actor, incident_id, timezone.now()))


@router.get(f"{INCIDENT}/route/{{uuid:unit_id}}", response=RouteShown, openapi_extra=needs("assignment.see"))
def route(request: Asked, incident_id: UUID, unit_id: UUID) -> RouteShown:
    """The way of a unit to the incident."""
    way = route_for(request.actor, incident_id, unit_id, timezone.now())
    return RouteShown(
        lonlat=way.lonlat,
        legs=[LegShown(name=leg.name, metres=leg.metres) for leg in way.legs],
        seconds=way.seconds,
        metres=way.metres,
    )
