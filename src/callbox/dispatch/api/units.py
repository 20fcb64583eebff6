# SPDX-License-Identifier: Apache-2.0
"""Units: their rows, availability and positions."""

from typing import Literal
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema

from callbox.dispatch.api.assignments import not_later
from callbox.dispatch.queries import unit_for
from callbox.dispatch.rows import UnitRow, unit_row
from callbox.dispatch.units import report_position, set_availability
from callbox.web.fields import Asked, Lat, Lon, Moment, Seen, Short
from callbox.web.signed_in import needs

router = Router(tags=["units"])
UNIT = "/units/{uuid:unit_id}"


class Availability(Schema):
    """How the unit may be sent from now on. The last two need a reason."""

    move: Literal["begin_duty", "end_duty", "set_available", "set_conditional", "set_unavailable"]
    reason: Short = ""
    seen: Seen | None = None


class Here(Schema):
    """Where the unit is (WGS84); at: when, if not now."""

    lon: Lon
    lat: Lat
    at: Moment | None = None


@router.get(f"{UNIT}/row", response=UnitRow, openapi_extra=needs("unit.see"))
def one_row(request: Asked, unit_id: UUID) -> dict[str, object]:
    """One unit as a board shows it."""
    return unit_row(request.actor, unit_id)


@router.post(f"{UNIT}/availability", response=UnitRow, openapi_extra=needs("unit.set_available"))
def availability(request: Asked, unit_id: UUID, body: Availability) -> dict[str, object]:
    """Begin or end duty; available, conditionally available, not available."""
    set_availability(unit_id, body.move, body.reason, seen=body.seen, by=request.actor, at=timezone.now())
    return unit_row(request.actor, unit_id)


@router.post(f"{UNIT}/position", response=UnitRow, openapi_extra=needs("unit.report_position"))
def position(request: Asked, unit_id: UUID, body: Here) -> dict[str, object]:
    """Where the crew's own unit is. Only the last position is kept."""
    unit, at = unit_for(request.actor, unit_id), not_later(body.at, timezone.now())
    report_position(unit, body.lon, body.lat, by=request.actor, at=at)
    return unit_row(request.actor, unit_id)
