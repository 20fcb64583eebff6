# SPDX-License-Identifier: Apache-2.0
"""The API for agencies' systems: signed requests, no session. What it offers is what the agency's own desk may do."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Schema

from callbox.coordination import actions, picturing, queries
from callbox.coordination.api import TASK, FedBack, Looked, Moved, Why
from callbox.coordination.picturing import read_body
from callbox.coordination.rows import HandlingRow, TaskRow, handling_row, task_rows
from callbox.incidents.actions import add_remark
from callbox.incidents.queries import details_for
from callbox.pictures.showing import as_answer
from callbox.pictures.upload import BODY
from callbox.web.fields import Asked, Long
from callbox.web.systems import signed_api

PURPOSE = "system"
PICTURE_BODY = {"required": True, "content": BODY}


systems = signed_api(
    "Callbox for agencies' systems",
    "systems",
    "See docs/how-to/agencies.md: how a request is signed, and what is told to an agency's system.",
    read_body,
)


class RemarkTold(Schema):
    """A remark of somebody who takes part."""

    at: datetime
    text: str


class IncidentTold(HandlingRow):
    """The incident of a task: where it is, who else takes part, what was said. That it was read is noted."""

    number: int
    type: str
    lon: float | None
    lat: float | None
    address: str
    note: str
    remarks: list[RemarkTold]


class Said(Schema):
    """Words for all who take part. id: the sender's own, the same in every repeat."""

    words: Long
    id: UUID | None = None


@systems.get("/tasks", response=list[TaskRow])
def tasks(request: Asked) -> list[dict[str, object]]:
    """The agency's open tasks: how things stand, also after events were missed."""
    return task_rows(queries.open_tasks(request.actor))


@systems.get(TASK, response=TaskRow)
def task(request: Asked, task_id: UUID) -> dict[str, object]:
    """One task."""
    return task_rows([queries.task_for(request.actor, task_id)])[0]


@systems.get(f"{TASK}/incident", response=IncidentTold)
def incident(request: Asked, task_id: UUID) -> dict[str, object]:
    """The incident of a task."""
    actor = request.actor
    handling = queries.handling_for(actor, queries.task_for(actor, task_id).incident_id)
    found = handling.incident
    details = details_for(actor, found, purpose=PURPOSE, at=timezone.now())
    return {
        **handling_row(handling),
        "number": found.number,
        "type": found.type,
        "lon": details.lon,
        "lat": details.lat,
        "address": details.address,
        "note": details.note,
        "remarks": [{"at": each.at, "text": each.text} for each in details.remarks],
    }


@systems.get(f"{TASK}/pictures", response=list[picturing.PictureTold])
def pictures(request: Asked, task_id: UUID) -> object:
    """The pictures of a task's incident, without what they show."""
    return picturing.told(request.actor, task_id)


@systems.get(f"{TASK}/pictures/{{uuid:picture_id}}")
def picture(request: Asked, task_id: UUID, picture_id: UUID) -> HttpResponse:
    """One of them, as JPEG, its longest edge at most 1,600 px. The read is noted."""
    found = picturing.shown(request.actor, task_id, picture_id, timezone.now())
    return as_answer(found.large)


@systems.post(f"{TASK}/pictures", response=picturing.PictureTold, openapi_extra={"requestBody": PICTURE_BODY})
def add_picture(
    request: Asked, task_id: UUID, picture: Annotated[UUID | None, Query()] = None
) -> dict[str, object]:
    """Add a picture for all who take part; it is made anew, without what a camera wrote into it.

    The body is the picture. picture: its id, the sender's own, the same in every repeat.
    """
    return picturing.add(request, request.actor, task_id, picture, timezone.now())


@systems.post(f"{TASK}/remarks", response=TaskRow)
def remark(request: Asked, task_id: UUID, said: Said) -> dict[str, object]:
    """Say something to all who take part."""
    found = queries.task_for(request.actor, task_id)
    add_remark(found.incident_id, said.words, remark_id=said.id, by=request.actor, at=timezone.now())
    return task_rows([found])[0]


@systems.post(f"{TASK}/feed-back", response=Moved)
def feed_back(request: Asked, task_id: UUID, said: FedBack) -> object:
    """Say what came of it."""
    return actions.feed_back(
        task_id, said.result, said.words, seen=said.seen, by=request.actor, at=timezone.now()
    )


@systems.post(f"{TASK}/cannot", response=Moved)
def cannot(request: Asked, task_id: UUID, said: Why) -> object:
    """Say that the agency cannot, and why."""
    return actions.refuse_task(task_id, said.reason, seen=said.seen, by=request.actor, at=timezone.now())


def _plain(name: str, step: Callable[..., object], says: str) -> None:
    def move(request: Asked, task_id: UUID, said: Looked) -> object:
        return step(task_id, seen=said.seen, by=request.actor, at=timezone.now())

    move.__doc__, move.__name__ = says, f"system_{name}"
    systems.post(f"{TASK}/{name}", response=Moved)(move)


_plain("accept", actions.accept_task, "Take it on.")
_plain("arrive", actions.arrive_on_site, "On site.")
_plain("close", actions.close_task, "The agency's part is over.")
