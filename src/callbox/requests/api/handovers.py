# SPDX-License-Identifier: Apache-2.0
"""Hand-overs between the emergency line and the civic line."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from callbox.kernel.actor import Actor
from callbox.requests import handed, handing, lines
from callbox.requests.api.reading import REQUEST, router  # one router a path: another would answer 405
from callbox.requests.api.steps import ReasonCode
from callbox.requests.api.taking import Answer
from callbox.requests.handed_rows import handover_rows
from callbox.requests.rows import RequestRow, request_rows
from callbox.web.fields import Asked, Code, Seen
from callbox.web.signed_in import needs

HANDOVER = "/handovers/{uuid:handover_id}"
OPEN, ANSWER = f"{lines.KIND}.open", f"{lines.KIND}.answer"


class MatterShown(Schema):
    """A matter as people call it. number: null for a call. ended: how, or empty."""

    id: UUID
    kind: str
    number: int | None
    state: str
    ended: str


class HandOverRow(Schema):
    """A hand-over: what it is about, to which desk, and what became of it. answer_by: null when nobody is asked now.

    mine: the asker gave it; somebody else takes it on.
    """

    id: UUID
    state: str
    version: int
    owner: str
    taker: str
    reason: str
    reason_name: str
    source: MatterShown
    became: MatterShown | None
    opened_at: datetime
    answer_by: datetime | None
    mine: bool


class Given(Schema):
    """What is handed over to the civic line, and why: a code."""

    source: Literal["call", "incident"]
    id: UUID
    reason: Code


class Taken(Schema):
    """As which category it is taken on, with answers to the category's questions."""

    category: Code
    answers: Annotated[dict[Code, Answer], Field(max_length=50, default_factory=dict)]
    seen: Seen | None = None


class Talked(Schema):
    """What came of talking with the other line and the resident together, as a code."""

    result: ReasonCode


class Refused(Schema):
    """Why it is not for this line, as a code."""

    reason: ReasonCode


class Kept(Schema):
    """Why it is kept, as a code."""

    reason: ReasonCode
    seen: Seen | None = None


class InDanger(Schema):
    """What happened, when that is known already."""

    type: Code | None = None


@router.get("/handovers", response=list[HandOverRow], openapi_extra=needs(handed.SEE))
def handovers(
    request: Asked, of: Annotated[UUID | None, Query(description="of one matter; else all open ones")] = None
) -> list[dict[str, object]]:
    """Hand-overs that nobody has taken on or kept, the oldest first; or all of one matter."""
    request.actor.require(handed.SEE)
    rows = handed.handovers_of(request.actor, of) if of else handed.open_handovers(request.actor)
    return handover_rows(rows, request.actor)


@router.post("/handovers", response=HandOverRow, openapi_extra=needs(OPEN))
def hand_over(request: Asked, body: Given) -> dict[str, object]:
    """Offer a call or an incident to the civic line; a call that is open is finished with it."""
    row = handing.hand_over(body.source, body.id, body.reason, by=request.actor, at=timezone.now())
    return _row(request.actor, row.pk)


@router.post(f"{HANDOVER}/offer", response=HandOverRow, openapi_extra=needs(OPEN))
def offer(request: Asked, handover_id: UUID) -> dict[str, object]:
    """Offer it once more."""
    handing.offer_again(handover_id, by=request.actor, at=timezone.now())
    return _row(request.actor, handover_id)


@router.post(f"{HANDOVER}/take", response=RequestRow, openapi_extra=needs(ANSWER))
def take(request: Asked, handover_id: UUID, body: Taken) -> dict[str, object]:
    """Take it on: the request that it becomes. What the resident told is read for it; that is noted."""
    at = timezone.now()
    answers: dict[str, object] = dict(body.answers)
    made = handing.take_over(handover_id, body.category, answers, seen=body.seen, by=request.actor, at=at)
    return request_rows([made], at)[0]


@router.post(f"{HANDOVER}/refuse", response=HandOverRow, openapi_extra=needs(ANSWER))
def refuse(request: Asked, handover_id: UUID, body: Refused) -> dict[str, object]:
    """It stays with who gave it."""
    handing.refuse_handover(handover_id, body.reason, by=request.actor, at=timezone.now())
    return _row(request.actor, handover_id)


@router.post(f"{HANDOVER}/talk", response=HandOverRow, openapi_extra=needs("handover.talk"))
def talk(request: Asked, handover_id: UUID, body: Talked) -> dict[str, object]:
    """Both lines and the resident have talked with each other."""
    handing.note_talk(handover_id, body.result, by=request.actor, at=timezone.now())
    return _row(request.actor, handover_id)


@router.post(f"{HANDOVER}/keep", response=HandOverRow, openapi_extra=needs("handover.keep"))
def keep(request: Asked, handover_id: UUID, body: Kept) -> dict[str, object]:
    """Who gave it deals with it themselves."""
    handing.keep_handover(handover_id, body.reason, seen=body.seen, by=request.actor, at=timezone.now())
    return _row(request.actor, handover_id)


@router.post(f"{REQUEST}/danger", response=HandOverRow, openapi_extra=needs("handover.danger"))
def danger(request: Asked, request_id: UUID, body: InDanger) -> dict[str, object]:
    """Danger first: an incident begins at once where the request is; the request stays open."""
    row = handing.report_danger(request_id, body.type or "", by=request.actor, at=timezone.now())
    return _row(request.actor, row.pk)


def _row(actor: Actor, handover_id: UUID) -> dict[str, object]:
    return handover_rows([handed.handover_for(actor, handover_id)], actor)[0]
