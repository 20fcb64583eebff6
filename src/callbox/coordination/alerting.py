# SPDX-License-Identifier: Apache-2.0
"""Alerting an agency: its task begins, it sees the incident, its contact is told. Part of the room's actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from callbox.access.models import Agency
from callbox.access.seeing import seeing_everything
from callbox.coordination import domain, queries
from callbox.coordination.domain import NO_TIMES, Within
from callbox.coordination.events import ALERTED, COORDINATION, tell_system
from callbox.coordination.models import Response, Task
from callbox.coordination.recipients import first_contact
from callbox.incidents.actions import DESK, note_agency
from callbox.incidents.models import Incident
from callbox.incidents.queries import incident_for
from callbox.kernel.actor import Actor
from callbox.kernel.ids import new_id
from callbox.kernel.tables import Words
from callbox.kernel.terms import Term
from callbox.matters.actions import open_matter
from callbox.matters.domain import Change, Promised
from callbox.messages.actions import Wanted, note_unreachable, queue_message
from callbox.messages.telling import addresses

LETTER = "coordination.alert"
WHY = ("reason", "result")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one agency is asked to do, a code of works.tsv; times of 0 are those of that table."""

    agency: Agency
    work: str
    mandatory: bool = True
    within: Within = NO_TIMES


def promised(**minutes: int) -> dict[str, Promised]:
    """The clocks of these names, so many minutes each; those of 0 minutes are left out."""
    return {
        name: Promised(Term(length, "minutes"), f"task_{name}", domain.LADDERS[name])
        for name, length in minutes.items()
        if length
    }


def alert(incident: Incident, asked: Asked, level: int, *, by: Actor, at: datetime) -> Task:
    """Alert an agency, inside the caller's transaction. The desk owns the task until the agency accepts."""
    agency, within = asked.agency, asked.within.but(domain.load_works()[asked.work].within)
    task = Task(
        matter_id=new_id(),
        incident=incident,
        agency=agency,
        work=asked.work,
        level=level,
        mandatory=asked.mandatory,
        accept=within.accept,
        arrive=within.arrive,
        feed_back=within.feed_back,
        state=domain.ALERTED,
        alerted_at=at,
    )
    said = {"agency": agency.code, "work": asked.work, "level": level}
    facts = {**said, "incident": incident.pk, "mandatory": asked.mandatory}
    task.matter = open_matter(
        domain.WORKFLOW,
        task.pk,
        owner=DESK,
        scope=[queries.key_of(agency)],
        by=by,
        at=at,
        change=Change(facts, promised(accept=within.accept)),
        whole=incident.matter,
        mandatory=asked.mandatory,
    )
    Task.objects.bulk_create([task])
    let_in(task, by=by, at=at)
    tell_alert(task, at=at)
    return task


def let_in(task: Task, *, by: Actor, at: datetime) -> None:
    """The task's agency takes part in the incident, and sees it from now on."""
    facts = {"agency": task.agency.code, "task": task.pk, "work": task.work}
    reach = frozenset({queries.key_of(task.agency)})
    note_agency(task.incident, "take_part", Change(facts, add_scope=reach), by=by, at=at)


def let_out(task: Task, agency: Agency, *, at: datetime) -> None:
    """An agency that has no task left on the incident sees nothing more of it; if it led, another one does."""
    with seeing_everything():  # whoever leaves cannot read the row back that they leave
        incident = incident_for(COORDINATION, task.incident_id)
        if not queries.takes_part(incident.pk, agency.pk):
            dropped = frozenset({queries.key_of(agency)})
            change = Change({"agency": agency.code}, drop_scope=dropped)
            note_agency(incident, "leave", change, by=COORDINATION, at=at)
        keep_lead(incident, at=at)


def share(task: Task, step: str, said: Mapping[str, object], *, at: datetime) -> None:
    """Tell all who take part of a step of one agency's task: in the incident's journal, by codes.

    said: what the step was given, of which its reason and its result are told.
    """
    with seeing_everything():
        incident = incident_for(COORDINATION, task.incident_id)
        facts = {"task": task.pk, "agency": task.agency.code, "step": step, "work": task.work}
        facts |= {name: said[name] for name in WHY if name in said}
        note_agency(incident, "task_step", Change(facts), by=COORDINATION, at=at)


def keep_lead(incident: Incident, *, at: datetime) -> None:
    """If the lead takes no part any more, the next agency leads: one that has accepted, else the first alerted."""
    response = queries.response_of(incident)
    if response is None or queries.takes_part(incident.pk, response.lead_id):
        return
    taking_part = [task for task in queries.tasks_of(incident) if task.state not in domain.LEFT]
    if taking_part:
        following = min(taking_part, key=lambda task: (task.state == domain.ALERTED, task.alerted_at))
        set_lead(incident, following.agency, "left", by=COORDINATION, at=at)


def set_lead(incident: Incident, agency: Agency, why: str, *, by: Actor, at: datetime) -> None:
    """This agency leads from now on. why: a code."""
    note_agency(incident, "name_lead", Change({"agency": agency.code, "why": why}), by=by, at=at)
    Response.objects.filter(incident=incident).update(lead=agency)


def tell_alert(task: Task, *, at: datetime) -> None:
    """Queue the alert to the agency's first contact, or put into view that there is none; and to its system."""
    tell_system(task, ALERTED, at=at)
    work = domain.load_works()[task.work].name
    words: dict[str, str | Words] = {
        "number": str(task.incident.number),
        "level": domain.LEVELS[task.level],
        "work": work,
        "minutes": str(task.accept or "–"),
    }
    occasion = f"task/{task.pk}/{task.matter.version}"
    told = 0
    with seeing_everything():  # whoever alerts need not see where agencies are reached
        for holder, (way, to, language) in addresses(first_contact(task.agency, at)):
            key = f"{occasion}/{holder}"
            queue_message(Wanted(key, LETTER, way, to, language, words, task.pk), by=COORDINATION, at=at)
            told += 1
        if not told:
            note_unreachable(occasion, LETTER, task.pk, by=COORDINATION, at=at)
