# SPDX-License-Identifier: Apache-2.0
"""More time, parts for several agencies, and passing a request on."""

from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Schema
from pydantic import Field

from callbox.kernel.actor import Actor
from callbox.requests import dividing, extending, passing, queries
from callbox.requests.api.reading import REQUEST, router  # one router a path: another would answer 405
from callbox.requests.api.steps import ReasonCode, Why
from callbox.requests.rows import RequestRow, request_rows
from callbox.web.fields import Asked, Code
from callbox.web.signed_in import needs


class MoreTime(Why):
    """How much more time, in the unit of the promise (working days, as a rule), and why."""

    amount: Annotated[int, Field(ge=1, le=100)]


class TimeAnswer(Schema):
    """Whether it is granted. A refusal needs a reason; a grant takes none: it is that of the asking."""

    grant: bool
    reason: ReasonCode | None = None


class ToAgency(Schema):
    """An agency, by its code."""

    agency: Code


class PartWaived(Why):
    """The part without which it may close, and why."""

    part: UUID


class Answered(Schema):
    """Whether what is offered is taken over."""

    accept: bool


class Noted(Schema):
    """It is done. parts: those of the request, where it has any that the asker may see."""

    parts: list[RequestRow]


def _noted(actor: Actor, request_id: UUID) -> dict[str, object]:
    at = timezone.now()
    found = queries.visible(actor).filter(pk=request_id).first()
    parts = queries.parts_of(actor, found) if found else []
    return {"parts": request_rows([each.request for each in parts], at)}


@router.post(f"{REQUEST}/ask-extension", response=Noted, openapi_extra=needs("request.ask_extension"))
def ask_for_time(request: Asked, request_id: UUID, body: MoreTime) -> dict[str, object]:
    """Ask for more time, before it has run out."""
    extending.ask_for_time(request_id, body.amount, body.reason, by=request.actor, at=timezone.now())
    return _noted(request.actor, request_id)


@router.post(f"{REQUEST}/answer-extension", response=Noted, openapi_extra=needs("request.answer_extension"))
def answer_for_time(request: Asked, request_id: UUID, body: TimeAnswer) -> dict[str, object]:
    """Grant more time or not: somebody else than who asked."""
    extending.answer_for_time(request_id, body.grant, body.reason or "", by=request.actor, at=timezone.now())
    return _noted(request.actor, request_id)


@router.post(f"{REQUEST}/split", response=Noted, openapi_extra=needs("request.split"))
def split(request: Asked, request_id: UUID, body: ToAgency) -> dict[str, object]:
    """Give a part of it to one more agency."""
    dividing.split_request(request_id, body.agency, by=request.actor, at=timezone.now())
    return _noted(request.actor, request_id)


@router.post(f"{REQUEST}/waive-part", response=Noted, openapi_extra=needs("request.waive_part"))
def waive(request: Asked, request_id: UUID, body: PartWaived) -> dict[str, object]:
    """Let it close without one of its parts."""
    dividing.waive_request_part(request_id, body.part, body.reason, by=request.actor, at=timezone.now())
    return _noted(request.actor, request_id)


@router.post(f"{REQUEST}/pass-on", response=Noted, openapi_extra=needs("request.pass_on"))
def pass_on(request: Asked, request_id: UUID, body: ToAgency) -> dict[str, object]:
    """Offer it to another agency; until that accepts, it stays with whoever leads."""
    passing.pass_on(request_id, body.agency, by=request.actor, at=timezone.now())
    return _noted(request.actor, request_id)


@router.post(f"{REQUEST}/answer-pass-on", response=Noted, openapi_extra=needs("request.answer_pass_on"))
def answer_pass_on(request: Asked, request_id: UUID, body: Answered) -> dict[str, object]:
    """Take over what another agency offers, or leave it where it is."""
    passing.answer_pass_on(request_id, body.accept, by=request.actor, at=timezone.now())
    return _noted(request.actor, request_id)
