# SPDX-License-Identifier: Apache-2.0
"""Calling agencies to an incident, and every step of their tasks: one transaction each, by codes alone."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.access.models import Agency
from callbox.access.queries import agencies_named
from callbox.coordination import domain, queries
from callbox.coordination.alerting import (
    Asked,
    alert,
    keep_lead,
    let_in,
    let_out,
    promised,
    set_lead,
    share,
    tell_alert,
)
from callbox.coordination.events import CHANGED, PASSED_ON, RELEVELLED, WITHDRAWN, tell_system
from callbox.coordination.models import Response, Task
from callbox.coordination.plans import Plan
from callbox.incidents.actions import DESK, add_remark, note_agency
from callbox.incidents.catalogue import type_for
from callbox.incidents.models import Incident
from callbox.incidents.queries import incident_for
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import move
from callbox.matters.domain import Change, Moved, Promised
from callbox.matters.queries import calendar_in_force, hold

NO_TYPE = _("Say first what happened: the plan goes by the type of the incident.")
NO_LEVEL = _("A response level is I, II, III or IV, as a number from 1 to 4.")
NO_PLAN = _("No plan says which agencies to alert here. Add them one by one.")
NO_AGENCY = _("There is no agency %(code)s. Choose one from the list.")
NO_WORK = _("There is no task “%(code)s”. Choose one from the list.")
NO_RESULT = _("There is no result “%(code)s”. Choose one from the list.")
HAS_IT = _("This agency has that task on this incident already.")
NOT_IN_IT = _("This agency takes no part in the incident. Alert it first.")


@transaction.atomic
def apply_plan(
    incident_id: UUID, level: int, *, seen: int | None = None, by: Actor, at: datetime
) -> Response:
    """Call all agencies that the plan of this level names, or, where some were called, those that the new level adds.

    Who is there stays until somebody withdraws their task; all learn of the level. Raises NotFound, NotAllowed,
    Invalid (no type, no level, no plan, an agency that is not defined) or Conflict; nobody is alerted then.
    """
    hold(incident_id)
    incident = incident_for(by, incident_id)
    plan = _plan(incident, level, at)
    by_code = agencies_named({plan.lead, *(line.agency for line in plan.lines)})
    missing = [line.agency for line in plan.lines if line.agency not in by_code]
    if missing:
        raise Invalid(NO_AGENCY, code=", ".join(missing))
    held = {(task.agency_id, task.work): task for task in _open(incident)}
    first = held.get((by_code[plan.lead].pk, plan.lines[0].work))
    cannot = first is not None and first.state == domain.UNABLE
    response = _respond(incident, level, None if cannot else by_code[plan.lead], seen=seen, by=by, at=at)
    for task in held.values():
        _relevel(task, level, by=by, at=at)
    for line in plan.lines:
        agency = by_code[line.agency]
        if (agency.pk, line.work) not in held:
            alert(incident, Asked(agency, line.work, line.mandatory, line.within), level, by=by, at=at)
    return response


def _plan(incident: Incident, level: int, at: datetime) -> Plan:
    if level not in domain.LEVELS:
        raise Invalid(NO_LEVEL, fields={"level": NO_LEVEL})
    if not incident.type:
        raise Invalid(NO_TYPE)
    day = calendar_in_force().day_of(at)
    plan = queries.plans_in_force().plan_for(level, incident.type, type_for(incident.type).group, day)
    if plan is None:
        raise Invalid(NO_PLAN)
    return plan


def _open(incident: Incident) -> list[Task]:
    return [task for task in queries.tasks_of(incident) if task.state not in domain.ENDED]


def _respond(
    incident: Incident, level: int, lead: Agency | None, *, seen: int | None, by: Actor, at: datetime
) -> Response:
    """The response on this level. lead: None keeps who leads; there is one, for somebody was alerted before."""
    was = queries.response_of(incident)
    leads = lead or (was.lead if was else None)
    if leads is None:
        raise Conflict
    edition = queries.version_in_force()
    facts = {
        "level": level,
        "was_level": was.level if was else None,
        "lead": leads.code,
        "edition": edition,
    }
    note_agency(incident, "respond", Change(facts, seen=seen), by=by, at=at)
    said = {"level": level, "lead": leads, "edition": edition}
    response, _created = Response.objects.update_or_create(incident=incident, defaults=said)
    return response


def _relevel(task: Task, level: int, *, by: Actor, at: datetime) -> None:
    if task.level != level:
        shown = queries.task_for(by, task.pk)
        move(shown.matter, "relevel", Change({"level": level, "was_level": task.level}), by=by, at=at)
        Task.objects.filter(pk=task.pk).update(level=level)
        shown.level = level
        tell_system(shown, RELEVELLED, at=at)


@transaction.atomic
def add_task(
    incident_id: UUID, agency: str, work: str, *, mandatory: bool = True, by: Actor, at: datetime
) -> Task:
    """Alert one more agency (a code), or ask one for more. Without a response yet it is on the lowest level, led by it.

    Raises NotFound, NotAllowed, Invalid, or Conflict when it has that task already.
    """
    hold(incident_id)
    incident = incident_for(by, incident_id)
    asked = Asked(_agency(agency), _work(work), mandatory)
    if any((task.agency_id, task.work) == (asked.agency.pk, work) for task in _open(incident)):
        raise Conflict(HAS_IT)
    was = queries.response_of(incident)
    if was is None:
        _respond(incident, domain.LOWEST, asked.agency, seen=None, by=by, at=at)
    task = alert(incident, asked, was.level if was else domain.LOWEST, by=by, at=at)
    keep_lead(incident, at=at)
    return task


@transaction.atomic
def name_lead(incident_id: UUID, agency: str, *, by: Actor, at: datetime) -> None:
    """Another agency leads. Raises Invalid for one that takes no part."""
    hold(incident_id)
    incident, found = incident_for(by, incident_id), _agency(agency)
    if not queries.takes_part(incident.pk, found.pk):
        raise Invalid(NOT_IN_IT)
    set_lead(incident, found, "by_desk", by=by, at=at)


@transaction.atomic
def accept_task(task_id: UUID, *, seen: int | None = None, by: Actor, at: datetime) -> Moved:
    """The agency takes it on and owns it from now on. Raises NotFound, NotAllowed, or Conflict when it is not open."""
    task = _held(task_id, by)
    clocks = promised(arrive=task.arrive, feed_back=task.feed_back)
    return _step(task, "accept", {}, clocks, owner=queries.key_of(task.agency), seen=seen, by=by, at=at)


@transaction.atomic
def refuse_task(task_id: UUID, reason: str, *, seen: int | None = None, by: Actor, at: datetime) -> Moved:
    """The agency cannot (reason: a code). It is the desk's again, and the agency sees nothing more of it."""
    task = _held(task_id, by)
    _check_reason("cannot", reason)
    moved = _part(task, "cannot", {"reason": reason}, seen=seen, by=by, at=at)
    let_out(task, task.agency, at=at)
    return moved


