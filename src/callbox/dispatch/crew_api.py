# SPDX-License-Identifier: Apache-2.0
"""What a crew's phone asks and says. Every answer carries `server_time`, from which the phone knows its error."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language, gettext
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from callbox.dispatch import crew_reads
from callbox.dispatch.crew import Pressed, Taken, take_messages
from callbox.dispatch.crew_rows import duty_row, route_row, unit_row
from callbox.dispatch.found import Found
from callbox.dispatch.models import Unit
from callbox.dispatch.phone_clock import Stamp
from callbox.incidents.actions import Where
from callbox.journal.queries import horizon
from callbox.kernel.actor import Actor
from callbox.web.fields import Asked, Code, Lat, Lon, Moment
from callbox.web.signed_in import needs

router = Router(tags=["crew"])
MOST_MS = 400 * 24 * 3_600_000  # what a browser's clock may count to; keeps timedelta from overflowing


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c in "\n\t").strip()


Milliseconds = Annotated[float, Field(ge=0, le=MOST_MS, allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=2_000), AfterValidator(_printable)]


class FoundIn(Schema):
    """What a crew found; lon and lat WGS84."""

    lon: Lon | None = None
    lat: Lat | None = None
    address: Text = ""
    note: Text = ""
    type: Code
    stays: bool = False
    assignment: UUID | None = None


class PressedIn(Schema):
    """One press. pressed_at by the phone's clock; age_ms, since_ms by its monotonic one; told_at by ours."""

    key: UUID
    number: Annotated[int, Field(ge=0, le=2**53)]
    what: Annotated[str, Field(max_length=40)]
    target: UUID
    pressed_at: Moment
    age_ms: Milliseconds = 0
    told_at: Moment | None = None
    since_ms: Milliseconds = 0
    words: Text = ""
    found: FoundIn | None = None


class MessagesIn(Schema):
    """What waited on the phone, and the phone's clock as it is sent."""

    phone_now: Moment
    messages: Annotated[list[PressedIn], Field(max_length=500)]


class FoundNowIn(PressedIn):
    """A found incident sent by itself: `target` is the id that the phone gave it."""

    phone_now: Moment
    what: str = "open_incident"
    number: int = 0
    found: FoundIn


class TakenOut(Schema):
    """What became of a press; text says why it was refused, in the language of the request."""

    key: UUID
    result: str
    text: str = ""


class MessagesOut(Schema):
    """What became of each press, in order."""

    server_time: datetime
    results: list[TakenOut]


@router.get("/crew", openapi_extra=needs("assignment.see"))
def crew(request: Asked) -> dict[str, Any]:
    """The unit and everything it has to do, exact places and remarks included (the read is noted)."""
    actor, unit = _crew(request)
    at, position = timezone.now(), horizon()
    language = get_language() or "en"
    return {
        "position": f"{position[0]}.{position[1]}",
        "server_time": at,
        "person": actor.id,
        "unit": unit_row(unit, crew_reads.last_position(unit.matter_id), language),
        "assignments": [duty_row(duty, language) for duty in crew_reads.duties_of(actor, unit, at=at)],
    }


@router.get("/crew/route/{assignment_id}", openapi_extra=needs("assignment.see"))
def route(request: Asked, assignment_id: UUID) -> dict[str, Any]:
    """The way from the unit's last position (else its station) to its incident."""
    actor, unit = _crew(request)
    return route_row(*crew_reads.way_to(actor, unit, assignment_id, at=timezone.now()))


@router.post("/crew/messages", response=MessagesOut, openapi_extra=needs("assignment.acknowledge"))
def messages(request: Asked, body: MessagesIn) -> dict[str, Any]:
    """Deal with what was pressed, each key once, in the order of the numbers."""
    actor, unit = _crew(request)
    at = timezone.now()
    taken = take_messages(unit, [_pressed(one) for one in body.messages], body.phone_now, by=actor, at=at)
    return {"server_time": at, "results": [_out(one) for one in taken]}


@router.post("/crew/incidents", response=MessagesOut, openapi_extra=needs("incident.open"))
def found(request: Asked, body: FoundNowIn) -> dict[str, Any]:
    """Open an incident that the crew came upon; a repeat of the same key is answered as the first time."""
    actor, unit = _crew(request)
    at = timezone.now()
    taken = take_messages(unit, [_pressed(body)], body.phone_now, by=actor, at=at)
    return {"server_time": at, "results": [_out(one) for one in taken]}


def _crew(request: Asked) -> tuple[Actor, Unit]:
    return request.actor, crew_reads.unit_of_this_crew(request.actor)


def _pressed(said: PressedIn) -> Pressed:
    stamp = Stamp(
        said.pressed_at,
        timedelta(milliseconds=said.age_ms),
        said.told_at,
        timedelta(milliseconds=said.since_ms),
    )
    return Pressed(said.key, said.number, said.what, said.target, stamp, said.words, _found(said.found))


def _found(said: FoundIn | None) -> Found | None:
    if said is None:
        return None
    where = Where(said.lon, said.lat, said.address, said.note)
    return Found(where, said.type, said.stays, said.assignment)


def _out(taken: Taken) -> TakenOut:
    text = gettext(taken.message) if taken.message else ""
    return TakenOut(
        key=taken.key,
        result="done" if taken.done else "refused",
        text=text % taken.params if taken.params else text,
    )
