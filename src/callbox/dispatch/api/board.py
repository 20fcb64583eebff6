# SPDX-License-Identifier: Apache-2.0
"""The dispatch board, and what is late."""

from datetime import datetime, timedelta
from typing import Annotated

from django.utils import timezone
from ninja import Query, Router, Schema

from callbox.dispatch import queries
from callbox.dispatch.late import LateShown, late_rows
from callbox.dispatch.rows import (
    AssignmentRow,
    StationRow,
    UnitRow,
    assignment_rows,
    station_rows,
    unit_rows,
)
from callbox.incidents.queries import open_incidents
from callbox.incidents.rows import IncidentRow, incident_rows
from callbox.journal.queries import horizon
from callbox.web.fields import Asked
from callbox.web.signed_in import needs

router = Router(tags=["dispatch"])


class Board(Schema):
    """Everything open. Start the stream after `position`, which was taken before anything was read."""

    position: str
    incidents: list[IncidentRow]
    units: list[UnitRow]
    assignments: list[AssignmentRow]
    stations: list[StationRow]
    server_time: datetime


def position_now() -> str:
    """Where the journal stands, as the stream writes it."""
    xid, seq = horizon()
    return f"{xid}.{seq}"


@router.get("/board", response=Board, openapi_extra=needs("incident.see"))
def board(request: Asked) -> dict[str, object]:
    """Open incidents, all units, open assignments, stations: what the asker may see of them."""
    actor, at, position = request.actor, timezone.now(), position_now()
    actor.require("incident.see", actor.keys)
    return {
        "position": position,
        "incidents": incident_rows(actor, open_incidents(actor), at),
        "units": unit_rows(actor, queries.units(actor)),
        "assignments": assignment_rows(queries.open_assignments(actor)),
        "stations": station_rows(queries.stations()),
        "server_time": at,
    }


@router.get("/late", response=LateShown, openapi_extra=needs("late.see"))
def late(
    request: Asked, within: Annotated[int, Query(ge=0, le=86_400, description="seconds")] = 60
) -> dict[str, object]:
    """Promises that were not kept, and those due within so many seconds."""
    at, position = timezone.now(), position_now()
    rows = late_rows(request.actor, at, timedelta(seconds=within))
    return {
        "position": position,
        "server_time": at,
        "late": [row for row in rows if row["late"]],
        "soon": [row for row in rows if not row["late"]],
    }
