# SPDX-License-Identifier: Apache-2.0
"""Opening an incident and every step of it."""

from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Schema
from pydantic import Field

from callbox.incidents import actions, linking
from callbox.incidents.actions import Kind, Where
from callbox.incidents.api.reading import router  # one router a path: another would answer 405
from callbox.incidents.rows import IncidentRow, incident_row
from callbox.web.fields import Asked, Code, Lat, Lon, Long, Reason, Seen, Short
from callbox.web.signed_in import needs

INCIDENT = "/incidents/{uuid:incident_id}"
Answers = Annotated[dict[Code, Code], Field(max_length=50, default_factory=dict)]
Priority = Annotated[int, Field(ge=1, le=5)]


class WhereGiven(Schema):
    """A place: WGS84, both or neither; and the words by which a crew finds it."""

    lon: Lon | None = None
    lat: Lat | None = None
    address: Short = ""
    note: Long = ""

    def where(self) -> Where:
        """The place. Raises Invalid when only one of lon and lat is given."""
        return Where(self.lon, self.lat, self.address, self.note)


class NewIncident(WhereGiven):
    """An incident. type: classifies it at once; priority by hand needs a reason. id: the sender's own."""

    call: UUID | None = None
    type: Code | None = None
    answers: Answers
    priority: Priority | None = None
    reason: Short = ""
    id: UUID | None = None

    def kind(self) -> Kind | None:
        """What happened, if that was said."""
        return Kind(self.type, self.answers, self.priority, self.reason) if self.type else None


class Classified(Schema):
    """Type and answers give the priority; one set by hand needs a reason."""

    type: Code
    answers: Answers
    priority: Priority | None = None
    reason: Short = ""
    seen: Seen | None = None


class Moved(WhereGiven):
    """The right place."""

    seen: Seen | None = None


class Words(Schema):
    """A remark. Personal data may stand in it: it is kept in a row of its own."""

    text: Annotated[Long, Field(min_length=1)]


class Level(Schema):
    """The new alarm level."""

    level: Annotated[int, Field(ge=1, le=9)]


class InDanger(Schema):
    """The unit in danger."""

    unit: UUID


class Closed(Schema):
    """How it ended: a code of the catalogue."""

    disposition: Code
    seen: Seen | None = None


class Into(Schema):
    """The incident that is the same event."""

    into: UUID


class Waived(Reason):
    """The part without which it may close."""

    part: UUID


@router.post("/incidents", response=IncidentRow, openapi_extra=needs("incident.open"))
def open_incident(request: Asked, body: NewIncident) -> dict[str, object]:
    """Open an incident, classify it and link the call that told of it: all of it, or nothing."""
    at, actor = timezone.now(), request.actor
    own = [key for key in actor.keys if key.startswith("unit:")]  # a crew goes on seeing what it opened
    opened = linking.open_for_call(
        body.where(), body.kind(), call=body.call, scope=own, incident_id=body.id, by=actor, at=at
    )
    return incident_row(actor, opened.matter_id, at)


@router.post(f"{INCIDENT}/classify", response=IncidentRow, openapi_extra=needs("incident.reclassify"))
def classify(request: Asked, incident_id: UUID, body: Classified) -> dict[str, object]:
    """Say what it is, or put that right."""
    at, kind = timezone.now(), Kind(body.type, body.answers, body.priority, body.reason)
    actions.classify_incident(incident_id, kind, seen=body.seen, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/relocate", response=IncidentRow, openapi_extra=needs("incident.relocate"))
def relocate(request: Asked, incident_id: UUID, body: Moved) -> dict[str, object]:
    """Put the place right."""
    at = timezone.now()
    actions.relocate_incident(incident_id, body.where(), seen=body.seen, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/remark", response=IncidentRow, openapi_extra=needs("incident.remark"))
def remark(request: Asked, incident_id: UUID, body: Words) -> dict[str, object]:
    """Write a running remark."""
    at = timezone.now()
    actions.add_remark(incident_id, body.text, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/raise-alarm", response=IncidentRow, openapi_extra=needs("incident.raise_alarm"))
def raise_alarm(request: Asked, incident_id: UUID, body: Level) -> dict[str, object]:
    """Raise the alarm level."""
    at = timezone.now()
    actions.raise_alarm(incident_id, body.level, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/safety-alarm", response=IncidentRow, openapi_extra=needs("incident.safety_alarm"))
def safety_alarm(request: Asked, incident_id: UUID, body: InDanger) -> dict[str, object]:
    """A crew is in danger."""
    at = timezone.now()
    actions.sound_safety_alarm(incident_id, body.unit, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/safety-clear", response=IncidentRow, openapi_extra=needs("incident.safety_clear"))
def safety_clear(request: Asked, incident_id: UUID, body: Reason) -> dict[str, object]:
    """The danger is over."""
    at = timezone.now()
    actions.clear_safety_alarm(incident_id, body.reason, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/close", response=IncidentRow, openapi_extra=needs("incident.close"))
def close(request: Asked, incident_id: UUID, body: Closed) -> dict[str, object]:
    """Close it with a disposition."""
    at = timezone.now()
    actions.close_incident(incident_id, body.disposition, seen=body.seen, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/merge", response=IncidentRow, openapi_extra=needs("incident.merge"))
def merge(request: Asked, incident_id: UUID, body: Into) -> dict[str, object]:
    """It is the same event as another open incident: it ends here and goes on there."""
    at = timezone.now()
    actions.merge_incident(incident_id, body.into, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/reopen", response=IncidentRow, openapi_extra=needs("incident.reopen"))
def reopen(request: Asked, incident_id: UUID, body: Reason) -> dict[str, object]:
    """Open a closed incident again: a new round."""
    at = timezone.now()
    actions.reopen_incident(incident_id, body.reason, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)


@router.post(f"{INCIDENT}/waive-part", response=IncidentRow, openapi_extra=needs("incident.waive_part"))
def waive(request: Asked, incident_id: UUID, body: Waived) -> dict[str, object]:
    """Let it close without one of its parts."""
    at = timezone.now()
    linking.waive_incident_part(incident_id, body.part, body.reason, by=request.actor, at=at)
    return incident_row(request.actor, incident_id, at)
