# SPDX-License-Identifier: Apache-2.0
"""The queue and every step of a call."""

from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from callbox.access.queries import names_of
from callbox.incidents.linking import link_call_to_incident
from callbox.incidents.rows import HistoryRow, history_rows, linked_call_rows
from callbox.intake import actions, queries
from callbox.intake.domain import KIND, Said
from callbox.intake.rows import CallRow
from callbox.journal.queries import horizon
from callbox.kernel.actor import Actor
from callbox.matters.queries import history_for, matter_for
from callbox.pictures.queries import pictures_of
from callbox.pictures.rows import PictureRow, picture_rows
from callbox.web.fields import Asked, Code, Lat, Lon, Long, Reason, Short
from callbox.web.signed_in import needs

router = Router(tags=["calls"])
CALL = "/calls/{uuid:call_id}"


class Queue(Schema):
    """Calls that wait, were lost, or are in the asker's hand. Start the stream after `position`."""

    position: str
    calls: list[CallRow]


class CallShown(CallRow):
    """A call with its history and the pictures that came with it."""

    pictures: list[PictureRow]
    history: list[HistoryRow]


class NewCall(Schema):
    """A call that the call-taker has on the line. id: the sender's own, so that a repeat is seen."""

    channel: Code = "phone"
    lane: Literal["emergency", "civic"] = "emergency"
    id: UUID | None = None


class TriedBack(Schema):
    """What came of ringing back."""

    result: Literal["no_answer", "busy", "reached"]


class Note(Schema):
    """What the caller says; only what is given is written. lon and lat go together."""

    name: Short = ""
    number: Annotated[Short, Field(max_length=40)] = ""
    words: Long = ""
    place: Short = ""
    lon: Lon | None = None
    lat: Lat | None = None


class ToIncident(Schema):
    """The incident that the call tells of."""

    incident: UUID


class Outcome(Schema):
    """How the call ended: a code of the catalogue."""

    outcome: Code


def row(actor: Actor, call_id: UUID) -> dict[str, object]:
    """One call as a row. Raises NotFound."""
    return linked_call_rows(actor, [queries.call_for(actor, call_id)])[0]


@router.get("/queue", response=Queue, openapi_extra=needs("call.see"))
def queue(request: Asked) -> dict[str, object]:
    """What waits, most urgent lane first, then by age; and what the asker has in hand."""
    request.actor.require("call.see")
    xid, seq = horizon()
    calls = [*queries.answered_by(request.actor), *queries.queue(request.actor)]
    return {"position": f"{xid}.{seq}", "calls": linked_call_rows(request.actor, calls)}


@router.get(CALL, response=CallShown, openapi_extra=needs("call.see"))
def call(request: Asked, call_id: UUID) -> dict[str, object]:
    """One call and its history, without who called."""
    actor, shown = request.actor, row(request.actor, call_id)
    entries = history_for(actor, call_id, KIND)
    pictures = pictures_of(actor, [matter_for(actor, call_id, KIND)])
    names = names_of([*(entry.actor for entry in entries), *(picture.by for picture in pictures)])
    return {
        **shown,
        "pictures": picture_rows(pictures, names),
        "history": history_rows(entries, names),
    }


@router.post("/calls", response=CallRow, openapi_extra=needs("call.open"))
def open_call(request: Asked, body: NewCall) -> dict[str, object]:
    """A call that the asker has on the line already: opened and claimed."""
    opened = actions.open_call(
        body.channel, lane=body.lane, call_id=body.id, by=request.actor, at=timezone.now()
    )
    return row(request.actor, opened.matter_id)


@router.post(f"{CALL}/claim", response=CallRow, openapi_extra=needs("call.claim"))
def claim(request: Asked, call_id: UUID) -> dict[str, object]:
    """Answer it."""
    actions.claim_call(call_id, by=request.actor, at=timezone.now())
    return row(request.actor, call_id)


@router.post(f"{CALL}/release", response=CallRow, openapi_extra=needs("call.release"))
def release(request: Asked, call_id: UUID, body: Reason) -> dict[str, object]:
    """Put it back in the queue."""
    actions.release_call(call_id, body.reason, by=request.actor, at=timezone.now())
    return row(request.actor, call_id)


@router.post(f"{CALL}/lose", response=CallRow, openapi_extra=needs("call.lose"))
def lose(request: Asked, call_id: UUID) -> dict[str, object]:
    """The caller hung up before an answer."""
    actions.lose_call(call_id, by=request.actor, at=timezone.now())
    return row(request.actor, call_id)


@router.post(f"{CALL}/try-back", response=CallRow, openapi_extra=needs("call.try_back"))
def try_back(request: Asked, call_id: UUID, body: TriedBack) -> dict[str, object]:
    """Note an attempt to ring back a lost call."""
    actions.try_back(call_id, body.result, by=request.actor, at=timezone.now())
    return row(request.actor, call_id)


@router.post(f"{CALL}/note", response=CallRow, openapi_extra=needs("call.note"))
def note(request: Asked, call_id: UUID, body: Note) -> dict[str, object]:
    """Write down what the caller says."""
    placed = body.lon is not None and body.lat is not None
    said = Said(
        name=body.name,
        number=body.number,
        words=body.words,
        place=body.place,
        lon=body.lon if placed else None,
        lat=body.lat if placed else None,
    )
    actions.note_words(call_id, said, by=request.actor, at=timezone.now())
    return row(request.actor, call_id)


@router.post(f"{CALL}/link", response=CallRow, openapi_extra=needs("call.link"))
def link(request: Asked, call_id: UUID, body: ToIncident) -> dict[str, object]:
    """The call tells of an incident that is open already: noted on both sides, or on neither."""
    link_call_to_incident(call_id, body.incident, by=request.actor, at=timezone.now())
    return row(request.actor, call_id)


@router.post(f"{CALL}/wrap-up", response=CallRow, openapi_extra=needs("call.wrap_up"))
def wrap_up(request: Asked, call_id: UUID, body: Outcome) -> dict[str, object]:
    """Finish the call."""
    actions.wrap_up_call(call_id, body.outcome, by=request.actor, at=timezone.now())
    return row(request.actor, call_id)
