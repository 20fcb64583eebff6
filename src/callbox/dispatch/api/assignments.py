# SPDX-License-Identifier: Apache-2.0
"""Sending units, and every step of an assignment."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from callbox.dispatch import actions
from callbox.dispatch.rows import AssignmentRow, assignment_row
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.web.fields import Asked, Moment, Reason, Short
from callbox.web.signed_in import needs

router = Router(tags=["assignments"])
ASSIGNMENT = "/assignments/{uuid:assignment_id}"


class Sent(Schema):
    """Send a unit. reason: why another than the one offered. stack: behind what it is doing. id: the sender's own."""

    incident: UUID
    unit: UUID
    reason: Short = ""
    stack: bool = False
    id: UUID | None = None


class Milestone(Schema):
    """radio: set on the crew's behalf. at: when it was so, if not now."""

    radio: bool = False
    at: Moment | None = None


class Diverted(Schema):
    """The incident to go to instead."""

    to: UUID


class Corrected(Schema):
    """A milestone's right time, and why. The old one stays in the journal."""

    milestone: Literal["acknowledged_at", "en_route_at", "on_scene_at", "clear_at"]
    now: Moment
    reason: Annotated[Short, Field(min_length=1)]


def not_later(given: datetime | None, now: datetime) -> datetime:
    """The time given, or now. Raises Invalid for one that has not come yet."""
    if given is not None and given > now:
        raise Invalid(
            _("This time has not come yet."), fields={"at": _("Give a time that is not after now.")}
        )
    return given or now


@router.get(f"{ASSIGNMENT}/row", response=AssignmentRow, openapi_extra=needs("assignment.see"))
def one_row(request: Asked, assignment_id: UUID) -> dict[str, object]:
    """One assignment as a board shows it."""
    return assignment_row(request.actor, assignment_id)


@router.post("/assignments", response=AssignmentRow, openapi_extra=needs("assignment.open"))
def assign(request: Asked, body: Sent) -> dict[str, object]:
    """Send a unit to an incident. Who collides with another dispatcher gets 409, saying what the other did."""
    sent = actions.assign_unit(
        body.incident,
        body.unit,
        reason=body.reason,
        stack=body.stack,
        assignment_id=body.id,
        by=request.actor,
        at=timezone.now(),
    )
    return assignment_row(request.actor, sent.matter_id)


def _milestone(name: str, summary: str) -> Callable[[Asked, UUID, Milestone], dict[str, object]]:
    def step(request: Asked, assignment_id: UUID, body: Milestone) -> dict[str, object]:
        at = not_later(body.at, timezone.now())
        actions.move_assignment(assignment_id, name, radio=body.radio, by=request.actor, at=at)
        return assignment_row(request.actor, assignment_id)

    step.__name__, step.__doc__ = name, summary
    extra = needs(f"assignment.{name}")
    return router.post(f"{ASSIGNMENT}/{name}", response=AssignmentRow, openapi_extra=extra)(step)


acknowledge = _milestone("acknowledge", "The crew has it.")
go = _milestone("go", "En route.")
arrive = _milestone("arrive", "On scene.")
clear = _milestone("clear", "Clear: done there.")


@router.post(f"{ASSIGNMENT}/recall", response=AssignmentRow, openapi_extra=needs("assignment.recall"))
def recall(request: Asked, assignment_id: UUID, body: Reason) -> dict[str, object]:
    """Call the unit back."""
    actions.withdraw_assignment(assignment_id, "recall", body.reason, by=request.actor, at=timezone.now())
    return assignment_row(request.actor, assignment_id)


@router.post(f"{ASSIGNMENT}/cancel", response=AssignmentRow, openapi_extra=needs("assignment.cancel"))
def cancel(request: Asked, assignment_id: UUID, body: Reason) -> dict[str, object]:
    """It was never to go."""
    actions.withdraw_assignment(assignment_id, "cancel", body.reason, by=request.actor, at=timezone.now())
    return assignment_row(request.actor, assignment_id)


@router.post(f"{ASSIGNMENT}/divert", response=AssignmentRow, openapi_extra=needs("assignment.divert"))
def divert(request: Asked, assignment_id: UUID, body: Diverted) -> dict[str, object]:
    """Send the unit elsewhere instead: the new assignment."""
    sent = actions.divert_unit(assignment_id, body.to, by=request.actor, at=timezone.now())
    return assignment_row(request.actor, sent.matter_id)


@router.post(f"{ASSIGNMENT}/activate", response=AssignmentRow, openapi_extra=needs("assignment.activate"))
def activate(request: Asked, assignment_id: UUID) -> dict[str, object]:
    """Take up a stacked assignment now."""
    actions.activate_assignment(assignment_id, by=request.actor, at=timezone.now())
    return assignment_row(request.actor, assignment_id)


@router.post(f"{ASSIGNMENT}/correct", response=AssignmentRow, openapi_extra=needs("assignment.correct"))
def correct(request: Asked, assignment_id: UUID, body: Corrected) -> dict[str, object]:
    """Put a milestone's time right."""
    at = timezone.now()
    actions.correct_milestone(
        assignment_id, body.milestone, not_later(body.now, at), body.reason, by=request.actor, at=at
    )
    return assignment_row(request.actor, assignment_id)
