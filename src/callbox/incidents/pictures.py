# SPDX-License-Identifier: Apache-2.0
"""Pictures of an incident, and those that came with its calls. Part of the room's actions and queries."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from callbox.incidents import queries
from callbox.incidents.actions import RETENTION
from callbox.incidents.models import Incident
from callbox.intake.models import Call
from callbox.kernel.actor import Actor
from callbox.pictures.actions import add_picture
from callbox.pictures.domain import limits_on
from callbox.pictures.models import Picture
from callbox.pictures.queries import pictures_of


def add_incident_picture(
    incident_id: UUID, data: bytes, *, picture_id: UUID | None = None, by: Actor, at: datetime
) -> Picture:
    """Add a picture to an incident, also a closed one. Raises what `pictures.actions.add_picture` raises."""
    return add_picture(
        lambda: queries.incident_for(by, incident_id).matter,
        data,
        kept=RETENTION,
        most=limits_on(at.date()).by_one,
        picture_id=picture_id,
        by=by,
        at=at,
    )


def pictures_with(actor: Actor, incident: Incident, calls: Sequence[Call]) -> Sequence[Picture]:
    """The pictures of an incident and of these of its calls that this actor may see, oldest first."""
    return pictures_of(actor, [incident.matter, *(call.matter for call in calls)])
