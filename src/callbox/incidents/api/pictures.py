# SPDX-License-Identifier: Apache-2.0
"""Adding a picture to an incident. The body is the picture itself; see docs/how-to/pictures.md."""

from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Query

from callbox.access.queries import names_of
from callbox.incidents.api.reading import router  # one router a path: another would answer 405
from callbox.incidents.api.steps import INCIDENT
from callbox.incidents.pictures import add_incident_picture
from callbox.pictures.rows import PictureRow, picture_row
from callbox.pictures.upload import sent_picture, takes_picture
from callbox.web.fields import Asked


@router.post(f"{INCIDENT}/pictures", response=PictureRow, openapi_extra=takes_picture("incident.add_picture"))
def add_picture(
    request: Asked, incident_id: UUID, picture: Annotated[UUID | None, Query()] = None
) -> dict[str, object]:
    """Add a picture. picture: its id, the sender's own, the same in every repeat."""
    at, by = timezone.now(), request.actor
    added = add_incident_picture(
        incident_id, sent_picture(request, at.date()), picture_id=picture, by=by, at=at
    )
    return picture_row(added, names_of([added.by]))
