# SPDX-License-Identifier: Apache-2.0
"""Every step of a request. Each answers with what the step did: who gives it away may not see it any more."""

from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Schema
from pydantic import Field, StringConstraints

from callbox.kernel.workflow import CODE
from callbox.matters.domain import Moved
from callbox.requests import actions, asking
from callbox.requests.api.reading import REQUEST, router  # one router a path: another would answer 405
from callbox.web.fields import Asked, Code, Long, Seen
from callbox.web.signed_in import needs

ReasonCode = Annotated[str, StringConstraints(pattern=rf"^{CODE.pattern}$")]


class Done(Schema):
    """What a step did: the state and version of the request from then on."""

    id: UUID
    was: str
    state: str
    version: int


class Why(Schema):
    """Why: a code of one word. What needs words goes into a remark."""

    reason: ReasonCode
    seen: Seen | None = None


class Step(Schema):
    """A step that says nothing more."""

    seen: Seen | None = None


class Assigned(Step):
    """To which agency (a code), and why."""

    agency: Code
    reason: ReasonCode = "by_desk"


class Result(Schema):
    """What came of talking with the resident, as a code."""

    result: ReasonCode


class FedBack(Step):
    """What came of it (a code of a disposition), and what is to be known."""

    result: Code
    words: Long = ""


class Ended(Step):
    """How it ended: a code of a disposition."""

    disposition: Code


class Said(Step):
    """What the resident says at the end: a code of an answer."""

    said: Code


class Into(Schema):
    """The request that is the same matter."""

    into: UUID


class Words(Schema):
    """A remark. Personal data may stand in it: it is kept in a row of its own."""

    text: Annotated[Long, Field(min_length=1)]


@router.post(f"{REQUEST}/assign", response=Done, openapi_extra=needs("request.assign"))
def assign(request: Asked, request_id: UUID, body: Assigned) -> Moved:
    """Send it to an agency, or take it from one and send it to another."""
    by, at = request.actor, timezone.now()
    return actions.assign_request(request_id, body.agency, body.reason, seen=body.seen, by=by, at=at)


@router.post(f"{REQUEST}/accept", response=Done, openapi_extra=needs("request.accept"))
def accept(request: Asked, request_id: UUID, body: Step) -> Moved:
    """Take it on."""
    return actions.accept_request(request_id, seen=body.seen, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/return", response=Done, openapi_extra=needs("request.return"))
def give_back(request: Asked, request_id: UUID, body: Why) -> Moved:
    """It is not for this agency."""
    return actions.return_request(
        request_id, body.reason, seen=body.seen, by=request.actor, at=timezone.now()
    )


@router.post(f"{REQUEST}/contact", response=Done, openapi_extra=needs("request.contact"))
def contact(request: Asked, request_id: UUID, body: Result) -> Moved:
    """The agency has talked with the resident, or tried to."""
    return actions.note_contact(request_id, body.result, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/suspend", response=Done, openapi_extra=needs("request.suspend"))
def suspend(request: Asked, request_id: UUID, body: Why) -> Moved:
    """It cannot go on now: the promise of a solution stands still."""
    return actions.suspend_request(request_id, body.reason, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/resume", response=Done, openapi_extra=needs("request.resume"))
def resume(request: Asked, request_id: UUID) -> Moved:
    """It goes on."""
    return actions.resume_request(request_id, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/feed-back", response=Done, openapi_extra=needs("request.feed_back"))
def feed_back(request: Asked, request_id: UUID, body: FedBack) -> Moved:
    """The agency says what came of it."""
    return actions.feed_back(
        request_id, body.result, body.words, seen=body.seen, by=request.actor, at=timezone.now()
    )


@router.post(f"{REQUEST}/close", response=Done, openapi_extra=needs("request.close"))
def close(request: Asked, request_id: UUID, body: Ended) -> Moved:
    """It is over."""
    return actions.close_request(
        request_id, body.disposition, seen=body.seen, by=request.actor, at=timezone.now()
    )


@router.post(f"{REQUEST}/ask", response=Done, openapi_extra=needs("request.ask"))
def ask(request: Asked, request_id: UUID, body: Said) -> Moved:
    """What the resident says at the end, or that asking them came to nothing."""
    return asking.note_said(request_id, body.said, seen=body.seen, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/supervise", response=Done, openapi_extra=needs("request.supervise"))
def supervise(request: Asked, request_id: UUID, body: Why) -> Moved:
    """A supervisor decides what happens now: a new round."""
    return asking.supervise_request(request_id, body.reason, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/reopen", response=Done, openapi_extra=needs("request.reopen"))
def reopen(request: Asked, request_id: UUID, body: Why) -> Moved:
    """Open it again with whom had it last: a new round."""
    return actions.reopen_request(request_id, body.reason, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/withdraw", response=Done, openapi_extra=needs("request.withdraw"))
def withdraw(request: Asked, request_id: UUID, body: Why) -> Moved:
    """The resident does not want it dealt with any more."""
    return actions.withdraw_request(request_id, body.reason, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/merge", response=Done, openapi_extra=needs("request.merge"))
def merge(request: Asked, request_id: UUID, body: Into) -> Moved:
    """It is the same matter as another open request: it ends here."""
    return actions.merge_request(request_id, body.into, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/remark", response=Done, openapi_extra=needs("request.remark"))
def remark(request: Asked, request_id: UUID, body: Words) -> Moved:
    """Write a remark."""
    return actions.add_remark(request_id, body.text, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/hide-reporter", response=Done, openapi_extra=needs("request.hide_reporter"))
def hide_reporter(request: Asked, request_id: UUID) -> Moved:
    """Hide who reports from the agency."""
    return actions.set_confidential(request_id, True, by=request.actor, at=timezone.now())


@router.post(f"{REQUEST}/show-reporter", response=Done, openapi_extra=needs("request.show_reporter"))
def show_reporter(request: Asked, request_id: UUID) -> Moved:
    """Show the agency who reports."""
    return actions.set_confidential(request_id, False, by=request.actor, at=timezone.now())