@transaction.atomic
def withdraw_task(task_id: UUID, reason: str, *, seen: int | None = None, by: Actor, at: datetime) -> Moved:
    """The agency need not any more (reason: a code). Without another task there it sees no more of it."""
    task = _held(task_id, by)
    _check_reason("withdraw", reason)
    moved = _part(task, "withdraw", {"reason": reason}, seen=seen, event=WITHDRAWN, by=by, at=at)
    let_out(task, task.agency, at=at)
    return moved


@transaction.atomic
def pass_task_on(
    task_id: UUID, agency: str, reason: str, *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """A task that nobody accepted, or that its agency cannot do, goes to another agency, which is alerted anew."""
    task, found = _held(task_id, by), _agency(agency)
    _check_reason("pass_on", reason)
    was = task.agency
    others = [each for each in _open(task.incident) if each.pk != task.pk]
    if found.pk == was.pk or any((each.agency_id, each.work) == (found.pk, task.work) for each in others):
        raise Conflict(HAS_IT)
    drop, add = frozenset({queries.key_of(was)}), frozenset({queries.key_of(found)})
    facts, clocks = {"agency": found.code, "from": was.code, "reason": reason}, promised(accept=task.accept)
    moved = move(task.matter, "pass_on", Change(facts, clocks, DESK, add, drop, seen), by=by, at=at)
    share(task, "pass_on", facts, at=at)
    task.agency = found
    Task.objects.filter(pk=task.pk).update(agency=found, state=moved.state, alerted_at=at)
    tell_system(task, PASSED_ON, was, at=at)
    let_in(task, by=by, at=at)
    let_out(task, was, at=at)
    tell_alert(task, at=at)
    return moved


@transaction.atomic
def arrive_on_site(task_id: UUID, *, seen: int | None = None, by: Actor, at: datetime) -> Moved:
    """The agency is on site."""
    return _step(_held(task_id, by), "arrive", {}, seen=seen, by=by, at=at)


@transaction.atomic
def feed_back(
    task_id: UUID, result: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """What came of it (result: a code). Words become a remark on the incident, for all who take part."""
    task = _held(task_id, by)
    if result not in domain.load_results():
        raise Invalid(NO_RESULT, code=result)
    moved = _step(task, "feed_back", {"result": result}, seen=seen, by=by, at=at)
    Task.objects.filter(pk=task.pk).update(result=result)
    if words.strip():
        add_remark(task.incident_id, words, by=by, at=at)
    return moved


@transaction.atomic
def close_task(task_id: UUID, *, seen: int | None = None, by: Actor, at: datetime) -> Moved:
    """The agency's part is over. Until the incident ends it still sees it."""
    return _step(_held(task_id, by), "close", {}, seen=seen, by=by, at=at)


def _held(task_id: UUID, by: Actor) -> Task:
    """The task as it was when somebody decided; it and its incident are held from now on. Raises NotFound."""
    task = queries.task_for(by, task_id)
    hold(task.incident_id, task_id)
    return task


def _step(
    task: Task,
    name: str,
    facts: Mapping[str, object],
    clocks: Mapping[str, Promised] | None = None,
    *,
    owner: str | None = None,
    seen: int | None,
    by: Actor,
    at: datetime,
) -> Moved:
    moved = move(task.matter, name, Change(facts, clocks or {}, owner, seen=seen), by=by, at=at)
    Task.objects.filter(pk=task.pk).update(state=moved.state)
    share(task, name, facts, at=at)
    tell_system(task, CHANGED, at=at)
    return moved


def _part(
    task: Task,
    name: str,
    facts: Mapping[str, object],
    *,
    seen: int | None,
    event: str = CHANGED,
    by: Actor,
    at: datetime,
) -> Moved:
    """A step by which the agency loses the task: the desk owns it."""
    dropped = frozenset({queries.key_of(task.agency)})
    moved = move(task.matter, name, Change(facts, {}, DESK, drop_scope=dropped, seen=seen), by=by, at=at)
    Task.objects.filter(pk=task.pk).update(state=moved.state)
    share(task, name, facts, at=at)
    tell_system(task, event, at=at)
    return moved


def _agency(code: str) -> Agency:
    found = agencies_named([code]).get(code)
    if found is None:
        raise Invalid(NO_AGENCY, code=code)
    return found


def _work(code: str) -> str:
    if code not in domain.load_works():
        raise Invalid(NO_WORK, code=code)
    return code


def _check_reason(move_name: str, code: str) -> None:
    if code not in domain.load_reasons(move_name):
        raise Invalid(
            _("There is no reason “%(code)s”. Choose one from the list."),
            code=code,
            fields={"reason": _("Choose one from the list.")},
        )
