# SPDX-License-Identifier: Apache-2.0
"""Pictures of an incident for the systems of agencies that take part. Part of the edge."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from callbox.access.queries import agencies
from callbox.coordination import queries
from callbox.coordination.pages import authors_of
from callbox.coordination.rows import name_of
from callbox.incidents.pictures import add_incident_picture
from callbox.incidents.queries import incident_for
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.pictures.models import Picture
from callbox.pictures.queries import Shown, picture_for, pictures_of
from callbox.pictures.upload import KINDS, sent_picture

HERE = "/pictures"


class PictureTold(Schema):
    """A picture of the incident: never what it shows. Width and height in px. agency: whose it is, or empty."""

    id: UUID
    at: datetime
    width: int
    height: int
    agency: str


def read_body(request: HttpRequest) -> bytes:
    """The body as it was signed. Only where pictures are added is it one.

    Raises Invalid for a picture that is too large, before it is read.
    """
    if not request.path.endswith(HERE) or request.content_type not in KINDS:
        return request.body
    request.picture = sent_picture(request, timezone.now().date())  # type: ignore[attr-defined]  # the body is read once
    return bytes(request.picture)  # type: ignore[attr-defined]


def told(actor: Actor, task_id: UUID) -> list[dict[str, object]]:
    """The pictures of a task's incident, oldest first. Raises NotFound."""
    return _rows(_pictures(actor, task_id))


def shown(actor: Actor, task_id: UUID, picture_id: UUID, at: datetime) -> Shown:
    """What one of them shows; that it was read is noted. Raises NotFound, also for one of another incident."""
    if picture_id not in {each.pk for each in _pictures(actor, task_id)}:
        raise NotFound
    return picture_for(actor, picture_id, at=at)


def add(
    request: HttpRequest, actor: Actor, task_id: UUID, picture_id: UUID | None, at: datetime
) -> dict[str, object]:
    """Add what was sent. Raises what `add_incident_picture` does; Invalid for what is no picture."""
    found = queries.task_for(actor, task_id)
    sent = getattr(request, "picture", b"")
    added = add_incident_picture(found.incident_id, sent, picture_id=picture_id, by=actor, at=at)
    return _rows([added])[0]


def _pictures(actor: Actor, task_id: UUID) -> Sequence[Picture]:
    incident = incident_for(actor, queries.task_for(actor, task_id).incident_id)
    return pictures_of(actor, [incident.matter])


def _rows(pictures: Sequence[Picture]) -> list[dict[str, object]]:
    known = {each.code: name_of(each) for each in agencies()}
    names = authors_of({each.by for each in pictures}, known)
    plain = ("id", "at", "width", "height")
    return [
        {name: getattr(each, name) for name in plain} | {"agency": names.get(each.by, "")}
        for each in pictures
    ]
