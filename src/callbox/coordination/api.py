# SPDX-License-Identifier: Apache-2.0
"""Agencies on an incident, over the API: calling them, and every step of their tasks."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from callbox.coordination import actions, queries
from callbox.coordination.rows import HandlingRow, TaskRow, handling_row, task_rows
from callbox.web.fields import Asked, Code, Long, Seen
from callbox.web.signed_in import needs

router = Router(tags=["coordination"])
TASK, INCIDENT = "/tasks/{uuid:task_id}", "/incidents/{uuid:incident_id}"


class Looked(Schema):
    """seen: the version that the person looked at, if they say."""

    seen: Seen | None = None


class Why(Looked):
    """Why, as a code of the list."""

    reason: Code


class PassedOn(Why):
    """To which agency, and why."""

    agency: Code


class FedBack(Looked):
    """What came of it, a code. words: become a remark on the incident."""

    result: Code
    words: Long = ""


class OnLevel(Looked):
    """The response level: 1, the gravest, to 4."""

    level: Annotated[int, Field(ge=1, le=4)]


class NewTask(Schema):
    """One more agency, or one more task for one that is there."""

    agency: Code
    work: Code
    mandatory: bool = True


class Leads(Schema):
    """The agency that leads from now on."""

    agency: Code


class Moved(Schema):
    """Where the task stands now."""

    id: UUID
    state: str
    version: int


@router.get("/tasks", response=list[TaskRow], openapi_extra=needs("task.see"))
def tasks(request: Asked) -> list[dict[str, object]]:
    """Open tasks: an agency's own, for its desk; all, for the dispatcher."""
    request.actor.require("task.see", request.actor.keys)
    return task_rows(queries.open_tasks(request.actor))


@router.get(TASK, response=TaskRow, openapi_extra=needs("task.see"))
def task(request: Asked, task_id: UUID) -> dict[str, object]:
    """One task."""
    return task_rows([queries.task_for(request.actor, task_id)])[0]


@router.get(f"{INCIDENT}/tasks", response=HandlingRow, openapi_extra=needs("incident.see"))
def handling(request: Asked, incident_id: UUID) -> dict[str, object]:
    """All tasks of an incident, for all who take part: whose, what and how far."""
    return handling_row(queries.handling_for(request.actor, incident_id))


@router.post(f"{INCIDENT}/tasks", response=TaskRow, openapi_extra=needs("task.open"))
def add(request: Asked, incident_id: UUID, said: NewTask) -> dict[str, object]:
    """Alert one more agency."""
    added = actions.add_task(
        incident_id, said.agency, said.work, mandatory=said.mandatory, by=request.actor, at=timezone.now()
    )
    return task_rows([added])[0]


@router.post(f"{INCIDENT}/response", response=HandlingRow, openapi_extra=needs("incident.respond"))
def respond(request: Asked, incident_id: UUID, said: OnLevel) -> dict[str, object]:
    """Call the agencies that the plan of this level names."""
    actions.apply_plan(incident_id, said.level, seen=said.seen, by=request.actor, at=timezone.now())
    return handling_row(queries.handling_for(request.actor, incident_id))


@router.post(f"{INCIDENT}/lead", response=HandlingRow, openapi_extra=needs("incident.name_lead"))
def lead(request: Asked, incident_id: UUID, said: Leads) -> dict[str, object]:
    """Another agency leads."""
    actions.name_lead(incident_id, said.agency, by=request.actor, at=timezone.now())
    return handling_row(queries.handling_for(request.actor, incident_id))


@router.post(f"{TASK}/pass-on", response=Moved, openapi_extra=needs("task.pass_on"))
def pass_on(request: Asked, task_id: UUID, said: PassedOn) -> object:
    """Give it to another agency, which is alerted."""
    return actions.pass_task_on(
        task_id, said.agency, said.reason, seen=said.seen, by=request.actor, at=timezone.now()
    )


@router.post(f"{TASK}/feed-back", response=Moved, openapi_extra=needs("task.feed_back"))
def feed_back(request: Asked, task_id: UUID, said: FedBack) -> object:
    """Say what came of it."""
    return actions.feed_back(
        task_id, said.result, said.words, seen=said.seen, by=request.actor, at=timezone.now()
    )


def _plain(name: str, power: str, step: Callable[..., object], says: str) -> None:
    def move(request: Asked, task_id: UUID, said: Looked) -> object:
        return step(task_id, seen=said.seen, by=request.actor, at=timezone.now())

    move.__doc__, move.__name__ = says, f"task_{name}"
    router.post(f"{TASK}/{name}", response=Moved, openapi_extra=needs(power))(move)


def _reasoned(name: str, power: str, step: Callable[..., object], says: str) -> None:
    def move(request: Asked, task_id: UUID, said: Why) -> object:
        return step(task_id, said.reason, seen=said.seen, by=request.actor, at=timezone.now())

    move.__doc__, move.__name__ = says, f"task_{name}"
    router.post(f"{TASK}/{name}", response=Moved, openapi_extra=needs(power))(move)


_plain("accept", "task.accept", actions.accept_task, "Take it on.")
_plain("arrive", "task.arrive", actions.arrive_on_site, "On site.")
_plain("close", "task.close", actions.close_task, "The agency's part is over.")
_reasoned("cannot", "task.cannot", actions.refuse_task, "Say that the agency cannot, and why.")
_reasoned("withdraw", "task.withdraw", actions.withdraw_task, "The agency need not any more.")
