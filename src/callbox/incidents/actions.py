# SPDX-License-Identifier: Apache-2.0
"""Changing incidents: every change is one move, one transaction, one journal entry without personal data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from callbox.geo.queries import areas_at
from callbox.incidents import domain, queries
from callbox.incidents.catalogue import check_answers, load_dispositions, type_for
from callbox.incidents.models import Incident, IncidentCall, Place, Remark
from callbox.incidents.personal import sealed_place, sealed_remark
from callbox.incidents.priorities import load_priorities, priority_for
from callbox.intake.actions import follow_merge
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.workflow import is_code
from callbox.matters.actions import move, open_matter
from callbox.matters.domain import NOTHING, Change, Moved
from callbox.matters.promises import clock
from callbox.matters.queries import hold, lock_open, promises_on

RETENTION = timedelta(days=365)  # set by the authority; rows are erased after it, the journal stays
DESK = "desk:dispatch"
IN_REMARK = "in_remark"


@dataclass(frozen=True, slots=True)
class Where:
    """A place in WGS84, with the words by which a crew finds it. Without lon/lat only the words are known."""

    lon: float | None = None
    lat: float | None = None
    address: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if (self.lon is None) != (self.lat is None):
            raise Invalid(_("A place needs both longitude and latitude, or neither."))
        if (
            self.lon is not None
            and self.lat is not None
            and not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90)
        ):
            raise Invalid(_("This place is not on the earth. Longitude is -180 to 180, latitude -90 to 90."))


@dataclass(frozen=True, slots=True)
class Kind:
    """What happened: type and answers give the priority; `priority` set by hand needs a reason."""

    type: str
    answers: Mapping[str, str] = field(default_factory=dict)
    priority: int | None = None
    reason: str = ""


@transaction.atomic
def open_incident(
    where: Where,
    *,
    call: UUID | None = None,
    scope: Iterable[str] = (),
    incident_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Incident:
    """Open an incident at a place, owned by the dispatch desk. Raises NotAllowed, Invalid."""
    number, areas = queries.next_number(), _areas(where)
    change = Change({"number": number, "areas": areas, **({"call": call} if call else {})})
    matter = open_matter(
        domain.WORKFLOW, incident_id or new_id(), owner=DESK, scope=scope, by=by, at=at, change=change
    )
    incident = Incident.objects.create(matter=matter, number=number, area_ids=areas)
    until = at + RETENTION
    incident.place = Place.objects.create(
        incident=incident, retain_until=until, **_columns(matter.id, where, until)
    )
    if call:
        IncidentCall.objects.create(call=call, incident=incident)
    return incident


@transaction.atomic
def classify_incident(
    incident_id: UUID, kind: Kind, *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """Say what it is: the first time from `reported`, later as a correction. The priority comes from the table.

    Raises NotFound, NotAllowed, Invalid (unknown type or answer; a priority by hand without a reason), Conflict.
    """
    incident = queries.incident_for(by, incident_id)
    decided, facts = _decide(kind, at)
    facts["was_type"], facts["was_priority"] = incident.type or None, incident.priority
    first = incident.matter.state == domain.REPORTED
    clocks = clock(domain.DISPATCH_CLOCK, "*", decided, promises_on(at.date())) if first else {}
    moved = move(
        incident.matter, "classify" if first else "reclassify", Change(facts, clocks, seen=seen), by=by, at=at
    )
    Incident.objects.filter(pk=incident_id).update(
        type=kind.type, priority=decided, sensitive=type_for(kind.type).sensitive
    )
    if facts.get("by_hand") == IN_REMARK:
        add_remark(incident_id, kind.reason, by=by, at=at)
    return moved


def _decide(kind: Kind, at: datetime) -> tuple[int, dict[str, object]]:
    type_for(kind.type)
    check_answers(kind.answers)
    facts: dict[str, object] = {"type": kind.type, "answers": dict(kind.answers)}
    if kind.priority is None:
        decision = priority_for(kind.type, kind.answers, load_priorities(at.date()))
        return decision.priority, {**facts, "priority": decision.priority, "row": decision.row}
    if not kind.reason:
        raise Invalid(
            _("A priority set by hand needs a reason."), fields={"reason": _("Needed for this step.")}
        )
    if not 1 <= kind.priority <= 5:
        raise Invalid(_("A priority is a whole number from 1, the most urgent, to 5."))
    return kind.priority, {**facts, "priority": kind.priority, "by_hand": _code(kind)}


def _code(kind: Kind) -> str:
    """The reason as a code; words stand in a remark, for they may tell of a person."""
    return kind.reason if is_code(kind.reason) else IN_REMARK


@transaction.atomic
def relocate_incident(
    incident_id: UUID, where: Where, *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """Put the place right. The journal tells that it changed and in which areas it now is, not where."""
    incident = queries.incident_for(by, incident_id)
    areas = _areas(where)
    moved = move(incident.matter, "relocate", Change({"areas": areas}, seen=seen), by=by, at=at)
    columns = _columns(incident_id, where, incident.place.retain_until)
    Place.objects.filter(incident=incident).update(**columns, address="", note="")
    Incident.objects.filter(pk=incident_id).update(area_ids=areas)
    return moved


@transaction.atomic
def add_call(incident_id: UUID, call: UUID, *, by: Actor, at: datetime) -> Moved:
    """One more call tells of this incident. Raises Conflict when the call belongs to another one."""
    incident = queries.incident_for(by, incident_id)
    moved = move(incident.matter, "add_call", Change({"call": call}), by=by, at=at)
    _row, created = IncidentCall.objects.get_or_create(call=call, defaults={"incident": incident})
    if not created:
        raise Conflict(_("This call belongs to an incident already."))
    return moved


@transaction.atomic
def add_remark(
    incident_id: UUID, text: str, *, by: Actor, at: datetime, remark_id: UUID | None = None
) -> Moved:
    """Write a running remark. Its words stand in a row of their own, not in the journal."""
    if not text.strip():
        raise Invalid(_("A remark needs words."), fields={"text": _("Write what is to be known.")})
    incident = queries.incident_for(by, incident_id)
    row = Remark(
        id=remark_id or new_id(),
        incident=incident,
        by=by.id,
        at=at,
        retain_until=at + RETENTION,
    )
    row.sealed = sealed_remark(row.id, text.strip(), row.retain_until)
    if not _is_new(row):
        return Moved(incident_id, incident.matter.state, incident.matter.state, incident.matter.version, 0)
    return move(incident.matter, "remark", Change({"remark": row.id}), by=by, at=at)


def _is_new(row: Remark) -> bool:
    _found, created = Remark.objects.get_or_create(
        id=row.id,
        defaults={
            "incident": row.incident,
            "by": row.by,
            "at": row.at,
            "sealed": row.sealed,
            "retain_until": row.retain_until,
        },
    )
    return created


@transaction.atomic
def raise_alarm(incident_id: UUID, level: int, *, by: Actor, at: datetime) -> Moved:
    """Raise the alarm level: the response plan of that level is offered from now on."""
    incident = queries.incident_for(by, incident_id)
    if not incident.alarm_level < level <= domain.MAX_ALARM_LEVEL:
        raise Invalid(
            _("The alarm level is %(now)s and can only be raised, to %(most)s at most."),
            now=incident.alarm_level,
            most=domain.MAX_ALARM_LEVEL,
        )
    moved = move(
        incident.matter,
        "raise_alarm",
        Change({"level": level, "was_level": incident.alarm_level}),
        by=by,
        at=at,
    )
    Incident.objects.filter(pk=incident_id).update(alarm_level=level)
    return moved


@transaction.atomic
def sound_safety_alarm(incident_id: UUID, unit: UUID, *, by: Actor, at: datetime) -> Moved:
    """A crew is in danger. It stands until somebody clears it with a reason."""
    incident = queries.incident_for(by, incident_id)
    moved = move(incident.matter, "safety_alarm", Change({"unit": unit}), by=by, at=at)
    Incident.objects.filter(pk=incident_id).update(safety_alarm=True)
    return moved


@transaction.atomic
def clear_safety_alarm(incident_id: UUID, reason: str, *, by: Actor, at: datetime) -> Moved:
    """The danger is over. The reason is a short text without personal data."""
    incident = queries.incident_for(by, incident_id)
    moved = move(incident.matter, "safety_clear", Change({"reason": reason}), by=by, at=at)
    Incident.objects.filter(pk=incident_id).update(safety_alarm=False)
    return moved


@transaction.atomic
def close_incident(
    incident_id: UUID, disposition: str, *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """Close an incident whose mandatory parts are closed or waived.

    Raises NotFound, NotAllowed, Invalid (unknown disposition), or Conflict naming what is still open.
    """
    incident = queries.incident_for(by, incident_id)
    known = load_dispositions()
    if disposition not in known:
        raise Invalid(_("There is no disposition “%(code)s”. Choose one from the list."), code=disposition)
    moved = move(incident.matter, "close", Change({"disposition": disposition}, seen=seen), by=by, at=at)
    Incident.objects.filter(pk=incident_id).update(disposition=disposition)
    return moved


@transaction.atomic
def merge_incident(incident_id: UUID, into: UUID, *, by: Actor, at: datetime) -> Moved:
    """The same event as another open incident: its calls go there and it ends here.

    Raises Conflict when one of them is not open any more.
    """
    if incident_id == into:
        raise Invalid(_("An incident cannot be merged into itself."))
    incident, other = queries.incident_for(by, incident_id), queries.incident_for(by, into)
    hold(incident_id, into)
    lock_open(into)
    moved = move(incident.matter, "merge", Change({"into": into}), by=by, at=at)
    Incident.objects.filter(pk=incident_id).update(merged_into=into)
    for call in IncidentCall.objects.filter(incident=incident):
        move(other.matter, "add_call", Change({"call": call.call, "merged_from": incident_id}), by=by, at=at)
    IncidentCall.objects.filter(incident=incident).update(incident=other)
    follow_merge(incident_id, into)
    return moved


@transaction.atomic
def reopen_incident(incident_id: UUID, reason: str, *, by: Actor, at: datetime) -> Moved:
    """Open a closed incident again: a new round begins, the old one stays in the figures."""
    incident = queries.incident_for(by, incident_id)
    clocks = clock(domain.DISPATCH_CLOCK, "*", incident.priority, promises_on(at.date()))
    return move(incident.matter, "reopen", Change({"reason": reason}, clocks), by=by, at=at)


@transaction.atomic(savepoint=False)
def note_unit(
    incident_id: UUID, name: str, unit: UUID, *, change: Change = NOTHING, by: Actor, at: datetime
) -> Moved | None:
    """What units do to the incident: `send` (or `add_unit`), `arrive`, `stand_down`; None when it changes nothing.

    Nothing is stood down where somebody was on scene, in the round that it is in now.
    Called by the dispatch room inside its own transaction; scope keys that come with a unit stand in `change`.
    """
    incident = queries.incident_for(by, incident_id)
    state = incident.matter.state
    if name == "send" and state in (domain.DISPATCHED, domain.ON_SCENE):
        name = "add_unit"
    if name == "arrive" and state != domain.DISPATCHED:
        return None
    if name == "stand_down" and state != domain.DISPATCHED:
        return None
    starts = {"send": domain.ARRIVAL_CLOCK, "stand_down": domain.DISPATCH_CLOCK}.get(name)
    clocks = clock(starts, "*", incident.priority, promises_on(at.date())) if starts else {}
    whole = Change({**change.facts, "unit": unit}, clocks, None, change.add_scope, change.drop_scope)
    return move(incident.matter, name, whole, by=by, at=at)


@transaction.atomic(savepoint=False)
def note_agency(incident: Incident, name: str, change: Change, *, by: Actor, at: datetime) -> Moved:
    """What agencies do to the incident: `respond`, `name_lead`, `take_part`, `leave` or a `task_step`.

    Called by the coordination room inside its own transaction; who sees the incident from now on, or no more, stands
    in `change`. Raises NotAllowed, Invalid or Conflict.
    """
    return move(incident.matter, name, change, by=by, at=at)


def _areas(where: Where) -> list[str]:
    return [] if where.lon is None or where.lat is None else areas_at(where.lon, where.lat)


def _columns(incident_id: UUID, where: Where, retain_until: datetime) -> dict[str, Any]:
    sealed = sealed_place(incident_id, where.address.strip(), where.note.strip(), retain_until)
    return {"lon": where.lon, "lat": where.lat, "sealed": sealed}
