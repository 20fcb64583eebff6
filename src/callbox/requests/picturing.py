# SPDX-License-Identifier: Apache-2.0
"""The agency adds a picture of what it found or did. Part of the room's actions."""

from datetime import datetime, timedelta
from uuid import UUID

from callbox.kernel.actor import Actor
from callbox.pictures.actions import add_picture
from callbox.pictures.domain import limits_on
from callbox.pictures.models import Picture
from callbox.requests import queries
from callbox.requests.domain import limit


def add_agency_picture(
    request_id: UUID, data: bytes, *, picture_id: UUID | None = None, by: Actor, at: datetime
) -> Picture:
    """Add a picture to an open request. Raises what `pictures.actions.add_picture` raises."""
    return add_picture(
        lambda: queries.request_for(by, request_id).matter,
        data,
        kept=timedelta(days=limit("kept_days", at.date())),
        most=limits_on(at.date()).by_one,
        picture_id=picture_id,
        by=by,
        at=at,
    )
