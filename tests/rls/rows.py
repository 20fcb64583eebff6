# SPDX-License-Identifier: Apache-2.0
"""A world with a row that is the crew's own and one that is another's in each protected table."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from callbox.access.actions import define_agency
from callbox.access.domain import system_actor
from callbox.access.models import FailedSignIn, Grant, Person, PersonalRead, SignIn, Widening, WideningText
from callbox.access.queries import actor_of
from callbox.coordination.actions import add_task
from callbox.dispatch.actions import assign_unit
from callbox.dispatch.crew import DONE
from callbox.dispatch.models import CrewMessage, Position
from callbox.findings.actions import note_verdicts
from callbox.findings.answering import reply
from callbox.findings.domain import Judged
from callbox.incidents.actions import Kind, Where, add_remark
from callbox.incidents.linking import open_for_call
from callbox.incidents.queries import incident_for
from callbox.intake.actions import claim_call
from callbox.kernel.ids import new_id
from callbox.matters.models import Clock, HandOver, Step
from callbox.messages.actions import Wanted, queue_message, set_reach
from callbox.oversight.domain.verdicts import Outcome as Said
from callbox.oversight.domain.verdicts import Verdict
from callbox.oversight.models import Aside, EventObject, ObjectObject
from callbox.oversight.models import Event as LogEvent
from callbox.pictures.actions import keep_picture
from callbox.pictures.domain import Developed
from callbox.requests.actions import add_remark as add_request_remark
from callbox.requests.handing import hand_over
from callbox.requests.lines import INCIDENT
from callbox.requests.models import ApiKey, Attempt, Code, Follow, Outcome, Ringing
from callbox.requests.taking import Report, open_request
from tests import world
from tests.signed_in import person
from tests.world import AT, SETUP, call_taker, dispatcher


@dataclass(frozen=True)
class Row:
    """A row: where it stands, the action that shows it, the scope of its matter, or the person whose own it is."""

    table: str
    column: str
    value: Any
    action: str
    scope: tuple[str, ...] = ()
    person: str = ""


@dataclass(frozen=True)
class Side:
    """One unit with its incident, call and crew, and the rows that belong to them."""

    unit: UUID
    crew: Person
    rows: tuple[Row, ...]


def side(name: str) -> Side:
    """Everything of one crew: its incident, told of by a call, its assignment, its messages."""
    unit = world.unit(f"E{name}")
    key = f"unit:{unit.pk}"
    crew = person(f"crew-{name}", "crew", keys=(key,))
    call = world.waiting_call(f"canary words {name}")
    claim_call(call.pk, by=call_taker(), at=AT)
    incident = open_for_call(_where(name), Kind("FIRE.BUILDING"), call=call.pk, by=call_taker(), at=AT)
    assignment = assign_unit(incident.pk, unit.pk, by=dispatcher(), at=AT)
    add_remark(incident.pk, f"canary remark {name}", by=dispatcher(), at=AT)
    developed = Developed(b"made-up", b"made-up", 4, 3)
    matter = incident_for(dispatcher(), incident.pk).matter
    keep_picture(lambda: matter, developed, kept=timedelta(days=1), most=1, by=dispatcher(), at=AT)
    define_agency(f"agency{name}", "Agency", "单位", "city", by=SETUP, at=AT)
    add_task(incident.pk, f"agency{name}", "water", by=dispatcher(), at=AT)
    incident.matter.refresh_from_db()
    scopes = {
        row.pk: tuple(row.scope) for row in (incident.matter, assignment.matter, call.matter, unit.matter)
    }
    told = [
        *_of_matters(scopes, call.pk, incident.pk, assignment.pk, unit.pk),
        *_of_unit(unit, scopes[unit.pk]),
        _of_handover(incident.pk),
        *_of_finding(key),
    ]
    return Side(
        unit.pk, crew, (*told, *_of_request(), *_of_person(crew), *_messages(name, incident.pk, crew))
    )


def _messages(name: str, incident: UUID, crew: Person) -> list[Row]:
    words: dict[str, Any] = dict.fromkeys(("matter", "number", "action", "level", "due"), "x")
    wanted = Wanted(f"canary {name}", "messages.step", "sms", "+15550104711", "en", words, incident)
    message = queue_message(wanted, by=system_actor("messages"), at=AT)
    me = f"person:{crew.pk}"
    set_reach(me, "email", "made-up@city.example", "en", by=actor_of(crew, timezone.now()), at=AT)
    return [
        Row("messages_message", "id", message, "message.see"),
        Row("messages_text", "message_id", message, "message.personal"),
        Row("messages_reach", "holder", me, "reach.manage", person=me),
    ]


def _where(name: str) -> Where:
    return Where(-122.41, 37.77, f"canary address {name}")


def _of_matters(
    scopes: dict[UUID, tuple[str, ...]], call: UUID, incident: UUID, assignment: UUID, unit: UUID
) -> list[Row]:
    see = {call: "call.see", incident: "incident.see", assignment: "assignment.see", unit: "unit.see"}
    rows = [Row("matters_matter", "id", each, see[each], scopes[each]) for each in see]
    rows += [Row("journal_entry", "chain", each, see[each], scopes[each]) for each in see]
    rows += [Row("matters_clock", "matter_id", each, see[each], scopes[each]) for each in (call, assignment)]
    HandOver.objects.create(
        id=new_id(), matter_id=incident, giver="desk:dispatch", taker="desk:other", state="offered",
        offered_at=AT, answer_by=AT,
    )  # fmt: skip
    clock = Clock.objects.filter(matter_id=assignment).latest("id")
    Step.objects.create(
        matter_id=assignment, clock=clock, number=1, level=1, action="remind", role="owner", due_at=AT,
        taken_at=AT, tell_at=AT,
    )  # fmt: skip
    rows.append(Row("matters_step", "matter_id", assignment, see[assignment], scopes[assignment]))
    rows.append(Row("matters_handover", "matter_id", incident, see[incident], scopes[incident]))
    rows.append(Row("matters_part", "part_id", assignment, see[assignment], scopes[assignment]))
    rows += [
        Row(table, column, value, action, scopes[value])
        for table, column, value, action in (
            ("intake_call", "matter_id", call, "call.see"),
            ("intake_callcontact", "call_id", call, "call.see"),
            ("intake_caller", "call_id", call, "call.personal"),
            ("incidents_incident", "matter_id", incident, "incident.see"),
            ("incidents_incidentcall", "incident_id", incident, "incident.see"),
            ("incidents_place", "incident_id", incident, "incident.personal"),
            ("incidents_remark", "incident_id", incident, "incident.personal"),
            ("pictures_picture", "matter_id", incident, "picture.see"),
            ("coordination_response", "incident_id", incident, "incident.see"),
            ("coordination_task", "incident_id", incident, "incident.see"),
            ("dispatch_assignment", "matter_id", assignment, "assignment.see"),
            ("dispatch_unit", "matter_id", unit, "unit.see"),
        )
    ]
    return rows


def _of_request() -> list[Row]:
    found = open_request(Report("other"), by=call_taker(), at=AT)
    add_request_remark(found.pk, "canary remark", by=call_taker(), at=AT)
    scope, code = tuple(found.matter.scope), new_id()
    Follow.objects.create(request=found, key="canary", retain_until=AT)
    Code.objects.create(id=code, request=found, browser="x", code="canary", tries=1, until=AT)
    Ringing.objects.create(request=found, by="canary", until=AT)
    Attempt.objects.create(who="canary", at=AT)
    ApiKey.objects.create(id=code, name=str(code), key=str(code), since=AT)
    came_to: dict[str, Any] = dict.fromkeys(("agency", "category", "area", "result", "ask"), "")
    came_to |= dict.fromkeys(("accepted", "contacted", "fed_back"), False)
    Outcome.objects.create(request_id=found.pk, opened_at=AT, **came_to)
    return [
        Row("requests_follow", "request_id", found.pk, "nobody.may"),
        Row("requests_code", "id", code, "nobody.may"),
        Row("requests_attempt", "who", "canary", "nobody.may"),
        Row("requests_apikey", "id", code, "nobody.may"),
        Row("requests_outcome", "request_id", found.pk, "nobody.may"),
    ] + [
        Row(table, column, found.pk, action, scope)
        for table, column, action in (
            ("requests_request", "matter_id", "request.see"),
            ("requests_details", "request_id", "request.personal"),
            ("requests_reporter", "request_id", "request.reporter"),
            ("requests_remark", "request_id", "request.personal"),
            ("requests_ringing", "request_id", "request.reporter"),
        )
    ]


def _of_handover(incident: UUID) -> Row:
    row = hand_over(INCIDENT, incident, "dispute", by=call_taker(), at=AT)
    return Row("requests_handedover", "matter_id", row.pk, "handover.see", tuple(row.matter.scope))


def _of_unit(unit: Any, scope: tuple[str, ...]) -> list[Row]:
    Position.objects.create(
        unit=unit, callsign=unit.callsign, lon=0, lat=0, city="x", edge=0, along_m=0, at=AT
    )
    CrewMessage.objects.create(key=new_id(), unit=unit, received_at=AT, result=DONE)
    return [
        Row("dispatch_position", "unit_id", unit.pk, "unit.see", scope),
        Row("dispatch_crewmessage", "unit_id", unit.pk, "unit.follow", scope),
    ]


def _of_person(who: Person) -> list[Row]:
    from allauth.mfa.models import Authenticator

    now, me = timezone.now(), f"person:{who.pk}"
    SignIn.objects.create(id=new_id(), person=who, started_at=now)
    PersonalRead.objects.create(
        actor=me, role="crew", subject="call", subject_id=new_id(), purpose="x", at=now
    )
    grant = Grant.objects.get(person=who)
    widening = Widening.objects.create(id=new_id(), person=who, grant=grant, reason="x", since=now, until=now)
    WideningText.objects.create(widening=widening, sealed=b"x", retain_until=now)
    Authenticator.objects.create(user=who, type="totp", data={})
    FailedSignIn.objects.create(who=who.username, at=now)
    return [
        Row("access_person", "id", who.pk, "people.see", person=me),
        Row("access_grant", "person_id", who.pk, "people.manage", person=me),
        Row("access_signin", "person_id", who.pk, "people.manage", person=me),
        Row("access_personalread", "actor", me, "reads.see", person=me),
        Row("access_widening", "person_id", who.pk, "widening.see", person=me),
        Row("access_wideningtext", "widening_id", widening.pk, "widening.see", person=me),
        Row("mfa_authenticator", "user_id", who.pk, "people.manage", person=me),
        *_of_log(me),
        Row("access_failedsignin", "who", who.username, "nobody.may"),
    ]


def _of_log(me: str) -> list[Row]:
    """Events of cases as one source told them, which may see its own."""
    event = LogEvent.objects.create(
        source=me, key="1", activity="x", taken_at=AT, seq=0, said={}, digest=b"x"
    )
    EventObject.objects.create(event=event, source=me, kind="case", key=me, qualifier="")
    ObjectObject.objects.create(
        source=me, kind="case", key=me, other_kind="item", other_key="1", qualifier=""
    )
    Aside.objects.create(source=me, key="1", told={}, digest=b"y", at=AT)
    tables = ("event", "eventobject", "objectobject", "aside")
    return [Row(f"oversight_{name}", "source", me, "history.see", person=me) for name in tables]


def _of_finding(key: str) -> list[Row]:
    """What oversight found in a case of this unit, and what was written about it."""
    told = Verdict("made_up", AT.date(), key, "1", Said("overdue"), "", "law")
    judged = Judged(told, "case", "red", unit=key)
    note_verdicts([judged], by=system_actor("oversight"), at=AT)
    reply(judged.id, "canary words", by=world.someone("agency_desk", key), at=AT)
    scope = ("desk:oversight", key)
    return [
        Row("findings_finding", "matter_id", judged.id, "finding.see", scope),
        Row("findings_remark", "finding_id", judged.id, "finding.see", scope),
    ]
