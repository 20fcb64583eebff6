# SPDX-License-Identifier: Apache-2.0
"""Lists of incidents, one row, and what may be the same event."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from ninja import Query, Router, Schema

from callbox.incidents import queries
from callbox.incidents.rows import IncidentRow, incident_row, incident_rows
from callbox.incidents.similar import KIND_NOT_KNOWN, RELATED_GROUP, SAME_GROUP, SAME_TYPE
from callbox.kernel.text import gettext_noop as _
from callbox.web.fields import Asked, Code, Lat, Lon, Moment
from callbox.web.signed_in import needs

router = Router(tags=["incidents"])
A_DAY = timedelta(days=1)
REASONS = {
    SAME_TYPE: _("Same type, %(metres)s m away, %(minutes)s min earlier"),
    SAME_GROUP: _("Similar type, %(metres)s m away, %(minutes)s min earlier"),
    RELATED_GROUP: _("Often the same event, %(metres)s m away, %(minutes)s min earlier"),
    KIND_NOT_KNOWN: _("%(metres)s m away, %(minutes)s min earlier"),
}


class SimilarRow(Schema):
    """An open incident that may be the same event; score from 0 to 1."""

    incident: UUID
    number: int
    score: float
    distance_m: float
    minutes: float
    kind: str
    reason_text: str


@router.get("/incidents", response=list[IncidentRow], openapi_extra=needs("incident.see"))
def incidents(
    request: Asked, state: Literal["open", "closed"] = "open", since: Annotated[Moment | None, Query()] = None
) -> list[dict[str, object]]:
    """Open incidents, most urgent first; or those closed since a time (a day ago when none is given)."""
    actor, at = request.actor, timezone.now()
    actor.require("incident.see", actor.keys)
    found = queries.open_incidents(actor)
    if state == "closed":
        found = queries.closed_incidents(actor, since or at - A_DAY)
    elif since is not None:
        found = [incident for incident in found if incident.matter.opened_at >= since]
    return incident_rows(actor, found, at)


@router.get("/incidents/{uuid:incident_id}/row", response=IncidentRow, openapi_extra=needs("incident.see"))
def one_row(request: Asked, incident_id: UUID) -> dict[str, object]:
    """One incident as a board shows it."""
    return incident_row(request.actor, incident_id, timezone.now())


@router.get("/similar", response=list[SimilarRow], openapi_extra=needs("incident.see"))
def similar(
    request: Asked,
    lon: Lon,
    lat: Lat,
    type: Annotated[Code | None, Query()] = None,  # noqa: A002
) -> list[dict[str, object]]:
    """Open incidents that may be the same event as one at this place now, likeliest first, with the reason."""
    actor = request.actor
    actor.require("incident.see", actor.keys)
    found = queries.similar_for(actor, lon, lat, timezone.now(), type_code=type or "")
    numbers = queries.numbers_of([each.incident for each in found])
    return [
        {
            "incident": each.incident,
            "number": numbers[each.incident],
            "score": each.score,
            "distance_m": each.distance_m,
            "minutes": each.minutes,
            "kind": each.kind,
            "reason_text": gettext(REASONS[each.kind])
            % {"metres": round(each.distance_m), "minutes": round(each.minutes)},
        }
        for each in found
    ]
